import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { startScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { answerWith } from "../support/model-answers.ts";
import { type ServerProcess, spawnServer } from "../support/process.ts";

/** What a model may write; the sandboxes are tried one by one in `code-interpreter.test.ts`. */
const BOMBS: [what: string, code: string][] = [
  ["a loop without end", "while True: pass"],
  ["processes without number", "import os\nwhile True: os.fork()"],
  ["memory without end", "kept = []\nwhile True: kept.append(b'x' * (1 << 20))"],
  ["output without end", "while True: print('x' * 100_000)"],
  [
    "files without end",
    "import itertools\nfor i in itertools.count(): open(f'f{i}', 'wb').write(b'x' * (1 << 20))",
  ],
];
/** Which limit is met first depends on how busy the machine is. */
const ENDED = /Exception:\n[^]*(?:TimeoutError|MemoryError|OSError|OutputError|BlockingIOError)/u;
const MOST_ADDED_MB = 200;
/** Others compute here too. */
const LATEST_MS = 10_000;

describe.each(["python", "pyodide"])("a server whose models run code in %s", (sandbox) => {
  test(
    "answers others, and keeps its memory, while code does its worst",
    { timeout: 300_000 },
    async () => {
      await using upstream = await startScriptedUpstream();
      const folder = await mkdtemp(join(tmpdir(), "groundwire-hostile-"));
      const server = await spawnServer({
        GROUNDWIRE_DATA_DIR: folder,
        GROUNDWIRE_CODE_INTERPRETER: sandbox,
        GROUNDWIRE_CODE_INTERPRETER_SECONDS: "5",
        GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB: "256",
        OPENAI_BASE_URL: upstream.baseUrl,
        OPENAI_API_KEY: "k",
      });
      upstream.otherwise((reply, call) => {
        const { messages } = call.body;
        const code = messages.find(({ role }: { role: string }) => role === "user").content;
        const isDone = messages.at(-1).role === "tool";
        const run = { name: "code_interpreter", arguments: JSON.stringify({ code }) };
        answerWith(
          isDone
            ? { content: messages.at(-1).content }
            : { calls: [{ id: "call_1", type: "function", function: run }] },
        )(reply, call);
      });
      try {
        expect(await ask(server, "print('ready')")).toContain("ready");
        const before = await memoryMb(server);
        const watch = watching(server);
        const answers = await Promise.all(BOMBS.map(([, code]) => ask(server, code)));
        const { answered, latest, mostMb } = await watch.end();
        for (const [index, [what]] of BOMBS.entries()) expect(answers[index], what).toMatch(ENDED);
        expect(answered).toBeGreaterThan(20);
        expect(latest).toBeLessThan(LATEST_MS);
        expect(mostMb - before).toBeLessThan(MOST_ADDED_MB);
        expect(await ask(server, "print('still here')")).toContain("still here");
      } finally {
        await server.end("SIGTERM");
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});

/** The answer to a question that the model answers with what its code gave. */
async function ask({ url }: ServerProcess, code: string): Promise<string> {
  const response = await fetch(`${url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o",
      messages: [{ role: "user", content: code }],
      tools: [{ type: "code_interpreter" }],
    }),
  });
  const body = (await response.json()) as any;
  return body.choices?.[0].message.content ?? JSON.stringify(body);
}

/** Asks for the server's health ten times a second, and looks at its memory. */
function watching(server: ServerProcess) {
  const seen = { answered: 0, latest: 0, mostMb: 0 };
  let isOver = false;
  async function look(): Promise<void> {
    while (!isOver) {
      const asked = performance.now();
      const response = await fetch(`${server.url}/healthz`);
      if (response.ok) seen.answered++;
      seen.latest = Math.max(seen.latest, performance.now() - asked);
      seen.mostMb = Math.max(seen.mostMb, await memoryMb(server));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const looking = look();
  return {
    async end() {
      isOver = true;
      await looking;
      return seen;
    },
  };
}

async function memoryMb({ process: { pid } }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) / 1024;
}
