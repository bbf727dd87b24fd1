import { globSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { startTestServer } from "../support/server.ts";
import { ask, expectAccessible, highlighted, useWebStand } from "./support/browser.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";
const stand = useWebStand();

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it("no page has an accessibility violation", async () => {
    const { page, server } = stand;
    await page.emulateMedia({ colorScheme });
    await page.goto(server.url);
    await page.getByRole("button", { name: LEAVE }).waitFor();
    await expectAccessible(page);
    await ask(page, LEAVE);
    await page.locator("[data-marker]").first().click();
    await page.getByText("handbook.md").first().waitFor();
    await expectAccessible(page);
    for (const name of [/All retrieved/u, /How it was answered/u]) {
      await page.getByRole("tab", { name }).click();
      await expectAccessible(page);
    }
    await page.goto(`${server.url}/documents`);
    await page.getByRole("row", { name: /handbook\.md/u }).waitFor();
    await expectAccessible(page);
  });
});

it("beside an open document the composer is narrow and keeps all its buttons", async () => {
  const { page, server } = stand;
  await page.goto(server.url);
  await ask(page, LEAVE);
  await page.locator("sup button").first().click();
  await page.getByRole("tab", { name: "Source" }).waitFor();
  const send = page.getByRole("button", { name: "Ask", exact: true });
  const [inner, outer] = [await send.boundingBox(), await page.locator("form").boundingBox()];
  const endOf = (box: { x: number; width: number } | null): number => (box ? box.x + box.width : 0);
  expect(endOf(inner)).toBeLessThanOrEqual(endOf(outer));
});

it("a phone of 360 pixels shows all of it without scrolling sideways", async () => {
  const { page, server } = stand;
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(server.url);
  await ask(page, LEAVE);
  const fits = (): Promise<boolean> =>
    page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth");
  expect(await fits()).toBe(true);
  await page.locator("[data-marker]").first().click();
  await page.getByRole("button", { name: "Back to answer" }).waitFor();
  expect(await fits()).toBe(true);
  await page.getByRole("button", { name: "Back to answer" }).click();
  await page.getByRole("heading", { name: LEAVE, level: 2 }).waitFor();
});

describe("by keyboard alone", () => {
  it("a document is added, asked, opened at the citation and left again", async () => {
    const { page, server } = stand;
    const { keyboard } = page;
    await page.goto(`${server.url}/documents`);
    await tabTo(page, "New store");
    await keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Name" }).waitFor();
    await keyboard.type("Quay");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "Quay" }).waitFor();
    await tabTo(page, "Add documents");
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      keyboard.press("Enter"),
    ]);
    const buffer = Buffer.from("The quay of the old harbour is 310 metres long.");
    await chooser.setFiles({ name: "quay.txt", mimeType: "text/plain", buffer });
    await page
      .getByRole("row", { name: /quay\.txt/u })
      .getByText("Ready")
      .waitFor();
    await tabTo(page, "More about this store");
    await keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Ask this store" }).waitFor();
    await keyboard.type("Ask this");
    await keyboard.press("Enter");
    await page.getByLabel("Your question", { exact: true }).waitFor();
    await tabTo(page, "Your question");
    await keyboard.type("How long is the quay of the old harbour?");
    await keyboard.press("Enter");
    await page.locator("[data-marker]").first().waitFor();
    await tabTo(page, /^Source 1, quay/u, "Shift+Tab");
    await keyboard.press("Enter");
    const bay = page.getByRole("complementary", { name: "Source" });
    await expect.poll(() => highlighted(page)).toContain("310 metres");
    await keyboard.press("Escape");
    await bay.waitFor({ state: "hidden" });
    await expect.poll(() => focusedName(page)).toMatch(/^Source 1, quay/u);
  });
});

/** Moves the focus until it is on what has this name. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const tried: string[] = [];
  for (let step = 0; step < 60; step++) {
    const focused = await focusedName(page);
    if (typeof name === "string" ? focused === name : name.test(focused)) return;
    tried.push(focused);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to ${name}, only to ${tried.join(", ")}`);
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(
    `(document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? "").trim()`,
  );
}

it.each([
  ["de", "ltr", "Neue Unterhaltung"],
  ["ar", "rtl", "محادثة جديدة"],
])("it speaks %s, %s", async (locale, direction, words) => {
  const { browser, server } = stand;
  const page = await browser.newPage({ locale });
  await page.goto(server.url);
  await page.getByText(words).first().waitFor();
  expect(
    await page.evaluate("[document.documentElement.lang, document.documentElement.dir]"),
  ).toEqual([locale, direction]);
  await page.close();
});

it("right to left, the document opens on the left, and the wire runs there", async () => {
  const { browser, server } = stand;
  const page = await browser.newPage({ locale: "ar", viewport: { width: 1280, height: 860 } });
  page.setDefaultTimeout(10_000);
  // There may be other stores by now.
  await page.addInitScript(
    `localStorage.setItem("groundwire-preferences", JSON.stringify({ sources: "vs_samplehandbook" }))`,
  );
  await page.goto(server.url);
  await page.getByRole("button", { name: LEAVE }).click();
  const marker = page.locator("[data-marker]").first();
  await marker.click();
  const wire = page.locator("[data-wire] path");
  await wire.nth(2).waitFor({ state: "attached" });
  const [bay, thread] = await Promise.all([
    page.locator("#document-bay").boundingBox(),
    page.getByRole("log").boundingBox(),
  ]);
  expect(bay?.x).toBe(0);
  expect(thread?.x).toBeGreaterThanOrEqual(bay?.width ?? 0);
  const seam = await wire.nth(1).getAttribute("d");
  expect(Number(/^M([\d.]+)/u.exec(seam ?? "")?.[1])).toBeCloseTo(bay?.width ?? 0, 0);
  await page.close();
});

it("it asks for a key when the server wants one, and keeps it from other tabs", async () => {
  await using keyed = await startTestServer(
    { GROUNDWIRE_API_KEYS: "acme:page-secret" },
    { samples: true },
  );
  const { page, browser } = stand;
  await page.goto(keyed.url);
  await page.getByLabel("API key").fill("wrong");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("API key").fill("page-secret");
  await page.getByRole("button", { name: "Continue" }).click();
  await ask(page, LEAVE);
  const other = await browser.newPage();
  await other.goto(keyed.url);
  await other.getByLabel("API key").waitFor();
  await other.close();
});

it("nothing is asked of other hosts, and the first load stays below 240 KB", async () => {
  const { page, server } = stand;
  const hosts = new Set<string>();
  const files: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    hosts.add(url.host);
    if (url.pathname.startsWith("/assets/")) files.push(url.pathname);
  });
  await page.goto(server.url, { waitUntil: "networkidle" });
  expect([...hosts]).toEqual([new URL(server.url).host]);
  const dist = fileURLToPath(new URL("../../web/dist", import.meta.url));
  const code = files.filter((file) => /\.(?:js|css)$/u.test(file));
  const bytes = code.map((file) => gzipSync(readFileSync(dist + file)).length);
  expect(code.length).toBeGreaterThan(1);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(240 * 1024);
  // Drawing PDFs is fetched when one is opened.
  const [pdf] = globSync(`${dist}/assets/pdf-view-*.js`);
  expect(statSync(pdf ?? "").size).toBeGreaterThan(100_000);
  expect(files.some((file) => file.includes("pdf-view"))).toBe(false);
});
