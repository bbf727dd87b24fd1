import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import { startTestServer, type TestServer } from "../../support/server.ts";

type Environment = Record<string, string>;

const CHROMIUM = "/usr/bin/chromium";

export interface WebStand {
  server: TestServer;
  browser: Browser;
  /** A fresh one in each test; what it says wrong fails the test. */
  page: Page;
}

/** The real server with the sample documents, and Debian's Chromium. A function as `environment` is called when the server starts. */
export function useWebStand(environment: Environment | (() => Environment) = {}): WebStand {
  // Filled before the first test.
  const stand = {} as WebStand;
  let errors: string[] = [];
  beforeAll(async () => {
    if (!existsSync(CHROMIUM))
      throw new Error(
        `These tests need Debian's Chromium: apt-get install chromium (${CHROMIUM}).`,
      );
    stand.server = await startTestServer(
      typeof environment === "function" ? environment() : environment,
      { samples: true },
    );
    stand.browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
  });
  beforeEach(async () => {
    errors = [];
    stand.page = await stand.browser.newPage({ viewport: { width: 1280, height: 860 } });
    stand.page.setDefaultTimeout(10_000);
    stand.page.on("pageerror", (error) => errors.push(String(error)));
    // What the content security policy forbids is told here, too.
    stand.page.on("console", (message) => {
      if (message.type() === "error" && /security policy|Uncaught/iu.test(message.text()))
        errors.push(message.text());
    });
  });
  afterEach(async () => {
    await stand.page.close();
    expect(errors).toEqual([]);
  });
  afterAll(async () => {
    await stand.browser?.close();
    await stand.server?.[Symbol.asyncDispose]();
  });
  return stand;
}

/** Asks in the conversation that is open, or in a new one, and waits for the cited answer. */
export async function ask(page: Page, question: string): Promise<void> {
  await askOnly(page, question);
  await page.getByRole("toolbar", { name: "Answer" }).last().waitFor();
}

/** Asks, and waits until the question stands in the conversation. */
export async function askOnly(page: Page, question: string): Promise<void> {
  await page.getByLabel("Your question", { exact: true }).fill(question);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: question, level: 2 }).waitFor();
}

/** The words that the page marks as cited, whichever way it marks them. */
export function highlighted(page: Page): Promise<string> {
  return page.evaluate<string>(
    `[
      ...[...CSS.highlights.values()].flatMap((highlight) => [...highlight].map(String)),
      ...[...document.querySelectorAll("[data-cited]")].map((row) => row.innerText),
    ].join(" ")`,
  );
}

export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(
    await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"),
  );
  const violations = await page.evaluate(async () => {
    // Put there by the line above.
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html }) => html.slice(0, 200)),
    }));
  });
  expect(violations).toEqual([]);
}
