import { createHash } from "node:crypto";

import type { Principal } from "../../auth/principal.ts";
import type { SourcePassage } from "../../sources/source.ts";
import { createLruCache } from "../../util/lru-cache.ts";

/** Documents of foreign sources cannot be asked for: what searches have found of them is kept for a while. */
export interface RememberedDocuments {
  /** Answers the id by which the same caller finds it again. */
  remember(caller: Principal, document: FoundDocument): string;
  /** Null: the caller has found no such document, or not lately. */
  recall(caller: Principal, id: string): FoundDocument | null;
}

/** A document as far as it was found. */
export interface FoundDocument {
  /** The source it is from. */
  source: string;
  /** Unique within the source. */
  key: string;
  title: string;
  url: string;
  filepath: string | null;
  /** In the order in which they were found. */
  passages: Pick<SourcePassage, "id" | "content">[];
}

const MOST_DOCUMENTS = 1_000;
/** Of one document, in characters: with `MOST_DOCUMENTS` some tens of megabytes at most. */
const MOST_TEXT = 20_000;
const KEPT_MS = 60 * 60 * 1000;

/** @param now Milliseconds of a clock that only goes forward. */
export function createRememberedDocuments(
  now: () => number = () => performance.now(),
): RememberedDocuments {
  const documents = createLruCache<{ document: FoundDocument; until: number }>(MOST_DOCUMENTS);
  const known = (key: string): FoundDocument | null => {
    const entry = documents.get(key);
    return entry !== undefined && entry.until > now() ? entry.document : null;
  };
  return {
    remember(caller, document) {
      const id = idOf(caller, document);
      const before = known(keyOf(caller, id))?.passages ?? [];
      const passages = within([...document.passages, ...before]);
      documents.set(keyOf(caller, id), {
        document: { ...document, passages },
        until: now() + KEPT_MS,
      });
      return id;
    },
    recall: (caller, id) => known(keyOf(caller, id)),
  };
}

/** Callers with the same rights share what they found. */
function keyOf({ tenant, access }: Principal, id: string): string {
  return JSON.stringify([tenant, access ?? null, id]);
}

function idOf(caller: Principal, { source, key }: FoundDocument): string {
  const digest = createHash("sha256").update(keyOf(caller, JSON.stringify([source, key])));
  return `doc-${digest.digest("hex").slice(0, 24)}`;
}

function within(passages: FoundDocument["passages"]): FoundDocument["passages"] {
  const kept = new Map<string, { id: string; content: string }>();
  let room = MOST_TEXT;
  for (const { id, content } of passages) {
    if (kept.has(id) || room === 0) continue;
    const text = content.slice(0, room);
    room -= text.length;
    kept.set(id, { id, content: text });
  }
  return [...kept.values()];
}
