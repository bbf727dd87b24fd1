import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ServerProcess, spawnServer } from "../support/process.ts";
import { askOnly, useWebStand } from "./support/browser.ts";
import { type HeldModel, startHeldModel } from "./support/held-model.ts";

let model: HeldModel;
beforeAll(async () => {
  model = await startHeldModel();
});
afterAll(() => model[Symbol.asyncDispose]());
const stand = useWebStand(() => ({ OPENAI_BASE_URL: model.baseUrl }));

/** The page of a conversation in which an answer has begun and goes on when the model is told to. */
async function beginAnswer(page: Page, question: string): Promise<void> {
  await page.goto(stand.server.url);
  await chooseNoSources(page);
  await askOnly(page, question);
  await said(page, "The first part.").waitFor();
}

/** Pass-through: what the model says is what is seen, when it says it. */
async function chooseNoSources(page: Page): Promise<void> {
  await page.evaluate(
    `localStorage.setItem("groundwire-preferences", JSON.stringify({ sources: "" }))`,
  );
  await page.reload();
  await page.getByRole("button", { name: "Sources: No sources" }).waitFor();
}

/** Words of an answer; not those that are read out. */
const said = (page: Page, words: string): Locator =>
  page.getByRole("log").locator("p", { hasText: words });

const headings = (page: Page): Promise<string[]> =>
  page.getByRole("log").getByRole("heading", { level: 2 }).allTextContents();

describe("an answer that is being written", () => {
  it("is read out by whole sentences, never by its tokens", async () => {
    const { page } = stand;
    await beginAnswer(page, "Read out?");
    const spoken = page.locator("[aria-live=polite]:not([role])");
    await spoken.getByText("The first part.", { exact: true }).waitFor({ state: "attached" });
    expect(await page.getByRole("log").getAttribute("aria-live")).toBe("off");
    model.goOn();
    await spoken.getByText("The last part.", { exact: true }).waitFor({ state: "attached" });
  });
});

it("whoever has scrolled up while an answer comes is left there", async () => {
  const { page } = stand;
  await page.setViewportSize({ width: 1280, height: 380 });
  await beginAnswer(page, `Long? ${"And longer? ".repeat(60)}`.trim());
  const scroller = page.getByRole("log").locator("..");
  await scroller.evaluate((element: { scrollTop: number }) => (element.scrollTop = 0));
  await page.getByRole("button", { name: "Jump to the end" }).waitFor();
  model.goOn();
  await page.getByRole("toolbar", { name: "Answer" }).waitFor();
  expect(await scroller.evaluate((element: { scrollTop: number }) => element.scrollTop)).toBe(0);
});

describe("an answer that is stopped", () => {
  it("keeps what was written, says so, and can be gone on with", async () => {
    const { page } = stand;
    await beginAnswer(page, "Stop me?");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped.").waitFor();
    await page.reload();
    await page.getByText("Stopped.").waitFor();
    await said(page, "The first part.").waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await said(page, "The first part.").nth(1).waitFor();
    expect(model.last().messages.map(({ content }: { content: string }) => content)).toEqual([
      "Stop me?",
      "The first part. The",
      "Please continue where you stopped.",
    ]);
    model.goOn();
    await said(page, "The last part.").waitFor();
  });

  it("by a reload is kept as far as it had come", async () => {
    const { page } = stand;
    await beginAnswer(page, "Reloaded?");
    await page.reload();
    await said(page, "The first part.").waitFor();
    await page.getByText("Stopped.").waitFor();
    expect(await headings(page)).toEqual(["Reloaded?"]);
  });
});

