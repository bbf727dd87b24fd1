import type { SignInSettings } from "../../config/sign-in-settings.ts";
import type { SessionRecords } from "../../storage/session-records.ts";
import { type Cookies, createCookies } from "./cookies.ts";
import { createLogoutTokens, type LogoutTokens } from "./logout-tokens.ts";
import { createSignInProvider, type SignInProvider } from "./provider.ts";
import { createSessions, type Sessions } from "./sessions.ts";

/** What lets people sign in. */
export interface SignIn {
  settings: SignInSettings;
  provider: SignInProvider;
  sessions: Sessions;
  cookies: Cookies;
  logoutTokens: LogoutTokens;
}

export interface SignInOptions {
  settings: SignInSettings;
  records: SessionRecords;
  /** Unix seconds. */
  now: () => number;
  logger: { warn(details: object, message: string): void };
}

export function openSignIn({ settings, records, now, logger }: SignInOptions): SignIn {
  const provider = createSignInProvider(settings, (reason) => logger.warn({ reason }, "sign-in"));
  return {
    settings,
    provider,
    sessions: createSessions({
      settings,
      records,
      now,
      onError: (error) => logger.warn({ err: error }, "the use of a session could not be noted"),
    }),
    cookies: createCookies(settings),
    logoutTokens: createLogoutTokens({ settings, provider, now }),
  };
}
