import type { DropItem } from "react-aria-components";
import { expect, it } from "vitest";

import { chosenFiles, droppedFiles } from "./dropped-files.ts";

const file = (name: string) => ({ kind: "file", name, getFile: async () => new File(["x"], name) });
const folder = (name: string, entries: object[]) => ({
  kind: "directory",
  name,
  async *getEntries() {
    yield* entries;
  },
});

it("folders are dropped with everything in them but what systems leave there", async () => {
  const items = [
    file("a.pdf"),
    folder("inner", [file("b.md"), folder("deep", [file("c.txt"), file(".DS_Store")])]),
    folder(".git", [file("config")]),
    { kind: "text", types: new Set(["text/plain"]) },
  ];
  // Only what is read of them is made here.
  const files = await droppedFiles(items as unknown as DropItem[]);
  expect(files.map(({ name }) => name)).toEqual(["a.pdf", "b.md", "c.txt"]);
});

it("of a chosen folder hidden files and those in hidden folders stay out", () => {
  const chosen = ["docs/a.md", "docs/.git/config", "docs/Thumbs.db"].map((path) =>
    Object.defineProperty(new File(["x"], path.split("/").at(-1) ?? ""), "webkitRelativePath", {
      value: path,
    }),
  );
  expect(chosenFiles(chosen).map(({ name }) => name)).toEqual(["a.md"]);
});
