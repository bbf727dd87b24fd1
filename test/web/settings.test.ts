import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "../support/server.ts";
import { startSignInStand } from "../support/sign-in-stand.ts";
import { expectAccessible, useWebStand } from "./support/browser.ts";
import { signInAtProvider } from "./support/sign-in.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";
/** The sandbox for code is tried out, too. */
const DIAGNOSIS_MS = 60_000;
const eventually = (read: () => Promise<number>) => expect.poll(read, { timeout: 10_000 });
const SECTIONS = ["keys", "health", "usage", "feedback"];

const configuration = join(
  await mkdtemp(join(tmpdir(), "groundwire-settings-")),
  "groundwire.yaml",
);
await writeFile(
  configuration,
  `
deployments:
  local: { upstreams: [], fallback: extractive, price: { input_per_million: 10, output_per_million: 40, currency: EUR } }
  away: { upstreams: [{ type: openai, base_url: "http://127.0.0.1:1/v1", api_key: none }] }
sources:
  handbook: { type: file_search, parameters: { vector_store_id: vs_samplehandbook } }
  lost:
    type: azure_search
    parameters: { endpoint: "https://no-such-host.invalid", index_name: a, authentication: { type: api_key, key: "a-secret" } }
keys:
  - { name: boss, tenant: default, key: boss-key, scopes: [chat, files, admin] }
  - { name: ann, tenant: default, key: ann-key }
`,
);
const stand = useWebStand({ GROUNDWIRE_CONFIG: configuration });

/** Opens a part of the settings as the holder of the key. */
async function openSettings(section: string, key = "boss-key"): Promise<Page> {
  const { page, server } = stand;
  await page.addInitScript(`sessionStorage.setItem("groundwire-key", "${key}")`);
  await page.goto(`${server.url}/settings/${section}`);
  return page;
}

