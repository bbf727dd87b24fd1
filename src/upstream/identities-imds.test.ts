import { expect, test, vi } from "vitest";

import { startManagedIdentityHost } from "../testing/managed-identity-host.ts";
import { createIdentities } from "./identities.ts";

const RESOURCE_ID =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app";

// In a file of its own: Azure's library decides once per process where it gets tokens.
test("on a virtual machine tokens come from its metadata service", async () => {
  await using host = await startManagedIdentityHost("imds");
  for (const [name, value] of Object.entries(host.environment)) vi.stubEnv(name, value);
  const identities = createIdentities([]);
  const wanted = {
    url: new URL("https://s.search.windows.net/"),
    audience: "search" as const,
    signal: new AbortController().signal,
  };
  await identities.headersFor({
    ...wanted,
    identity: { type: "system_assigned_managed_identity" },
  });
  const headers = await identities.headersFor({
    ...wanted,
    identity: {
      type: "user_assigned_managed_identity",
      managedIdentityResourceId: RESOURCE_ID,
    },
  });
  expect(host.given.map(({ identity }) => identity)).toEqual(["", RESOURCE_ID]);
  expect(headers).toEqual({ authorization: `Bearer ${host.given[1]?.token}` });
});
