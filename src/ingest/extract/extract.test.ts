import { fork } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { deflateSync } from "node:zlib";

import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writePdf } from "../../testing/pdf-writer.ts";
import { DEFAULT_CHUNKING, type ExtractedDocument } from "../document.ts";
import type { ExtractMessage, ExtractTask } from "./extract-child.ts";
import { createExtractor, type Extractor } from "./extract.ts";

const FIXTURES = new URL("../../../test/fixtures/documents/", import.meta.url);
const LIMITS = { extractSeconds: 20, extractMemoryMb: 600 };

let folder: string;
let extractor: Extractor;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-extract-"));
  extractor = createExtractor(LIMITS);
});
afterAll(async () => {
  await extractor.close();
  await rm(folder, { recursive: true, force: true });
});

async function extract(filename: string, bytes: Uint8Array | string): Promise<ExtractedDocument> {
  const path = join(folder, "file");
  await writeFile(path, bytes);
  return extractor.extract(path, { filename, signal: new AbortController().signal });
}

const textOf = (document: ExtractedDocument): string =>
  document.parts.map(({ text }) => text).join("\n");

describe("PDF", () => {
  it("gives text page by page, with the place of each word", async () => {
    const document = await extract(
      "two.pdf",
      writePdf([["Annual leave is", "twenty days."], ["Gate 3 (north) opens."]]),
    );
    expect(document.parts.map(({ page, text }) => [page, text])).toEqual([
      [1, "Annual leave is twenty days."],
      [2, "Gate 3 (north) opens."],
    ]);
    const words = [...(document.parts[0]?.geometry?.words ?? [])];
    const [start, end, raw, left, bottom, right, top] = words.map((value) => Math.round(value));
    expect([start, end, raw]).toEqual([0, 6, 0]);
    expect(left).toBe(50);
    expect(right).toBeGreaterThan(70);
    expect(bottom).toBeGreaterThan(780);
    expect(top).toBeLessThan(805);
  });

  it("reads a real one: title, headings, pages", async () => {
    const bytes = await readFile(new URL("../../../samples/it-security.pdf", import.meta.url));
    const document = await extract("renamed.txt", bytes);
    expect(document).toMatchObject({ kind: "pdf", title: "IT security guideline" });
    const loss = document.parts[1]?.blocks.find(({ headingPath }) =>
      headingPath.includes("Loss and theft"),
    );
    expect(document.parts[1]?.text.slice(loss?.start)).toContain("within one hour");
  });

  it.each([
    ["needs a password", "encrypted.pdf", /password/u],
    ["is cut off in the middle", "truncated.pdf", /damaged/u],
  ])("says so when it %s", async (_name, filename, message) => {
    const bytes =
      filename === "truncated.pdf"
        ? (await readFile(new URL("../../../samples/it-security.pdf", import.meta.url))).subarray(
            0,
            1_000,
          )
        : await readFile(new URL(filename, FIXTURES));
    await expect(extract(filename, bytes)).rejects.toMatchObject({
      code: "invalid_file",
      message: expect.stringMatching(message),
    });
  });

  it("reads one that only forbids changes", async () => {
    expect(
      textOf(await extract("a.pdf", await readFile(new URL("owner-password.pdf", FIXTURES)))),
    ).toContain("14 characters");
  });

  it(
    "ends a page that unpacks to 300 MB without harm to this process",
    { timeout: 60_000 },
    async () => {
      const bomb = deflateSync(Buffer.alloc(300_000_000, "0 0 m "), { level: 1 });
      const plain = writePdf([["x"]]).toString("latin1");
      const head = plain.indexOf("<< /Length");
      const tail = plain.indexOf("endstream");
      const bytes = Buffer.concat([
        Buffer.from(
          `${plain.slice(0, head)}<< /Length ${bomb.length} /Filter /FlateDecode >>\nstream\n`,
          "latin1",
        ),
        bomb,
        Buffer.from(`\n${plain.slice(tail)}`, "latin1"),
      ]);
      const quick = createExtractor({ extractSeconds: 3, extractMemoryMb: 300 });
      const path = join(folder, "bomb.pdf");
      await writeFile(path, bytes);
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      await expect(
        quick.extract(path, { filename: "bomb.pdf", signal: new AbortController().signal }),
      ).rejects.toMatchObject({ code: "invalid_file" });
      delay.disable();
      expect(delay.percentile(99) / 1e6).toBeLessThan(50);
      await quick.close();
    },
  );
});

