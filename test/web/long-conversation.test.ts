import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, it } from "vitest";

import { longConversation } from "../../bench/long-conversation.ts";
import { openSqliteConversations } from "../../src/conversations/sqlite/sqlite.ts";
import { useWebStand } from "./support/browser.ts";

const QUESTIONS = 60;
const SCROLLER = "document.querySelector('[role=log]').parentElement";
const folder = await mkdtemp(join(tmpdir(), "groundwire-web-"));
const store = await openSqliteConversations(join(folder, "conversations.sqlite"));
await longConversation(store, "conv_long", QUESTIONS * 2);
await store.close();
afterAll(() => rm(folder, { recursive: true, force: true }));

const stand = useWebStand({ GROUNDWIRE_DATA_DIR: folder });

it("opens at its end, with the words of all of it, and draws what the reader comes to", async () => {
  const { page, server } = stand;
  await page.goto(`${server.url}/c/conv_long`);
  const answers = page.getByRole("toolbar", { name: "Answer" });
  await answers.last().waitFor();
  const thread = page.getByRole("log");
  const left = (): Promise<number> =>
    page.evaluate<number>(
      `${SCROLLER}.scrollHeight - ${SCROLLER}.scrollTop - ${SCROLLER}.clientHeight`,
    );
  await expect.poll(left).toBeLessThan(2);

  const turns = thread.locator("article");
  await expect.poll(() => turns.count()).toBe(QUESTIONS);
  expect(await turns.first().textContent()).toContain("part-timers the share");
  expect(await answers.count()).toBeLessThan(QUESTIONS / 2);

  await page.evaluate(`${SCROLLER}.scrollTop = 0`);
  const first = page.getByRole("article", { name: /case 1\?$/u });
  await first.getByRole("toolbar", { name: "Answer" }).waitFor();
  expect(await first.locator("[data-marker]").count()).toBe(8);

  await page.getByRole("button", { name: "Jump to the end" }).click();
  await expect.poll(left).toBeLessThan(2);
});