describe("two tabs on one conversation", () => {
  it("do not mix: the second one is told to wait, sees the answer, and is answered after it", async () => {
    const { page, browser } = stand;
    await beginAnswer(page, "From the first tab?");
    const other = await browser.newPage();
    other.setDefaultTimeout(10_000);
    await other.goto(page.url());
    await other.getByText("has no answer yet").waitFor();
    await askOnly(other, "From the second tab?");
    await other.getByText("Another question of this conversation is being answered.").waitFor();

    model.goOn();
    await page.getByRole("toolbar", { name: "Answer" }).waitFor();
    await other.getByRole("button", { name: "Try again" }).click();
    await said(other, "The first part.").nth(1).waitFor();
    model.goOn();
    await said(other, "The last part.").nth(1).waitFor();
    const both = ["From the first tab?", "From the second tab?"];
    await expect.poll(() => headings(other)).toEqual(both);
    await other.close();

    // Whoever comes back to a tab sees what has happened elsewhere.
    await page.evaluate(`document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))`);
    await expect.poll(() => headings(page)).toEqual(both);
  });
});

describe("without a connection", () => {
  it("a part of the page that cannot be loaded leaves the rest as it is", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await page.getByRole("button", { name: /^Sources/u }).waitFor();
    await page.route("**/assets/documents-page-*.js", (route) => route.abort());
    await page.getByRole("link", { name: /^Documents/u }).click();
    await page.getByRole("alert").getByText("could not be loaded").waitFor();
    await page.getByRole("link", { name: "New conversation" }).click();
    await page.getByLabel("Your question", { exact: true }).waitFor();
  });

  it("what is written stays through a reload, and is sent once there is one", async () => {
    const { page } = stand;
    await beginAnswer(page, "Connected?");
    model.goOn();
    await page.getByRole("toolbar", { name: "Answer" }).waitFor();
    await page.context().setOffline(true);
    const field = page.getByLabel("Your question", { exact: true });
    await field.fill("And half a thought");
    await askOnly(page, "And offline?");
    await page.getByRole("alert").getByText("The connection to the server is lost.").waitFor();
    await page.context().setOffline(false);
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe("And offline?");
    await said(page, "The last part.").waitFor();
    await page.getByRole("button", { name: "Sources: No sources" }).waitFor();

    await page.context().setOffline(true);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await said(page, "The first part.").nth(1).waitFor();
    model.goOn();
    await said(page, "The last part.").nth(1).waitFor();
    expect(await headings(page)).toEqual(["Connected?", "And offline?"]);
    await page.reload();
    await said(page, "The last part.").nth(1).waitFor();
    expect(await field.inputValue()).toBe("");
  });

  it("a first question stays in its field, and why is said", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    const field = page.getByLabel("Your question", { exact: true });
    await page.getByRole("button", { name: /^Sources/u }).waitFor();
    await page.context().setOffline(true);
    await field.fill("Is anybody there?");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("could not be sent").waitFor();
    expect(await field.inputValue()).toBe("Is anybody there?");
    await page.context().setOffline(false);
  });
});

describe("a server that is killed while it answers", () => {
  let folder: string;
  let server: ServerProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "groundwire-web-"));
  });
  afterAll(async () => {
    model.goOn();
    await server.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  });

  it("and comes back has lost nothing: the question is answered at the next try", async () => {
    const { page } = stand;
    const environment = { GROUNDWIRE_DATA_DIR: folder, OPENAI_BASE_URL: model.baseUrl };
    server = await spawnServer(environment);
    await page.goto(server.url);
    await chooseNoSources(page);
    await askOnly(page, "Still there?");
    await said(page, "The first part.").waitFor();
    await server.end("SIGKILL");
    await page.getByRole("alert").getByText("The connection to the server is lost.").waitFor();
    await said(page, "The first part.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await said(page, "The first part.").waitFor({ state: "detached" });
    await page.getByRole("alert").getByText("The connection to the server is lost.").waitFor();

    server = await spawnServer({ ...environment, PORT: new URL(server.url).port });
    await page.getByRole("button", { name: "Try again" }).click();
    await said(page, "The first part.").waitFor();
    model.goOn();
    await said(page, "The last part.").waitFor();
    expect(await headings(page)).toEqual(["Still there?"]);
    await page.reload();
    await said(page, "The last part.").waitFor();
    expect(await headings(page)).toEqual(["Still there?"]);
  }, 60_000);
});
