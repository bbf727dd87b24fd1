/** A service that tokens of Microsoft Entra are for. */
export type AudienceName = "cognitive_services" | "search";

interface Cloud {
  scope: string;
  /** Ends of the names of hosts that only this service has. */
  hosts: readonly string[];
}

/** By cloud: the public one first, whose scope also serves hosts of an operator's own. */
const AUDIENCES: Record<AudienceName, readonly [Cloud, ...Cloud[]]> = {
  cognitive_services: [
    {
      // The service's clients ask for this one in every cloud.
      scope: "https://cognitiveservices.azure.com/.default",
      hosts: [
        ".openai.azure.com",
        ".openai.azure.us",
        ".openai.azure.cn",
        ".cognitiveservices.azure.com",
        ".cognitiveservices.azure.us",
        ".cognitiveservices.azure.cn",
        ".services.ai.azure.com",
      ],
    },
  ],
  search: [
    { scope: "https://search.azure.com/.default", hosts: [".search.windows.net"] },
    { scope: "https://search.azure.us/.default", hosts: [".search.azure.us"] },
    { scope: "https://search.azure.cn/.default", hosts: [".search.azure.cn"] },
  ],
};

/**
 * What to ask a token for that is sent to this URL; null: none may be sent there. A token sent anywhere else would let its
 * receiver act as this server.
 */
export function scopeFor(audience: AudienceName, { protocol, hostname }: URL): string | null {
  if (protocol !== "https:") return null;
  const host = hostname.replace(/\.$/u, "");
  const cloud = AUDIENCES[audience].find(({ hosts }) => hosts.some((end) => host.endsWith(end)));
  return cloud?.scope ?? null;
}

/** For hosts of an operator's own. */
export function publicScope(audience: AudienceName): string {
  return AUDIENCES[audience][0].scope;
}