describe("a large document", () => {
  it("of 500 pages does not hold up this process", { timeout: 60_000 }, async () => {
    const line = "The berth of the crane at the quay is kept free during the night hours, see";
    const pages = Array.from({ length: 500 }, (_, page) =>
      Array.from({ length: 45 }, (_line, index) => `${line} rule ${page}.${index}`),
    );
    const path = join(folder, "large.pdf");
    await writeFile(path, writePdf(pages));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const { document, view } = await extractor.extractAndChunk(path, DEFAULT_CHUNKING, {
      filename: "large.pdf",
      mediaType: "application/pdf",
      signal: new AbortController().signal,
    });
    delay.disable();
    expect(view.outline.parts).toHaveLength(500);
    expect(document.passages.at(-1)).toMatchObject({ page: 500 });
    expect(delay.percentile(99) / 1e6).toBeLessThan(50);
  });
});

describe("limits", () => {
  it("stop a reading that takes too long, and say how long was allowed", async () => {
    const hasty = createExtractor({ extractSeconds: 0.05, extractMemoryMb: 600 });
    const path = join(folder, "slow.txt");
    await writeFile(path, "line\n".repeat(2_000_000));
    await expect(
      hasty.extract(path, { filename: "slow.txt", signal: new AbortController().signal }),
    ).rejects.toThrow("longer than 0.05 s");
    await hasty.close();
  });

  it("end the reading when the caller gives up", async () => {
    const controller = new AbortController();
    const path = join(folder, "unwanted.txt");
    await writeFile(path, "line\n".repeat(2_000_000));
    const reading = extractor.extractAndChunk(path, DEFAULT_CHUNKING, {
      filename: "unwanted.txt",
      mediaType: "text/plain",
      signal: controller.signal,
    });
    controller.abort(new Error("not wanted"));
    await expect(reading).rejects.toThrow("not wanted");
  });
});

describe("the process that reads", () => {
  const children = async (): Promise<string> =>
    (await readFile(`/proc/self/task/${process.pid}/children`, "utf8")).trim();

  it.runIf(process.platform === "linux")(
    "reads one small file after the other, and none after one that was stopped",
    async () => {
      await extractor.close();
      const own = createExtractor({ ...LIMITS, extractSeconds: 10 });
      const path = join(folder, "small.txt");
      await writeFile(path, "small");
      const read = (signal: AbortSignal): Promise<ExtractedDocument> =>
        own.extract(path, { filename: "small.txt", signal });
      const { signal } = new AbortController();
      const first = await children();
      for (let index = 0; index < 3; index++) await read(signal);
      expect(await children()).toBe(first);

      const stop = new AbortController();
      const stopped = read(stop.signal);
      stop.abort(new Error("stop"));
      await expect(stopped).rejects.toThrow("stop");
      expect(textOf(await read(signal))).toContain("small");
      expect(await children()).not.toContain(first);
      await own.close();
      extractor = createExtractor(LIMITS);
    },
  );

  it("gives each of many files at the same time its own text", async () => {
    const names = Array.from({ length: 6 }, (_, index) => `file ${index}`);
    const texts = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        await writeFile(path, name);
        const { signal } = new AbortController();
        return textOf(await extractor.extract(path, { filename: "a.txt", signal })).trim();
      }),
    );
    expect(texts).toEqual(names);
  });

  it("does not call a file damaged that is not there", async () => {
    const { signal } = new AbortController();
    const reading = extractor.extract(join(folder, "none"), { filename: "none.txt", signal });
    await expect(reading).rejects.toMatchObject({ name: "ExtractError", code: "server_error" });
  });

  it("goes on when the whole group is told to stop: its parent decides", async () => {
    const path = join(folder, "long.txt");
    await writeFile(
      path,
      Array.from({ length: 300_000 }, (_, index) => `line ${index}`).join("\n"),
    );
    const child = fork(new URL("./extract-child.ts", import.meta.url), {
      serialization: "advanced",
    });
    const ended = Promise.withResolvers<string>();
    child.once("exit", (code, signal) => ended.resolve(`${code ?? signal}`));
    let isDone = false;
    child.on("message", (message: ExtractMessage) => {
      if (message.type === "done") {
        isDone = true;
        child.disconnect();
      }
      if (message.type !== "items") return;
      child.kill("SIGINT");
      child.kill("SIGTERM");
    });
    const task: ExtractTask = {
      path,
      filename: "long.txt",
      mediaType: "text/plain",
      limits: LIMITS,
      strategy: null,
    };
    child.send(task);
    expect(await ended.promise).toBe("0");
    expect(isDone).toBe(true);
  });
});

