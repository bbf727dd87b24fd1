import { z } from "zod";

import { parseHostPattern } from "../util/host-pattern.ts";
import { secret, section } from "./section.ts";
import type { IdentitySettings } from "./settings.ts";

const hostPattern = z.string().transform((value, context) => {
  const pattern = parseHostPattern(value);
  if (pattern !== null) return pattern;
  context.addIssue({
    code: "custom",
    message: "must be a host, a host with a port, or a suffix such as *.search.windows.net",
  });
  return z.NEVER;
});

/** Which managed identities it stands in for. */
const standingFor = {
  /** Hosts that may be sent its tokens beside those of the Azure service in question. */
  hosts: z.array(hostPattern).min(1).optional(),
  /** Of user-assigned identities. */
  resource_ids: z.array(z.string().min(1)).min(1).optional(),
};

const credential = z.discriminatedUnion("type", [
  section({ type: z.literal("managed_identity"), ...standingFor }),
  section({ type: z.literal("default"), ...standingFor }),
  section({
    type: z.literal("client_secret"),
    tenant_id: z.string().min(1),
    client_id: z.string().min(1),
    client_secret: secret,
    ...standingFor,
  }),
  section({ type: z.literal("api_key"), key: secret, ...standingFor }),
]);

export const identity = credential
  .refine((given) => given.hosts !== undefined || given.resource_ids !== undefined, {
    error: "needs 'hosts', 'resource_ids' or both: what it is used for",
  })
  // A key is for one service, which only its hosts tell.
  .refine((given) => given.type !== "api_key" || given.hosts !== undefined, {
    error: "a key needs 'hosts': those it is sent to",
  })
  .transform((given): IdentitySettings => ({
    hosts: given.hosts ?? [],
    resourceIds: (given.resource_ids ?? []).map((id) => id.toLowerCase()),
    credential: toCredential(given),
  }));

function toCredential(given: z.output<typeof credential>): IdentitySettings["credential"] {
  switch (given.type) {
    case "managed_identity":
    case "default":
      return { type: given.type };
    case "client_secret":
      return {
        type: given.type,
        tenantId: given.tenant_id,
        clientId: given.client_id,
        clientSecret: given.client_secret,
      };
    case "api_key":
      return { type: given.type, key: given.key };
  }
}
