import type { DirectoryDropItem, DropItem, FileDropItem } from "react-aria-components";

type Entry = FileDropItem | DirectoryDropItem;

/** Files that systems leave in folders for themselves. */
const HIDDEN = /^(?:\.|Thumbs\.db$|desktop\.ini$)/u;

/** All files among what was dropped, folders with everything in them. Text that was dropped is none. */
export async function droppedFiles(items: Iterable<DropItem>): Promise<File[]> {
  const files: File[] = [];
  for (const item of items) if (item.kind !== "text") await collect(item, files);
  return files;
}

async function collect(entry: Entry, files: File[]): Promise<void> {
  if (HIDDEN.test(entry.name)) return;
  if (entry.kind === "file") files.push(await entry.getFile());
  else for await (const inner of entry.getEntries()) await collect(inner, files);
}

/** Files of a folder that was chosen, without what systems leave there. */
export function chosenFiles(files: Iterable<File>): File[] {
  return [...files].filter(({ name, webkitRelativePath: path }) =>
    [name, ...path.split("/")].every((part) => !HIDDEN.test(part)),
  );
}
