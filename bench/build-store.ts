import type { Storage } from "../src/storage/storage.ts";

export interface BuiltDocument {
  filename: string;
  title: string | null;
  language: string | null;
  passages: { text: string; heading?: string }[];
}

/** Creates a store and puts documents into it that are cut already: each passage is a chunk of its own. */
export async function buildStore(
  storage: Storage,
  id: string,
  documents: Iterable<BuiltDocument>,
): Promise<void> {
  await storage.vectorStores.create({
    id,
    tenant: "default",
    name: id,
    description: null,
    metadata: {},
    createdAt: 0,
    lastActiveAt: 0,
    expiresAfterDays: null,
  });
  let file = 0;
  for (const { filename, title, language, passages } of documents) {
    await storage.passages.putFile(id, {
      fileId: `file-${file++}`,
      filename,
      attributes: {},
      document: {
        title,
        language,
        passages: passages.map(({ text, heading }, ordinal) => ({
          ordinal,
          text,
          joiner: ordinal === 0 ? "" : "\n\n",
          headingPath: heading === undefined ? [] : [heading],
          page: null,
          label: "",
          anchor: { kind: "text" as const, quote: "" },
        })),
        chunks: passages.map((_, ordinal) => ({
          ordinal,
          firstPassage: ordinal,
          lastPassage: ordinal,
          tokens: 200,
        })),
      },
    });
  }
}
