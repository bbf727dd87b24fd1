import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { chromium, type Page } from "playwright-core";

import { openSqliteConversations } from "../src/conversations/sqlite/sqlite.ts";
import { spawnServer } from "../test/support/process.ts";
import { LONG_ANSWER, longConversation } from "./long-conversation.ts";
import { seedConversations } from "./seed-conversations.ts";
import { startTokenStream } from "./token-stream.ts";

/**
 * How the page keeps up, in Debian's Chromium: a conversation of many messages is opened and scrolled, a fast answer is drawn
 * on a slowed processor, the side bar holds many conversations: npm run bench -- page [--rounds N] [--conversations N] [--slowed N].
 * Browser, server and the model's stand-in share the machine. Times are those of the clock; beside them stands the
 * processor time of the page's main thread, which other work on the machine changes less.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    conversations: { type: "string", default: "10000" },
    messages: { type: "string", default: "500" },
    slowed: { type: "string", default: "4" },
    rate: { type: "string", default: "200" },
  },
});
const LONG = "conv_long";
/** No single measurement takes longer. */
const LONGEST_MS = 20_000;
const model = await startTokenStream({ text: LONG_ANSWER, perSecond: Number(values.rate) });
const folder = await mkdtemp(join(tmpdir(), "groundwire-bench-"));
const store = await openSqliteConversations(join(folder, "conversations.sqlite"));
await seedConversations(store, { count: Number(values.conversations), messages: 2 });
await longConversation(store, LONG, Number(values.messages));
await store.close();
const server = await spawnServer({
  GROUNDWIRE_DATA_DIR: folder,
  OPENAI_BASE_URL: model.baseUrl,
});
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});

/** Two frames after the condition holds, so that what is counted has been drawn; milliseconds since `start` was run. */
function drawn(page: Page, start: string, condition: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const started = performance.now();
    const look = () => (${condition}) || performance.now() - started > ${LONGEST_MS}
      ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)))
      : requestAnimationFrame(look);
    ${start};
    look();
  })`);
}

/** With the processor time of the page's main thread: milliseconds, and its share of the time that passed. */
async function withProcessorTime<T>(
  page: Page,
  work: () => Promise<T>,
): Promise<{ result: T; busy: string }> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => {
    const { metrics } = await client.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
  };
  const [before, started] = [await spent(), performance.now()];
  const result = await work();
  const [time, passed] = [(await spent()) - before, performance.now() - started];
  await client.detach();
  return { result, busy: `${time.toFixed(0)} ms, ${((time / passed) * 100).toFixed(0)} %` };
}

/** Gaps between frames, in milliseconds, until `isOver`; `each` is run in every frame. */
function framesUntil(page: Page, isOver: string, each = ""): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = [];
    const started = performance.now();
    let last = started;
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      ${each};
      if (${isOver} || now - started > ${LONGEST_MS}) resolve(gaps.slice(1));
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

function smoothness(gaps: number[]): string {
  const sorted = gaps.toSorted((left, right) => left - right);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
  return `${((gaps.length / total) * 1000).toFixed(1)} per second; p95 ${at(0.95)} ms, longest ${at(1)} ms`;
}

const THREAD = "document.querySelector('[role=log]')";
const SCROLLER = `${THREAD}.parentElement`;
const turns = Number(values.messages) / 2;
/** The end is drawn, where the reader is; the words before it come a moment later. */
const isShown = `${THREAD}?.lastElementChild?.querySelector('[role=toolbar]')`;
const isWhole = `${THREAD}?.querySelectorAll('article').length >= ${turns}`;

/** In a page that has just been loaded, and once more after another conversation has been looked at. */
async function openLong(page: Page): Promise<string> {
  await page.goto(server.url);
  const link = `document.querySelector('a[href="/c/${LONG}"]')`;
  await drawn(page, "", link);
  const { result: opened, busy } = await withProcessorTime(page, () =>
    drawn(page, `${link}.click()`, isShown),
  );
  const whole = await drawn(page, "", isWhole);
  await drawn(page, `document.querySelectorAll('nav a[href^="/c/"]')[1].click()`, `!(${isWhole})`);
  const again = await drawn(page, `${link}.click()`, isShown);
  return `${opened.toFixed(0)} ms (main thread ${busy}), all words ${(opened + whole).toFixed(0)} ms; again ${again.toFixed(0)} ms`;
}

async function scrollLong(page: Page): Promise<string> {
  const up = `${SCROLLER}.scrollTop -= 150`;
  const gaps = await framesUntil(page, `gaps.length > 300 || ${SCROLLER}.scrollTop === 0`, up);
  return smoothness(gaps);
}

/** While an answer is written in the conversation that is open. */
async function streamed(page: Page, slowed: number): Promise<string> {
  const client = await page.context().newCDPSession(page);
  await page.getByLabel("Your question", { exact: true }).fill("Say all of it.");
  const before = await page.getByRole("toolbar", { name: "Answer" }).count();
  await client.send("Emulation.setCPUThrottlingRate", { rate: slowed });
  await page.keyboard.press("Enter");
  const answer = `${THREAD}?.lastElementChild?.querySelector('[aria-busy=true]')`;
  await drawn(page, "", `${answer}?.textContent.length > 200`);
  const { result: gaps, busy } = await withProcessorTime(page, () =>
    framesUntil(page, `!${answer}`),
  );
  await client.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await page.getByRole("toolbar", { name: "Answer" }).nth(before).waitFor();
  return `${smoothness(gaps)}; main thread ${busy}`;
}

/** Scrolled to its end again and again, until no more come or so many are there. */
async function sideBar(page: Page, most: number): Promise<string> {
  await page.goto(server.url);
  const list = "document.querySelector('nav')";
  const rows = `${list}?.querySelectorAll('a[href^="/c/"]').length`;
  await drawn(page, "", `${rows} > 0`);
  const scroller = `[...${list}.querySelectorAll('*')].find((one) => getComputedStyle(one).overflowY === 'auto')`;
  await page.evaluate(`globalThis.sideBar = ${scroller}`);
  const started = performance.now();
  const gaps = await framesUntil(
    page,
    `${rows} >= ${most} || gaps.length > 20000`,
    "sideBar.scrollTop += 200",
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const still = await framesUntil(page, "gaps.length > 120", "sideBar.scrollTop -= 200");
  return `${await page.evaluate<number>(rows)} rows in ${seconds} s: ${smoothness(gaps)}; back: ${smoothness(still)}`;
}

try {
  const figures: Record<string, string>[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const slowed = Number(values.slowed);
    const opened = await openLong(page);

    const scrolled = await scrollLong(page);

    const inLong = await streamed(page, slowed);

    await page.goto(server.url);
    const inNew = await streamed(page, slowed);

    await page.goto(server.url);
    const unslowed = await streamed(page, 1);

    figures.push({
      [`opens ${values.messages} messages`]: opened,
      "scrolls them": scrolled,
      [`answer in it, ${values.rate} tokens a second, slowed ${slowed} times`]: inLong,
      "answer in a new one": inNew,
      "the same, not slowed": unslowed,
      "side bar": await sideBar(page, 1_000),
    });
    console.log(JSON.stringify({ round, ...figures.at(-1) }, null, 2));
    await page.close();
  }
} finally {
  await browser.close();
  await server.end("SIGTERM");
  await model[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}
