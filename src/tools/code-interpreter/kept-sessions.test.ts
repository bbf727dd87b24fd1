import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CodeInterpreter, InterpreterSession } from "./code-interpreter.ts";
import { keepSessions } from "./kept-sessions.ts";

/** Sessions are numbered as they are opened. */
function interpreter() {
  const open = new Set<number>();
  let count = 0;
  const driver: CodeInterpreter = {
    status: async () => ({ state: "off" }),
    async open(): Promise<InterpreterSession> {
      const number = ++count;
      open.add(number);
      return {
        fileNames: [String(number)],
        run: () => Promise.reject(new Error("nothing runs here")),
        close: async () => void open.delete(number),
      };
    },
    close: async () => undefined,
  };
  return { driver, open };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const signal = new AbortController().signal;
const options = (keepAs?: string, tenant = "acme") => ({
  tenant,
  files: [],
  signal,
  ...(keepAs === undefined ? {} : { keepAs }),
});

async function use(kept: CodeInterpreter, keepAs?: string, tenant?: string): Promise<string> {
  const session = await kept.open(options(keepAs, tenant));
  await session.close();
  return session.fileNames[0] ?? "";
}

test("a session is gone on with under its name, by its tenant only", async () => {
  const { driver } = interpreter();
  const kept = keepSessions(driver, { idleSeconds: 60, most: 4 });
  expect(await use(kept, "conversation")).toBe("1");
  expect(await use(kept, "conversation")).toBe("1");
  expect(await use(kept, "conversation", "globex")).toBe("2");
  expect(await use(kept, "another")).toBe("3");
  expect(await use(kept)).toBe("4");
  expect(await use(kept)).toBe("5");
});

test("a session that nobody uses ends in time; each use begins the time anew", async () => {
  const { driver, open } = interpreter();
  const kept = keepSessions(driver, { idleSeconds: 60, most: 4 });
  await use(kept, "conversation");
  await vi.advanceTimersByTimeAsync(59_000);
  await use(kept, "conversation");
  await vi.advanceTimersByTimeAsync(59_000);
  expect(open.size).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(open.size).toBe(0);
});

test("only so many are kept: the one that was used longest ago ends", async () => {
  const { driver, open } = interpreter();
  const kept = keepSessions(driver, { idleSeconds: 60, most: 2 });
  for (const name of ["a", "b", "a", "c"]) await use(kept, name);
  expect([...open]).toEqual([1, 3]);
  const none = keepSessions(driver, { idleSeconds: 60, most: 0 });
  expect(await use(none, "a")).not.toBe(await use(none, "a"));
});

test("a session in use is nobody else's, and all end with the interpreter", async () => {
  const { driver, open } = interpreter();
  const kept = keepSessions(driver, { idleSeconds: 60, most: 4 });
  const [one, other] = [await kept.open(options("a")), await kept.open(options("a"))];
  expect(one.fileNames).not.toEqual(other.fileNames);
  await one.close();
  await other.close();
  expect(open.size).toBe(1);
  const late = await kept.open(options("b"));
  await kept.close();
  await late.close();
  expect(open.size).toBe(0);
});
