import { detectLanguage } from "../search/analysis/language.ts";
import { anchorOf } from "./anchor.ts";
import type {
  Chunk,
  ChunkedDocument,
  ChunkingStrategy,
  DocumentPart,
  ExtractedDocument,
  Passage,
} from "./document.ts";
import { joinedTokens, type Piece, piecesOf } from "./split.ts";
import { countTokens } from "./tokens.ts";

/** Passages of about 800–1,000 characters find more answers in the same prompt than whole chunks do. */
const PASSAGE_TOKENS = 200;
/** Below this a passage is too small to stand alone and takes the next section in. */
const SMALLEST_PASSAGE_TOKENS = 40;
/** How much of the text is read to tell its language. */
const LANGUAGE_SAMPLE = 20_000;

/**
 * Cuts a document into passages (what is matched) and chunks (what the API reports).
 * No chunk has more than `maxChunkSizeTokens`; neighbours share whole passages, at most `chunkOverlapTokens` of them.
 */
export function chunkDocument(
  document: ExtractedDocument,
  strategy: ChunkingStrategy,
): ChunkedDocument {
  const limit = passageLimit(strategy);
  const passages: Passage[] = [];
  document.parts.forEach((part, partIndex) => {
    for (const pieces of pack(piecesOf(part, partIndex, limit), part, limit)) {
      passages.push(toPassage(pieces, { part, partIndex, ordinal: passages.length }));
    }
  });
  return {
    title: document.title,
    language: detectLanguage(sampleOf(document)),
    passages,
    chunks: chunksOf(passages, strategy),
  };
}

/** Small enough that a chunk can be filled and overlapped by whole passages. */
function passageLimit({ maxChunkSizeTokens, chunkOverlapTokens }: ChunkingStrategy): number {
  const overlapLimit =
    chunkOverlapTokens > 0 ? Math.max(chunkOverlapTokens, 32) : maxChunkSizeTokens;
  return Math.min(PASSAGE_TOKENS, maxChunkSizeTokens, overlapLimit);
}

function sampleOf(document: ExtractedDocument): string {
  let sample = "";
  for (const part of document.parts) {
    if (sample.length >= LANGUAGE_SAMPLE) break;
    sample += `${part.text.slice(0, LANGUAGE_SAMPLE - sample.length)}\n`;
  }
  return sample;
}

/** Groups pieces into passages: full ones end at `limit`, and a heading starts a new one unless the current is tiny. */
function* pack(pieces: Piece[], part: DocumentPart, limit: number): Generator<Piece[]> {
  let current: Piece[] = [];
  let tokens = 0;
  for (const piece of pieces) {
    const start = current[0]?.start ?? piece.start;
    const joined = joinedTokens(
      part.text,
      { start, end: piece.end },
      { sum: tokens + piece.tokens + 1, limit },
    );
    const startsSection = piece.block.kind === "heading" && tokens >= SMALLEST_PASSAGE_TOKENS;
    if (current.length > 0 && (startsSection || joined > limit)) {
      yield current;
      current = [piece];
      tokens = piece.tokens;
    } else {
      current.push(piece);
      tokens = current.length === 1 ? piece.tokens : joined;
    }
  }
  if (current.length > 0) yield current;
}

function toPassage(
  pieces: Piece[],
  { part, partIndex, ordinal }: { part: DocumentPart; partIndex: number; ordinal: number },
): Passage {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (!first || !last) throw new Error("a passage has at least one piece");
  const span = { start: first.start, end: last.end };
  const body = pieces.find((piece) => piece.block.kind !== "heading") ?? last;
  return {
    ordinal,
    text: part.text.slice(span.start, span.end),
    joiner: ordinal === 0 ? "" : joinerBefore(part, span.start),
    headingPath: body.block.headingPath,
    page: part.page,
    label: part.label,
    anchor: anchorOf(part, partIndex, span),
  };
}

/** The blanks before the passage say whether it goes on in the line, starts a line or starts a paragraph. */
function joinerBefore(part: DocumentPart, start: number): string {
  const blanks = /\s*$/u.exec(part.text.slice(Math.max(0, start - 16), start))?.[0] ?? "";
  const atStart = start - blanks.length <= 0;
  const lines = blanks.split("\n").length - 1;
  if (atStart || lines > 1) return "\n\n";
  if (lines === 1) return "\n";
  return blanks === "" ? "" : " ";
}

function chunksOf(passages: Passage[], strategy: ChunkingStrategy): Chunk[] {
  const sizes = passages.map(
    (passage) => countTokens(passage.text) + (passage.joiner === "" ? 0 : 1),
  );
  const chunks: Chunk[] = [];
  let first = 0;
  while (first < passages.length) {
    const { last, tokens } = fillChunk({
      passages,
      sizes,
      first,
      limit: strategy.maxChunkSizeTokens,
    });
    chunks.push({ ordinal: chunks.length, firstPassage: first, lastPassage: last, tokens });
    if (last === passages.length - 1) break;
    first = overlapStart(sizes, { first, last, overlap: strategy.chunkOverlapTokens });
  }
  return chunks;
}

function fillChunk({
  passages,
  sizes,
  first,
  limit,
}: {
  passages: Passage[];
  sizes: number[];
  first: number;
  limit: number;
}): { last: number; tokens: number } {
  let last = first;
  let estimate = sizes[first] ?? 0;
  while (last + 1 < passages.length && estimate + (sizes[last + 1] ?? 0) <= limit) {
    last++;
    estimate += sizes[last] ?? 0;
  }
  // The tokens of a whole are not the sum of its parts: count what is really reported.
  for (;;) {
    const tokens = countTokens(joinPassages(passages.slice(first, last + 1)));
    if (tokens <= limit || last === first) return { last, tokens };
    last--;
  }
}

/** First passage of the next chunk: as far back as the overlap allows, and always past the start of the current one. */
function overlapStart(
  sizes: number[],
  { first, last, overlap }: { first: number; last: number; overlap: number },
): number {
  let start = last + 1;
  let shared = 0;
  while (start - 1 > first && shared + (sizes[start - 1] ?? 0) <= overlap) {
    start--;
    shared += sizes[start] ?? 0;
  }
  return start;
}

/** Passages as running text, as they stood in the document. */
export function joinPassages(passages: Pick<Passage, "text" | "joiner">[]): string {
  return passages
    .map((passage, index) => (index === 0 ? passage.text : passage.joiner + passage.text))
    .join("");
}
