import type { SignInProvider } from "../auth/sign-in/provider.ts";
import type { SignInSettings } from "../config/sign-in-settings.ts";
import { addressOf } from "../upstream/address-of.ts";
import { checkNetwork } from "./check-network.ts";
import type { Checklist } from "./checklist.ts";

export interface SignInCheck {
  provider: Pick<SignInProvider, "signer"> | null;
  signal: AbortSignal;
}

/** The provider that people sign in with, where there is one. */
export function signInTargets(
  settings: Pick<SignInSettings, "issuer"> | null,
  { provider, signal }: SignInCheck,
) {
  if (settings === null || provider === null) return [];
  const issuer = new URL(settings.issuer);
  return [
    {
      kind: "server" as const,
      name: "sign_in",
      type: issuer.host,
      check: (list: Checklist) => checkSignIn(list, { issuer, provider, signal }),
    },
  ];
}

/** Whether it can be reached, and says of itself what signing in takes. Whether it knows our client, only a person can try. */
async function checkSignIn(
  list: Checklist,
  {
    issuer,
    provider,
    signal,
  }: { issuer: URL; provider: Pick<SignInProvider, "signer">; signal: AbortSignal },
): Promise<void> {
  const isReached = await checkNetwork(list, async () => [addressOf(issuer)], { signal });
  if (!isReached) {
    list.add("answer", { status: "skipped", detail: "not reached" });
    return;
  }
  await list.run(
    "answer",
    () => provider.signer(signal),
    (signer) => ({ detail: `its metadata are there; it calls itself ${signer.issuer}` }),
  );
}
