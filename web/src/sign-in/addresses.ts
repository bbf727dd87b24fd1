import { forgetKey } from "../session.ts";

/** Where the server sends those it could not sign in. */
export const SIGN_IN_PATH = "/sign-in";

/** The page as it is shown now, to come back to. */
export function currentPath(): string {
  const { pathname, search, hash } = location;
  return pathname + search + hash;
}

/** Leaves for the provider. A key goes before a session wherever both are, so that none may be left. */
export function goToSignIn(returnTo: string): void {
  forgetKey();
  location.assign(`/groundwire/sign-in?${new URLSearchParams({ return_to: returnTo }).toString()}`);
}
