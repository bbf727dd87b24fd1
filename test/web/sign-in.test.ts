import { type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { type SignInStand, startSignInStand } from "../support/sign-in-stand.ts";
import { ask, expectAccessible, useWebStand } from "./support/browser.ts";
import { signInAtProvider } from "./support/sign-in.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";

const stand = useWebStand();
let own: SignInStand;
beforeAll(async () => {
  own = await startSignInStand({
    settings: "  admin_groups: [operators]",
    environment: { GROUNDWIRE_API_KEYS: "default/team:key-of-the-team" },
    samples: true,
  });
});
afterAll(() => own?.[Symbol.asyncDispose]());

/** A browser that nobody has signed in with, for each test. */
let context: BrowserContext;
let page: Page;
let errors: string[];
beforeEach(async () => {
  errors = [];
  context = await stand.browser.newContext({ viewport: { width: 1280, height: 860 } });
  // The provider's own pages want a typeface from elsewhere.
  await context.route("https://**", (route) => route.abort());
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

async function signIn(login?: string): Promise<void> {
  await page.goto(own.server.url);
  await page.getByRole("button", { name: "Sign in with Acme" }).click();
  await signInAtProvider(page, own.provider, login);
  await page.getByLabel("Your question", { exact: true }).waitFor();
}

it.each(["light", "dark"] as const)("the page to sign in is accessible in %s", async (scheme) => {
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(own.server.url);
  await page.getByRole("button", { name: "Sign in with Acme" }).waitFor();
  await expectAccessible(page);
  await page.goto(`${own.server.url}/sign-in?problem=not_allowed&request=1`);
  await page.getByRole("alert").waitFor();
  await expectAccessible(page);
});

it("its button stands out", async () => {
  await page.goto(own.server.url);
  await page.getByRole("button", { name: "Sign in with Acme" }).waitFor();
  // The sign above it has the colour by another way.
  const [background, accent] = await page.evaluate<[string, string]>(
    `[
      getComputedStyle(document.querySelector("main button")).backgroundColor,
      getComputedStyle(document.querySelector("main svg path")).stroke,
    ]`,
  );
  expect(background).toBe(accent);
});

it("people sign in by keyboard, ask, and come back to where they were", async () => {
  await page.goto(`${own.server.url}/documents`);
  await page.getByRole("button", { name: "Sign in with Acme" }).waitFor();
  await page.keyboard.press("Enter");
  await signInAtProvider(page, own.provider);
  await page.getByRole("row", { name: /handbook\.md/u }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/documents");
  await page.goto(own.server.url);
  await ask(page, LEAVE);
});

it("the menu says who is signed in, and signs out here and at the provider", async () => {
  await signIn();
  await page.getByLabel("Your question", { exact: true }).fill("A secret of Ada");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText("Signed in as Ada Lovelace").waitFor();
  await expectAccessible(page);
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  // The provider asks, too.
  await page.waitForURL(`${own.provider.issuer}/session/end**`);
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.waitForURL(`${own.server.url}/`);
  await page.getByRole("button", { name: "Sign in with Acme" }).waitFor();
  expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain("A secret of Ada");
});

it("an operator by group makes a key, with the session alone", async () => {
  await signIn("grace");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: /Server settings/u }).click();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New key" });
  await dialog.getByLabel("Name").fill("from-a-session");
  await dialog.getByRole("button", { name: "Make the key" }).click();
  await page.getByRole("alertdialog", { name: /from-a-session/u }).waitFor();
});

it("who has signed in is called by name in the usage", async () => {
  await signIn("grace");
  await ask(page, LEAVE);
  await page.goto(`${own.server.url}/settings/usage`);
  await page.getByText("default / Grace Hopper (grace@acme.example)").first().waitFor();
  expect(await page.getByText(own.provider.issuer).count()).toBe(0);
});

it("a session that ends while somebody writes is begun again without losing a word", async () => {
  await signIn();
  await ask(page, LEAVE);
  const conversation = page.url();
  await context.clearCookies({ name: "groundwire" });
  const question = "And how many in the first year?";
  await page.getByLabel("Your question", { exact: true }).fill(question);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
  await expectAccessible(page);
  expect(await page.getByText("You are not signed in any more.").count()).toBe(1);
  // What was answered before is still there.
  expect(await page.getByRole("heading", { name: LEAVE, level: 2 }).count()).toBe(1);
  await page.keyboard.press("Enter");
  await page.waitForURL(conversation);
  await page.getByLabel("Your question", { exact: true }).waitFor();
  expect(await page.getByLabel("Your question", { exact: true }).inputValue()).toBe(question);
});

it("a draft of a new conversation survives that, too", async () => {
  await signIn();
  await context.clearCookies({ name: "groundwire" });
  await page.getByLabel("Your question", { exact: true }).fill(LEAVE);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
  await page.getByRole("button", { name: "Later" }).click();
  const rail = page.getByRole("navigation", { name: "Conversations" });
  // The list of conversations is read again, and refused.
  await rail.getByLabel("Search conversations").fill("leave");
  await rail.getByRole("button", { name: "Sign in again" }).waitFor();
  expect(await rail.getByText(/key/iu).count()).toBe(0);
  expect(await page.getByLabel("Your question", { exact: true }).inputValue()).toBe(LEAVE);
});

it("a key does as well, where there are keys", async () => {
  await page.goto(own.server.url);
  await page.getByLabel("API key").fill("key-of-the-team");
  await page.getByRole("button", { name: "Continue" }).click();
  await ask(page, LEAVE);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: "Forget the API key" }).click();
  await page.getByRole("button", { name: "Sign in with Acme" }).waitFor();
});

it("a key that is refused keeps nobody from signing in after it", async () => {
  await page.goto(own.server.url);
  await page.getByLabel("API key").fill("wrong");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Sign in with Acme" }).click();
  await signInAtProvider(page, own.provider);
  await ask(page, LEAVE);
});

it("a provider that is down is told in words, and tried again from there", async () => {
  await using other = await startSignInStand({ samples: true });
  other.provider.fail(true);
  await page.goto(`${other.server.url}/documents`);
  await page.getByRole("button", { name: "Sign in with Acme" }).click();
  await page.getByText("Acme cannot be reached just now").waitFor();
  other.provider.fail(false);
  await page.getByRole("button", { name: "Sign in with Acme" }).click();
  await page.waitForURL(`${other.provider.issuer}/**`);
});

it("where nobody has to sign in, nothing is asked, and the page for it says so", async () => {
  await page.goto(`${stand.server.url}/groundwire/sign-in`);
  await page.getByText("no provider to sign in with").waitFor();
  await page.getByText("You are in").waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Go to your conversations" }).click();
  await page.getByLabel("Your question", { exact: true }).waitFor();
});

it.each([
  ["de", "ltr"],
  ["ar", "rtl"],
])("it speaks %s, %s", async (locale, direction) => {
  const other = await stand.browser.newPage({ locale, viewport: { width: 360, height: 740 } });
  await other.goto(own.server.url);
  await other.getByRole("button", { name: /Acme/u }).waitFor();
  expect(await other.getByRole("button", { name: "Sign in with Acme" }).count()).toBe(0);
  expect(
    await other.evaluate(
      "[document.documentElement.dir, document.documentElement.scrollWidth <= innerWidth]",
    ),
  ).toEqual([direction, true]);
  await other.close();
});