describe("keys", () => {
  it("are made, shown once, listed and revoked", async () => {
    const page = await openSettings("keys");
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog", { name: "New key" });
    await dialog.getByLabel("Name").fill("website");
    await dialog.getByLabel("Tenant").fill("acme");
    await dialog.getByLabel("Manage documents").uncheck();
    await dialog.getByLabel("Expires").selectOption({ label: "In 90 days" });
    await dialog.getByText("Limits and budget").click();
    await dialog.getByLabel("Most it may cost").fill("50");
    await dialog.getByLabel("Requests a minute").fill("60");
    await dialog.getByRole("button", { name: "Make the key" }).click();

    const secret = page.getByRole("alertdialog", { name: "The key “website”" });
    const key = await secret.getByLabel("API key").inputValue();
    await expectAccessible(page);
    await secret.getByRole("button", { name: "Done" }).click();
    const row = page.getByRole("row", { name: /website/u });
    await row.getByText("50 a month").waitFor();
    const words = await row.innerText();
    for (const told of ["of acme", "Ask", "60 requests a minute", "Never"])
      expect(words).toContain(told);
    expect(words).not.toContain("Manage documents");
    expect(await page.content()).not.toContain(key);

    const models = (): Promise<number> =>
      stand.server
        .call("GET", "/openai/v1/models", undefined, { "api-key": key })
        .then(({ status }) => status);
    expect(await models()).toBe(200);
    await row.getByRole("button", { name: "Revoke website" }).click();
    const question = page.getByRole("alertdialog", { name: "Revoke website?" });
    await question.getByRole("button", { name: "Revoke key" }).click();
    await row.waitFor({ state: "detached" });
    expect(await models()).toBe(401);
    await page.getByText("Revoked and expired too").click();
    await page.getByRole("row", { name: /website.*Revoked/su }).waitFor();
  });

  it("that the server refuses are told why, and the form stays", async () => {
    const page = await openSettings("keys");
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Name").fill("no blanks");
    await page.getByRole("button", { name: "Make the key" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("name");
    expect(await page.getByLabel("Name").inputValue()).toBe("no blanks");
  });

  it("can be made by keyboard, and copied", async () => {
    const page = await openSettings("keys");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "New key" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("by-keyboard");
    await page.keyboard.press("Enter");
    const secret = page.getByRole("alertdialog");
    await secret.waitFor();
    const key = await secret.getByLabel("API key").inputValue();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await secret.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(key);
    await page.keyboard.press("Escape");
    await page.getByRole("row", { name: /by-keyboard/u }).waitFor();
  });

  it("of an open server: the first one closes it, and the page goes on with it", async () => {
    await using open: TestServer = await startTestServer({}, { samples: true });
    const { page } = stand;
    await page.goto(`${open.url}/settings`);
    await page.getByText("No keys yet.").waitFor();
    await page.getByRole("button", { name: "New key" }).click();
    expect(await page.getByLabel("Run the server").isChecked()).toBe(true);
    await page.getByLabel("Name").fill("first");
    await page.getByRole("button", { name: "Make the key" }).click();
    await page.getByText("This page goes on with this one.").waitFor();
    expect((await open.call("GET", "/openai/v1/models")).status).toBe(401);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("row", { name: /first/u }).waitFor();
  });
});

describe("people who sign in", () => {
  it("see the settings when they run the server, and end sessions of others", async () => {
    await using own = await startSignInStand({
      settings: "  admin_groups: [operators]",
      samples: true,
    });
    const pageOf = async (login: string): Promise<Page> => {
      const context = await stand.browser.newContext({ viewport: { width: 1280, height: 860 } });
      // The provider's own pages want a typeface from elsewhere.
      await context.route("https://**", (route) => route.abort());
      const page = await context.newPage();
      await page.goto(`${own.server.url}/settings`);
      await page.getByRole("button", { name: "Sign in with Acme" }).click();
      await signInAtProvider(page, own.provider, login);
      return page;
    };
    const ada = await pageOf("ada");
    await ada.getByText("which your account does not have").waitFor();
    const grace = await pageOf("grace");
    const people = grace.getByRole("region", { name: "People who are signed in" });
    await people.getByText("ada@acme.example").waitFor();
    await expectAccessible(grace);
    await people.getByRole("button", { name: "End session: Ada Lovelace" }).click();
    await grace.getByRole("alertdialog").getByRole("button", { name: "End session" }).click();
    await people.getByText("ada@acme.example").waitFor({ state: "detached" });
    await people.getByText("grace@acme.example").waitFor();
    await ada.reload();
    await ada.getByRole("button", { name: "Sign in with Acme" }).waitFor();

    // What changes something is let through for the page itself.
    await grace.getByRole("button", { name: "New key" }).click();
    await grace.getByLabel("Name").fill("made-by-grace");
    await grace.getByRole("button", { name: "Make the key" }).click();
    await grace.getByRole("alertdialog").getByRole("button", { name: "Done" }).click();
    await grace.getByRole("row", { name: /made-by-grace/u }).waitFor();
    for (const page of [ada, grace]) await page.context().close();
  }, 60_000);
});

describe("health", { timeout: 2 * DIAGNOSIS_MS }, () => {
  it("tells of every deployment and source whether it works, and what to do", async () => {
    const page = await openSettings("health");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByText("2 things are broken").waitFor({ timeout: DIAGNOSIS_MS });
    const broken = page.getByRole("listitem").filter({ hasText: "no-such-host.invalid" }).last();
    expect(await broken.innerText()).toMatch(/Network.*Broken.*cannot be found.*Next:/su);
    await expectAccessible(page);
    const handbook = page.getByRole("button", { name: /handbook.*Works/u });
    expect(await handbook.getAttribute("aria-expanded")).toBe("false");
    await page.getByText("Every check").click();
    await page.getByRole("group").getByText("Search").first().waitFor();
    expect(await handbook.getAttribute("aria-expanded")).toBe("true");
    expect(await page.content()).not.toContain("a-secret");
  });

  it("is watched while it is looked at, goes on beside other parts, and can be stopped", async () => {
    const page = await openSettings("health");
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route("**/groundwire/doctor", async (route) => {
      await held;
      await route.continue();
    });
    const button = page.locator("form").getByRole("button");
    await button.click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    release();
    await page.getByRole("link", { name: "Health", exact: true }).click();
    await page.getByText("2 things are broken").waitFor({ timeout: DIAGNOSIS_MS });

    await page.unroute("**/groundwire/doctor");
    await page.route("**/groundwire/doctor", () => {});
    await button.click();
    await button.click();
    await page.getByRole("button", { name: "Check again" }).waitFor();
    expect(
      await button.evaluate((element) => element === element.ownerDocument.activeElement),
    ).toBe(true);
  });
});

describe("usage and feedback", () => {
  beforeAll(async () => {
    const { page: _fresh, server } = stand;
    const as = (key: string) => ({ "api-key": key });
    for (const [key, feedback] of [
      ["boss-key", { thumb: "up" }],
      ["ann-key", { thumb: "down", reasons: ["inaccurate"], text: "It is 28 since May" }],
    ] as const) {
      const { json } = await server.call("POST", "/groundwire/conversations", {}, as(key));
      const body = {
        model: "local",
        conversation_id: json.id,
        messages: [{ role: "user", content: LEAVE }],
        data_sources: [{ type: "named", parameters: { name: "handbook" } }],
      };
      const { headers } = await server.call("POST", "/openai/v1/chat/completions", body, as(key));
      const path = `/groundwire/conversations/${json.id}/messages/${headers.get("x-groundwire-message-id")}/feedback`;
      await server.call("PUT", path, feedback, as(key));
    }
  });

  it("usage is drawn and told in tables, of all keys, for the span that is chosen", async () => {
    const page = await openSettings("usage");
    const keys = page.getByRole("figure", { name: "By key" });
    await keys.getByRole("listitem").filter({ hasText: "default / ann" }).waitFor();
    await keys.getByText("As a table").click();
    expect(await keys.getByRole("row").count()).toBe(3);
    const days = page.getByRole("figure", { name: "By day" });
    await days.getByText("As a table").click();
    expect(await days.getByRole("row").count()).toBe(1 + 30);
    await page.getByText("7 days").click();
    await eventually(() => days.getByRole("row").count()).toBe(1 + 7);
    expect(await days.getByRole("row").nth(1).innerText()).toMatch(/^\w+ \d+\s+2\s/u);
    await page.getByText("A year").click();
    await page.getByRole("figure", { name: "By month" }).waitFor();
  });

  it("feedback is filtered, opened where it is one's own, and exported", async () => {
    const page = await openSettings("feedback");
    const entries = page.getByRole("article", { name: LEAVE });
    await eventually(() => entries.count()).toBe(2);
    await page.getByText("Bad", { exact: true }).click();
    await eventually(() => entries.count()).toBe(1);
    const words = await entries.innerText();
    for (const told of ["Bad answer", "default / ann", "It is inaccurate", "It is 28 since May"])
      expect(words).toContain(told);
    expect(await page.getByRole("link", { name: "Open the conversation" }).count()).toBe(0);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export questions" }).click();
    const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { question: LEAVE, feedback: { thumb: "down", text: "It is 28 since May" } },
    ]);

    await page.getByLabel("Reason").selectOption({ label: "Citations are wrong" });
    await page.getByText("Nothing was judged so.").waitFor();
    await page.getByLabel("Reason").selectOption({ label: "Any reason" });
    await page.getByText("Good", { exact: true }).click();
    await page.getByRole("link", { name: "Open the conversation" }).click();
    await page.getByRole("heading", { name: LEAVE, level: 2 }).waitFor();
  });
});

