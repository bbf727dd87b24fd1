import { expect, test, vi } from "vitest";

import { createChatFiles } from "./chat-files.ts";

function open(over: Partial<Parameters<typeof createChatFiles>[0]> = {}) {
  const kept = new Map<string, string>();
  const steps = {
    send: vi.fn(async ({ name }: File) => `file-${name}`),
    createStore: vi.fn(async (name: string) => `vs-${name}`),
    attach: vi.fn(async () => undefined),
    untilRead: vi.fn(async () => undefined),
    forget: vi.fn(async () => undefined),
    arrived: vi.fn(),
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
    ...over,
  };
  return { steps, files: createChatFiles(steps) };
}

const add = (names: string[], storeId: string | null = null) => ({
  files: names.map((name) => new File(["text"], name)),
  storeId,
  mostBytes: 10,
});
const statuses = (chat: ReturnType<typeof open>["files"]): string[] =>
  chat.read("new").files.map(({ status }) => status);

test("files that come together are put into one store", async () => {
  const { steps, files } = open();
  files.add("new", add(["a.txt", "b.txt"]));
  await expect.poll(() => statuses(files)).toEqual(["ready", "ready"]);
  expect(steps.createStore).toHaveBeenCalledTimes(1);
  expect(files.read("new").storeId).toBe("vs-a.txt");
  expect(steps.attach).toHaveBeenCalledWith({ storeId: "vs-a.txt", fileId: "file-b.txt" });
});

test("a chat that has a store keeps to it", async () => {
  const { steps, files } = open();
  files.add("new", add(["a.txt"], "vs-own"));
  await expect.poll(() => statuses(files)).toEqual(["ready"]);
  expect(steps.createStore).not.toHaveBeenCalled();
});

test("what is too large is not sent", () => {
  const { steps, files } = open();
  files.add("new", { ...add([]), files: [new File(["more than ten bytes"], "a.txt")] });
  expect(statuses(files)).toEqual(["too_large"]);
  expect(steps.send).not.toHaveBeenCalled();
});

test("a document that cannot be read fails with the reason; a table is left to code", async () => {
  const { files } = open({ untilRead: () => Promise.reject(new Error("It has no text.")) });
  files.add("new", add(["a.txt", "b.parquet"]));
  await expect.poll(() => statuses(files)).toEqual(["failed", "ready"]);
  expect(files.read("new").files[0]?.error).toBe("It has no text.");
});

test("what has arrived is there again in the next page, until it is sent", async () => {
  const { steps, files } = open();
  files.add("new", add(["a.txt"]));
  await expect.poll(() => statuses(files)).toEqual(["ready"]);
  const later = createChatFiles(steps);
  expect(later.read("new").files.map(({ fileId }) => fileId)).toEqual(["file-a.txt"]);
  later.clear("new");
  expect(createChatFiles(steps).read("new")).toEqual({ storeId: null, files: [] });
});

test("what is removed is forgotten by the server too", async () => {
  const { steps, files } = open();
  files.add("new", add(["a.txt"]));
  await expect.poll(() => statuses(files)).toEqual(["ready"]);
  files.remove("new", files.read("new").files[0]?.key ?? "");
  expect(statuses(files)).toEqual([]);
  expect(steps.forget).toHaveBeenCalledWith("file-a.txt");
});
