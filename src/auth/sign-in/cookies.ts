import type { IncomingHttpHeaders } from "node:http";
import type { SignInSettings } from "../../config/sign-in-settings.ts";

/** `session` holds the secret of a session, `attempt` what has to be remembered while somebody is at the provider. */
export type CookieUse = "session" | "attempt";

export interface Cookies {
  /** Null: there is none. */
  read(headers: IncomingHttpHeaders, use: CookieUse): string | null;
  /** Value of `set-cookie`. Lasts as long as the browser runs unless a number of seconds is given. */
  write(use: CookieUse, value: string, seconds?: number): string;
  clear(use: CookieUse): string;
}

const NAMES: Record<CookieUse, string> = {
  session: "groundwire",
  attempt: "groundwire-sign-in",
};

/**
 * Cookies that no script can read and that are not sent with requests of other sites, but for following a link. With TLS their
 * names begin with `__Host-`, so that no other server of the domain can set them.
 */
export function createCookies({ publicUrl }: Pick<SignInSettings, "publicUrl">): Cookies {
  const isSecure = publicUrl?.startsWith("https:") ?? false;
  const nameOf = (use: CookieUse): string => (isSecure ? `__Host-${NAMES[use]}` : NAMES[use]);
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  return {
    read(headers, use) {
      const prefix = `${nameOf(use)}=`;
      const found = (headers.cookie ?? "")
        .split(";")
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(prefix));
      // Two of one name: one of them was set by somebody else.
      return found.length === 1 ? (found[0] ?? "").slice(prefix.length) : null;
    },
    write: (use, value, seconds) =>
      `${nameOf(use)}=${value}; ${flags}${seconds === undefined ? "" : `; Max-Age=${seconds}`}`,
    clear: (use) => `${nameOf(use)}=; ${flags}; Max-Age=0`,
  };
}