it("they are reached from the page's menu, and fetched only then", async () => {
  const { page, server } = stand;
  await page.addInitScript('sessionStorage.setItem("groundwire-key", "boss-key")');
  const files: string[] = [];
  page.on("request", (request) => files.push(request.url()));
  await page.goto(server.url);
  await page.getByLabel("Your question", { exact: true }).waitFor();
  expect(files.filter((file) => file.includes("settings-page"))).toEqual([]);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: /Server settings/u }).click();
  await page.getByRole("heading", { name: "Server settings" }).waitFor();
  expect(files.some((file) => file.includes("settings-page"))).toBe(true);
});

it("they tell a key without the scope what is needed, and nothing else", async () => {
  const page = await openSettings("feedback", "ann-key");
  await page.getByText("They need an API key with the scope “admin”").waitFor();
  await page.getByText("groundwire keys create").waitFor();
  expect(await page.getByRole("link", { name: "Usage" }).count()).toBe(0);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: "Forget the API key" }).waitFor();
  expect(await page.getByRole("menuitem", { name: /Server settings/u }).count()).toBe(0);
  await page.keyboard.press("Escape");
  await expectAccessible(page);
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each(SECTIONS)("%s has no accessibility violation", async (section) => {
    await stand.page.emulateMedia({ colorScheme });
    const page = await openSettings(section);
    await page.locator("main").getByRole("heading", { level: 2 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessible(page);
  });
});

it("a phone of 360 pixels shows all of it without scrolling sideways", async () => {
  await stand.page.setViewportSize({ width: 360, height: 740 });
  for (const section of SECTIONS) {
    const page = await openSettings(section);
    await page.locator("main").getByRole("heading", { level: 2 }).waitFor();
    await page.waitForLoadState("networkidle");
    const overflowing = await page.evaluate<string[]>(
      `[document.documentElement, ...document.querySelectorAll("main, main section, main table")]
        .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline")
        .map((element) => element.tagName)`,
    );
    expect([section, overflowing]).toEqual([section, []]);
  }
});

it("they speak the language of the page, also after it was changed", async () => {
  const page = await openSettings("keys");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  for (const [language, words] of [
    ["العربية", "المفاتيح"],
    ["Deutsch", "Schlüssel"],
  ] as const) {
    await page.locator("nav footer button, footer button").first().click();
    await page.getByRole("menuitemradio", { name: language }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: words, exact: true, level: 2 }).waitFor();
  }
});
