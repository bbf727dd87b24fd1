import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "../support/server.ts";

const CHROMIUM = "/usr/bin/chromium";
const HANDBOOK = `# Leave policy\n\n## Annual leave\n\nFull-time employees get 27 days of annual leave a year.\n\n## Sick leave\n\nA doctor's note is needed from the third day on.\n\n${"## Berths\n\nShips moor at the quay. The harbour master decides where.\n\n".repeat(60)}`;

let server: TestServer;
let browser: Browser;
let page: Page;
let axe: string;

beforeAll(async () => {
  if (!existsSync(CHROMIUM))
    throw new Error(`These tests need Debian's Chromium: apt-get install chromium (${CHROMIUM}).`);
  server = await startTestServer();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--disable-gpu",
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  page = await browser.newPage();
});

/** Makes a store through the page and puts one document into it. */
async function addHandbook(name: string): Promise<void> {
  await page.goto(server.url);
  await page.getByPlaceholder("New store").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: new RegExp(name, "u") }).waitFor();
  await page.locator('input[type="file"]').setInputFiles({
    name: "handbook.md",
    mimeType: "text/markdown",
    buffer: Buffer.from(HANDBOOK),
  });
  await page.getByText("handbook.md: Ready").waitFor();
}

async function ask(question: string): Promise<void> {
  await page.getByLabel("Your question").fill(question);
  await page.keyboard.press("Enter");
  await page.locator("[data-marker]").first().waitFor();
}

/** Programs of the page are text: the tests themselves know no DOM. */
const RUN_AXE = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`;

async function violations(): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(RUN_AXE);
}

describe("the page", () => {
  it("takes a document, answers from it and opens it at the cited passage", async () => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await addHandbook("first");
    await ask("How many days of annual leave do full-time employees get?");
    await page.getByRole("article").getByText("27 days of annual leave").waitFor();
    await page.locator("[data-marker]").first().click();
    await page.locator("[data-cited]").getByText("27 days of annual leave").waitFor();
    const marked = await page.evaluate(`[...CSS.highlights.get("cited")].map(String).join("")`);
    expect(marked).toContain("27 days of annual leave");
    // The document scrolls in its own plane; the page stays where it is.
    expect(await page.evaluate(`document.documentElement.scrollHeight <= innerHeight`)).toBe(true);
    await page.keyboard.press("Escape");
    expect(await page.evaluate(`document.activeElement.getAttribute("data-marker")`)).toBe("1");
    expect(complaints).toEqual([]);
  });

  it("says why a document cannot be read", async () => {
    await addHandbook("second");
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "empty.txt", mimeType: "text/plain", buffer: Buffer.of() });
    await page.getByText("The file is empty.").waitFor();
  });

  it.each(["light", "dark"] as const)(
    "has no accessibility violation in %s",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await addHandbook(`third ${colorScheme}`);
      expect(await violations()).toEqual([]);
      await ask("How many days of annual leave do full-time employees get?");
      await page.locator("[data-marker]").first().click();
      await page.locator("[data-cited]").getByText("27 days").waitFor();
      expect(await violations()).toEqual([]);
    },
  );

  it("fits a phone of 360 pixels without scrolling sideways", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await addHandbook("fourth");
    await ask("How many days of annual leave do full-time employees get?");
    const spare = await page.evaluate(`innerWidth - document.documentElement.scrollWidth`);
    expect(spare).toBeGreaterThanOrEqual(0);
  });

  it("asks for a key when the server wants one", async () => {
    await using keyed = await startTestServer(
      { GROUNDWIRE_API_KEYS: "acme:page-secret" },
      { samples: true },
    );
    await page.goto(keyed.url);
    await page.getByLabel("API key").fill("page-secret");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: /Sample handbook/u }).waitFor();
  });
});
