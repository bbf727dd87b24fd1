/** Whose documents a caller may see, when the configuration ties documents to groups. */
export type DocumentAccess =
  /** Empty: none. */
  | { groups: readonly string[] }
  /** The groups cannot be told, so there is nothing to see; `reason` is a sentence for the caller. */
  | { groups: null; reason: string };

/** The groups of a token. Whatever is not a plain list of names is no list of groups (fail closed). */
export function accessOf(claims: Readonly<Record<string, unknown>>, claim: string): DocumentAccess {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (Array.isArray(value) && value.every((group) => typeof group === "string")) {
    return { groups: value };
  }
  const isElsewhere = namesElsewhere(claims["_claim_names"], claim) || claims["hasgroups"] === true;
  const reason = isElsewhere
    ? `The token names its caller's groups elsewhere, because there are too many for it ('_claim_names'). Have the application's tokens hold only the groups assigned to it, or its roles, and name that claim in 'access.claim' of groundwire.yaml.`
    : `The token has no list of groups in the claim '${claim}', by which this server knows whose documents its caller may see. Have the application's tokens hold it (groups claim of the app registration).`;
  return { groups: null, reason };
}

/** Entra's way of saying that a claim has to be asked for. */
function namesElsewhere(claimNames: unknown, claim: string): boolean {
  return typeof claimNames === "object" && claimNames !== null && Object.hasOwn(claimNames, claim);
}
