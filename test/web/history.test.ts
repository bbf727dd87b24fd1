import { describe, expect, it } from "vitest";

import { ask, useWebStand } from "./support/browser.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";
const PROBATION = "How long is probation?";
const stand = useWebStand();

describe("conversations of long ago", () => {
  it("come as one scrolls down the side bar", async () => {
    const { page, server } = stand;
    for (let index = 1; index <= 90; index++) {
      await server.call("POST", "/groundwire/conversations", { title: `Talk ${index}.` });
    }
    await page.goto(server.url);
    const rail = page.getByRole("navigation", { name: "Conversations" });
    const rows = rail.getByRole("link", { name: /^Talk/u });
    await rows.nth(39).waitFor();
    expect(await rows.count()).toBeLessThan(90);
    // Each time the end is shown, the next page is fetched.
    await expect
      .poll(
        async () => {
          await rows.last().scrollIntoViewIfNeeded();
          return rows.count();
        },
        { timeout: 10_000 },
      )
      .toBe(90);
    expect(new Set(await rows.allTextContents()).size).toBe(90);
  });

  it("are deleted all at once, when that is confirmed", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, LEAVE);
    const rail = page.getByRole("navigation", { name: "Conversations" });
    const open = async (): Promise<void> => {
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("menuitem", { name: /^Delete all/u }).click();
    };
    await open();
    const dialog = page.getByRole("alertdialog", { name: "Delete all conversations?" });
    await dialog.getByRole("button", { name: "Keep" }).click();
    await rail.getByRole("link", { name: LEAVE }).waitFor();
    await open();
    await dialog.getByRole("button", { name: "Delete all" }).click();
    await dialog.waitFor({ state: "hidden" });
    await rail.getByRole("link", { name: LEAVE }).waitFor({ state: "detached" });
    await expect.poll(() => new URL(page.url()).pathname).toBe("/");
    const kept = await server.call("GET", "/groundwire/conversations");
    expect(kept.json.data).toEqual([]);
  });
});

it("an answer is gone on from in a conversation of its own; the first one stays as it is", async () => {
  const { page, server } = stand;
  await page.goto(server.url);
  await ask(page, LEAVE);
  const original = page.url();
  await ask(page, PROBATION);
  await page
    .getByRole("toolbar", { name: "Answer" })
    .first()
    .getByRole("button", { name: "Branch into a new conversation" })
    .click();
  await page.waitForURL((url) => url.pathname.startsWith("/c/") && url.href !== original);
  await page.getByRole("heading", { name: LEAVE, level: 2 }).waitFor();
  expect(await page.getByRole("heading", { name: PROBATION, level: 2 }).count()).toBe(0);
  await ask(page, "How long must a password be?");
  await page.goto(original);
  await page.getByRole("heading", { name: PROBATION, level: 2 }).waitFor();
  expect(await page.getByRole("heading", { level: 2, name: /password/u }).count()).toBe(0);
});

it("an answer is read out without its numbers by a voice of this machine, and stopped", async () => {
  const { page, server } = stand;
  // Debian's Chromium has no voice of its own.
  await page.addInitScript(`
    const voice = { lang: "en-GB", localService: true, name: "Test", voiceURI: "test", default: true };
    globalThis.said = [];
    globalThis.SpeechSynthesisUtterance = class {
      constructor(text) { this.text = text; }
    };
    Object.defineProperty(globalThis, "speechSynthesis", { value: Object.assign(new EventTarget(), {
      getVoices: () => [voice],
      speak: ({ text, lang }) => globalThis.said.push([lang, text]),
      cancel: () => globalThis.said.push("cancel"),
    })});
  `);
  await page.goto(server.url);
  await ask(page, LEAVE);
  const answer = page.getByRole("toolbar", { name: "Answer" });
  await answer.getByRole("button", { name: "Read aloud" }).click();
  const said = (): Promise<unknown[]> => page.evaluate<unknown[]>("globalThis.said");
  await expect
    .poll(said)
    .toContainEqual(["en-GB", expect.stringContaining("Full-time employees get 27 days")]);
  expect(JSON.stringify(await said())).not.toMatch(/\[doc|\[1\]/u);
  await answer.getByRole("button", { name: "Stop reading" }).click();
  await expect.poll(async () => (await said()).at(-1)).toBe("cancel");
});
