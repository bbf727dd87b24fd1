import { createAnalyzer } from "../../search/analysis/analyze.ts";
import { detectLanguage } from "../../search/analysis/language.ts";
import { lexicalQuery } from "../../search/lexical/query.ts";
import { searchLexical } from "../../search/lexical/search.ts";
import { buildSegment } from "../../search/lexical/segment.ts";
import { createMemoryBlockStore } from "../memory-block-store.ts";
import { valuesAt } from "./match.ts";
import type { Row } from "./project.ts";
import type { Document } from "./wire.ts";

/** Documents by exact BM25 over the texts at these paths, best first; those without a word of the query are left out. */
export async function rankByWords(
  documents: Document[],
  { query, paths, meta }: { query: string; paths: string[]; meta: string },
): Promise<Row[]> {
  const analyzer = createAnalyzer();
  const store = createMemoryBlockStore();
  const texts = documents.map((document) =>
    paths.flatMap((path) => valuesAt(document, path).filter((value) => typeof value === "string")),
  );
  const languages = texts.map((text) => detectLanguage(text.join("\n")));
  const terms = texts.map((text, at) => analyzer.terms(text.join("\n"), languages[at] ?? null));
  store.add(buildSegment(terms), { base: 0, span: terms.length, deadIn: null });
  // No texts: MongoDB does not score parts of words.
  terms.forEach((passage, id) => store.setPassage(id, { terms: passage, text: "" }));
  const hits = await searchLexical(store, lexicalQuery(query, [...new Set(languages)], analyzer), {
    limit: documents.length,
  });
  return hits.flatMap(({ passageId, score }) => {
    const document = documents[passageId];
    return document === undefined ? [] : [{ document, meta: { [meta]: score } }];
  });
}
