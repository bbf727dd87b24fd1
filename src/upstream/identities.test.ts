import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import type { IdentitySettings } from "../config/settings.ts";
import {
  type ManagedIdentityHost,
  startManagedIdentityHost,
} from "../testing/managed-identity-host.ts";
import { parseHostPattern } from "../util/host-pattern.ts";
import { createIdentities, type Identities, type ManagedIdentity } from "./identities.ts";
import { eventually } from "../testing/eventually.ts";

const SYSTEM: ManagedIdentity = { type: "system_assigned_managed_identity" };
const SEARCH = "https://s.search.windows.net/indexes/x";

// Azure's library keeps tokens, and where it gets them, for as long as the process lives; vitest gives each file one.
let host: ManagedIdentityHost;
beforeAll(async () => {
  host = await startManagedIdentityHost("app service");
  for (const [name, value] of Object.entries(host.environment)) vi.stubEnv(name, value);
});
beforeEach(() => {
  host.given.length = 0;
});
afterAll(() => host[Symbol.asyncDispose]());

let identities = 0;
/** One the library has no token of yet. */
function anotherIdentity(): { identity: ManagedIdentity; id: string } {
  const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app${++identities}`;
  return {
    id,
    identity: { type: "user_assigned_managed_identity", managedIdentityResourceId: id },
  };
}

function headersFrom(
  from: Identities,
  url: string,
  identity = SYSTEM,
  signal = new AbortController().signal,
): Promise<Record<string, string>> {
  return from.headersFor({ identity, url: new URL(url), audience: "search", signal });
}

function standIn(
  credential: IdentitySettings["credential"],
  more: { hosts?: string[]; resourceIds?: string[] } = {},
): IdentitySettings {
  const hosts = (more.hosts ?? []).map((host) => parseHostPattern(host));
  return {
    hosts: hosts.filter((host) => host !== null),
    resourceIds: more.resourceIds ?? [],
    credential,
  };
}

describe("a token of a managed identity", () => {
  test("is the system's, and kept", async () => {
    const from = createIdentities([]);
    const first = await headersFrom(from, SEARCH);
    expect(first).toEqual({ authorization: `Bearer ${host.given[0]?.token}` });
    expect(await headersFrom(from, SEARCH)).toEqual(first);
    expect(host.given).toMatchObject([{ resource: "https://search.azure.com", identity: "" }]);
  });

  test("is that of a resource id", async () => {
    const { identity, id } = anotherIdentity();
    const headers = await headersFrom(createIdentities([]), SEARCH, identity);
    expect(host.given).toMatchObject([{ identity: id }]);
    expect(headers).toEqual({ authorization: `Bearer ${host.given[0]?.token}` });
  });

  test("that is refused is told in the service's words, with what to do", async () => {
    host.refuses = true;
    const asked = headersFrom(createIdentities([]), SEARCH, anotherIdentity().identity);
    await expect(asked).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringMatching(
        /^Failed to get managed identity token\. Response: .*'identities'/u,
      ),
    });
    host.refuses = false;
  });

  test.each([
    ["https://s.search.windows.net/", "https://search.azure.com"],
    ["https://s.search.azure.us/", "https://search.azure.us"],
    ["https://s.search.azure.cn/", "https://search.azure.cn"],
  ])("for %s is one of its cloud", async (url, resource) => {
    await headersFrom(createIdentities([]), url, anotherIdentity().identity);
    expect(host.given).toMatchObject([{ resource }]);
  });

  test("is not waited for by whoever leaves", async () => {
    const controller = new AbortController();
    const { identity } = anotherIdentity();
    host.isSilent = true;
    const asked = headersFrom(createIdentities([]), SEARCH, identity, controller.signal);
    await eventually(() => expect(host.waiting()).toBe(1));
    const reason = new Error("left");
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(
      headersFrom(createIdentities([]), SEARCH, identity, controller.signal),
    ).rejects.toBe(reason);
    expect(host.waiting()).toBe(1);
    host.isSilent = false;
  });
});

describe("no token is asked for, or sent to", () => {
  test.each([
    "https://evil.example/",
    "http://s.search.windows.net/",
    "https://s.search.windows.net.evil.example/",
    "https://search.windows.net.evil.example/",
    "https://evilsearch.windows.net/",
    "https://s.openai.azure.com/",
    "https://127.0.0.1/",
    "https://localhost:8443/",
  ])("%s", async (url) => {
    const asked = headersFrom(createIdentities([]), url, anotherIdentity().identity);
    await expect(asked).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringContaining(`sent to ${new URL(url).host}`),
    });
    expect(host.given).toEqual([]);
  });

  test("an operator's host without TLS", async () => {
    const from = createIdentities([
      standIn({ type: "managed_identity" }, { hosts: ["localhost"] }),
    ]);
    const asked = headersFrom(from, "http://localhost/", anotherIdentity().identity);
    await expect(asked).rejects.toThrow("No token");
    expect(host.given).toEqual([]);
  });
});

describe("what the operator named stands in", () => {
  test("for hosts of its own, a token of this machine", async () => {
    const { identity, id } = anotherIdentity();
    const from = createIdentities([
      standIn({ type: "managed_identity" }, { hosts: ["*.corp.internal"] }),
    ]);
    await headersFrom(from, "https://search.corp.internal/", identity);
    expect(host.given).toMatchObject([{ resource: "https://search.azure.com", identity: id }]);
  });

  test("for a resource id at a host only: others are as ever", async () => {
    const { identity, id } = anotherIdentity();
    const key = { type: "api_key" as const, key: "stand-in" };
    const from = createIdentities([
      standIn(key, { hosts: ["s.search.windows.net"], resourceIds: [id.toLowerCase()] }),
    ]);
    expect(await headersFrom(from, SEARCH, identity)).toEqual({ "api-key": "stand-in" });
    expect(await headersFrom(from, SEARCH)).toHaveProperty("authorization");
    const elsewhere = "https://t.search.windows.net/";
    expect(await headersFrom(from, elsewhere, identity)).toHaveProperty("authorization");
  });

  test("the first that fits", async () => {
    const from = createIdentities([
      standIn({ type: "api_key", key: "one" }, { hosts: ["s.search.windows.net"] }),
      standIn({ type: "api_key", key: "many" }, { hosts: ["*.search.windows.net"] }),
    ]);
    const other = "https://t.search.windows.net";
    expect(await headersFrom(from, SEARCH)).toEqual({ "api-key": "one" });
    expect(await headersFrom(from, other)).toEqual({ "api-key": "many" });
  });
});