describe("texts", () => {
  it.each([
    ["UTF-8 with a mark", Buffer.from("\uFEFFGrüße aus Łódź")],
    ["UTF-16", Buffer.from("\uFEFFGrüße aus Łódź", "utf16le")],
  ])("are read in %s", async (_name, bytes) => {
    expect(textOf(await extract("a.txt", bytes)).trim()).toBe("Grüße aus Łódź");
  });

  it.each([
    [
      "windows-1252",
      "Die Angestellten müssen bis Ende März über ihre Urlaubstage entscheiden, auch für nächstes Jahr.",
    ],
    [
      "Shift_JIS",
      "港湾倉庫の従業員は年間二十七日の有給休暇を取得できます。申請は二週間前までに行ってください。",
    ],
    [
      "windows-1251",
      "Сотрудники порта получают двадцать семь дней отпуска в год, заявление подаётся за две недели.",
    ],
  ])("are read in %s", async (encoding, text) => {
    expect(textOf(await extract("a.txt", iconv.encode(text, encoding))).trim()).toBe(text);
  });

  it("of 100,000 lines come in windows of 400", async () => {
    const document = await extract(
      "long.txt",
      Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}`).join("\n"),
    );
    expect(document.parts.length).toBe(250);
    expect(document.parts[1]?.label).toBe("Lines 401–800");
  });

  it("in Markdown keep headings, rows that name their columns, and code", async () => {
    const document = await extract(
      "a.md",
      "# Rates\n\n| Country | Rate |\n|---|---|\n| Spain | 53 |\n\n```\n# no heading\n```\n",
    );
    expect(document.title).toBe("Rates");
    expect(document.parts[0]?.blocks.map(({ kind, headingPath }) => [kind, headingPath])).toEqual([
      ["heading", ["Rates"]],
      ["table-row", ["Rates"]],
      ["table-row", ["Rates"]],
      ["code", ["Rates"]],
    ]);
    expect(textOf(document)).toContain("Country: Spain; Rate: 53");
    expect(document.parts[0]?.html).not.toContain("<script");
  });

  it("in Markdown never become HTML of their own", async () => {
    const document = await extract(
      "a.md",
      "# <img src=x onerror=alert(1)>\n\n<script>alert(1)</script>",
    );
    expect(document.parts.map(({ html }) => html).join("")).not.toMatch(/<(?:script|img)/u);
  });

  it("in CSV name the column of each cell, whatever the delimiter", async () => {
    expect(textOf(await extract("a.csv", 'Land;Satz\n"Spanien; Süd";53\n'))).toContain(
      "Land: Spanien; Süd; Satz: 53",
    );
  });

  it("in JSON say the path of each value", async () => {
    expect(textOf(await extract("a.json", '{"rates":[{"country":"Spain","eur":53}]}'))).toContain(
      "rates › 0 › country: Spain",
    );
    await expect(extract("a.json", '{"rates":')).rejects.toMatchObject({ code: "invalid_file" });
  });
});

describe("what a file is called does not decide what it is", () => {
  it.each([
    [
      "a program named .txt",
      "a.txt",
      Uint8Array.from({ length: 3_000 }, (_, index) => (index * 31) % 256),
    ],
    ["an image", "a.pdf", Buffer.from("\x89PNG\r\n\x1A\n…", "latin1")],
    ["an archive", "a.docx", Buffer.from("PK\x03\x04 nothing of Office in it")],
    ["an empty file", "a.md", Buffer.of()],
  ])("%s is refused", async (_name, filename, bytes) => {
    await expect(extract(filename, bytes)).rejects.toMatchObject({ name: "ExtractError" });
  });
});
