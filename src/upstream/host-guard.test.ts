import type { LookupAddress } from "node:dns";

import { describe, expect, test } from "vitest";

import { parseHostPattern } from "../util/host-pattern.ts";
import { createHostGuard, type HostGuard } from "./host-guard.ts";

/** Names and the addresses a name server gives for them. */
const NAMES: Record<string, string[]> = {
  "public.example": ["93.184.216.34", "2606:2800:220:1::1"],
  "half.example": ["93.184.216.34", "10.0.0.5"],
  "inside.corp.internal": ["10.0.0.5"],
  "metadata.corp.internal": ["169.254.169.254"],
};

function guardWith(...allowed: string[]): HostGuard {
  return createHostGuard({
    allowed: allowed.map((text) => parseHostPattern(text)).filter((pattern) => pattern !== null),
    resolve: async (host) =>
      (NAMES[host] ?? []).map((address): LookupAddress => ({
        address,
        family: address.includes(":") ? 6 : 4,
      })),
  });
}

function addressesOf(guard: HostGuard, name: string, port = 443): Promise<unknown> {
  return new Promise((resolve, reject) => {
    guard.lookup(port)(name, { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}

const REFUSED = { code: "host_not_allowed" };

describe("names", () => {
  test("all addresses of a public name are handed on", async () => {
    expect(await addressesOf(guardWith(), "PUBLIC.example.")).toEqual([
      { address: "93.184.216.34", family: 4 },
      { address: "2606:2800:220:1::1", family: 6 },
    ]);
  });

  test("one address is answered where one is asked for", () => {
    const answered = new Promise((resolve) => {
      guardWith().lookup(443)("public.example", {}, (...answer) => resolve(answer));
    });
    return expect(answered).resolves.toEqual([null, "93.184.216.34", 4]);
  });

  test.each(["half.example", "inside.corp.internal", "metadata.corp.internal"])(
    "%s is refused: not every address is public",
    async (name) => {
      await expect(addressesOf(guardWith(), name)).rejects.toMatchObject(REFUSED);
    },
  );

  test("a refusal does not tell the address, but how to allow it", async () => {
    const refused = addressesOf(guardWith(), "inside.corp.internal", 9200);
    await expect(refused).rejects.toThrow("GROUNDWIRE_ALLOW_HOSTS=inside.corp.internal:9200");
    await expect(refused).rejects.not.toThrow("10.0.0.5");
  });

  test("a listed name may lead into a private network, on its port", async () => {
    const guard = guardWith("*.corp.internal:9200");
    expect(await addressesOf(guard, "inside.corp.internal", 9200)).toHaveLength(1);
    await expect(addressesOf(guard, "inside.corp.internal", 22)).rejects.toMatchObject(REFUSED);
  });

  test("a listed name never leads to a metadata service", async () => {
    const guard = guardWith("*.corp.internal");
    await expect(addressesOf(guard, "metadata.corp.internal")).rejects.toMatchObject(REFUSED);
  });

  test("a name that leads to a listed address is not listed by that", async () => {
    const guard = guardWith("10.0.0.5");
    await expect(addressesOf(guard, "inside.corp.internal")).rejects.toMatchObject(REFUSED);
  });
});

describe("addresses", () => {
  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.1",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "10.0.0.5.",
    "169.254.169.254",
    "0",
    "a@127.0.0.1",
    "127.0.0.1/",
    "fe80::1%eth0",
  ])("%s is refused", (address) => {
    expect(() => guardWith().check(address, 443)).toThrow("does not connect");
  });

  test.each(["93.184.216.34", "2606:4700::1111", "public.example", "inside.corp.internal"])(
    "%s is not refused before it is looked up",
    (host) => {
      expect(() => guardWith().check(host, 443)).not.toThrow();
    },
  );

  test("even a metadata service can be listed by its address", () => {
    expect(() => guardWith("169.254.169.254").check("169.254.169.254", 80)).not.toThrow();
  });

  test("nothing is sent unencrypted to a host that is not listed", () => {
    const guard = guardWith("inside.corp.internal:9200");
    const encrypted = false;
    expect(() => guard.check("public.example", 80, { encrypted })).toThrow("unencrypted");
    expect(() => guard.check("inside.corp.internal", 9200, { encrypted })).not.toThrow();
  });
});

describe("looking up", () => {
  test("two names at a time; the others wait their turn", async () => {
    const running: PromiseWithResolvers<LookupAddress[]>[] = [];
    const guard = createHostGuard({
      allowed: [],
      resolve: () => {
        const one = Promise.withResolvers<LookupAddress[]>();
        running.push(one);
        return one.promise;
      },
    });
    const names = ["a", "b", "c"].map((name) => addressesOf(guard, `${name}.example`));
    expect(running).toHaveLength(2);
    running[0]?.reject(new Error("not found"));
    await expect(names[0]).rejects.toThrow("not found");
    expect(running).toHaveLength(3);
    for (const one of running) one.resolve([{ address: "93.184.216.34", family: 4 }]);
    expect(await Promise.all(names.slice(1))).toHaveLength(2);
  });

  test("a crowd is turned away instead of waiting without end", async () => {
    const guard = createHostGuard({ allowed: [], resolve: () => new Promise(() => {}) });
    const names = Array.from({ length: 203 }, (_, index) =>
      addressesOf(guard, `n${index}.example`),
    );
    await expect(Promise.race(names)).rejects.toMatchObject({ code: "data_source_unavailable" });
  });
});
