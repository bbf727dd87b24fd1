import type { SignOutBody } from "../../../src/protocol/sign-in.ts";
import { forgetDrafts } from "../composer/use-draft.ts";
import { request } from "../documents/request.ts";

/** Ends the session, also at the provider where that is possible. What was typed and not sent is not left for the next one. */
export async function signOut(): Promise<void> {
  const response = await request("/groundwire/sign-out", { method: "POST" });
  const { location: elsewhere } = (await response.json()) as SignOutBody; // of our own server
  forgetDrafts();
  location.assign(elsewhere ?? "/");
}
