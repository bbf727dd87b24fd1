import { expect } from "vitest";

import type { MeBody } from "../../src/protocol/sign-in.ts";
import { type CookieBrowser, createCookieBrowser } from "./cookie-browser.ts";

export const SIGN_IN = "/groundwire/sign-in";

/** The cookie of a session in the jar of a `CookieBrowser`. */
export const SESSION = "127.0.0.1 groundwire";

/** A browser in which `login` is signed in. */
export async function signedIn(url: string, login = "ada"): Promise<CookieBrowser> {
  const browser = createCookieBrowser();
  expect(await browser.signIn(url + SIGN_IN, { login })).toBe(`${url}/`);
  return browser;
}

export async function jsonOf(response: Response): Promise<any> {
  return await response.json();
}

/** Who the server takes the browser for. */
export async function me(
  browser: CookieBrowser,
  url: string,
  headers: Record<string, string> = {},
): Promise<MeBody> {
  const response = await browser.send(`${url}/groundwire/me`, { headers });
  return jsonOf(response);
}
