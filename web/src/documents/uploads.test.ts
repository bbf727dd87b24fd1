import { describe, expect, it } from "vitest";

import { createUploads } from "./uploads.ts";

interface Sent {
  name: string;
  signal: AbortSignal;
  finish: (id: string) => void;
  fail: (reason: string) => void;
}

function stand() {
  const sent: Sent[] = [];
  const attached: string[] = [];
  const uploads = createUploads({
    send: ({ name }, { signal }) =>
      new Promise((resolve, reject) =>
        sent.push({ name, signal, finish: resolve, fail: (reason) => reject(new Error(reason)) }),
      ),
    attach: async ({ fileId }) => void attached.push(fileId),
    arrived: () => {},
  });
  const statuses = () => uploads.read().map(({ file, status }) => `${file.name} ${status}`);
  return { sent, attached, uploads, statuses };
}

const files = (...names: string[]): File[] => names.map((name) => new File(["x"], name));
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("uploads", () => {
  it("go three at a time, and leave when the server has them", async () => {
    const { sent, attached, uploads, statuses } = stand();
    uploads.add("vs_1", files("a", "b", "c", "d"));
    expect(statuses()).toEqual(["a uploading", "b uploading", "c uploading", "d waiting"]);
    sent[1]?.finish("file-b");
    await settled();
    expect(attached).toEqual(["file-b"]);
    expect(statuses()).toEqual(["a uploading", "c uploading", "d uploading"]);
  });

  it("that fail stay with their reason, hold nobody up, and can be tried again", async () => {
    const { sent, uploads, statuses } = stand();
    uploads.add("vs_1", files("a", "b", "c", "d"));
    sent[0]?.fail("too large");
    await settled();
    expect(statuses()).toEqual(["a failed", "b uploading", "c uploading", "d uploading"]);
    const [failed] = uploads.read();
    expect(failed?.error).toBe("too large");
    uploads.retry(failed?.id ?? 0);
    sent[1]?.finish("file-b");
    await settled();
    expect(statuses()).toEqual(["a uploading", "c uploading", "d uploading"]);
  });

  it("that are dismissed are broken off and never attached", async () => {
    const { sent, attached, uploads, statuses } = stand();
    uploads.add("vs_1", files("a"));
    uploads.dismiss(uploads.read()[0]?.id ?? 0);
    expect(sent[0]?.signal.aborted).toBe(true);
    sent[0]?.finish("file-a");
    await settled();
    expect([attached, statuses()]).toEqual([[], []]);
  });
});
