import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import type { Root } from "mdast";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import remend from "remend";
import { type AnswerNode, toAnswerTree } from "./answer-tree.ts";
import { type CitationOrder, holdBack } from "./cited-text.ts";
import { holdBackFormula } from "./formulas/find-formulas.ts";
import { formulaSyntax } from "./formulas/formula-syntax.ts";
import { shareNodes } from "./share-nodes.ts";

/** A part of an answer that is drawn by itself. The same object, of it or in it, means the same content. */
export interface AnswerBlock {
  /** Where it begins in the text. */
  offset: number;
  nodes: AnswerNode[];
}

export interface ParsedAnswer {
  blocks: AnswerBlock[];
  /** Positions of the citations that are used, in the order of their numbers. */
  order: CitationOrder;
}

export interface AnswerParser {
  /** The answer so far; `done`: nothing more comes. */
  parse: (text: string, done: boolean) => ParsedAnswer;
}

const EXTENSIONS = [
  gfmTable(),
  gfmStrikethrough({ singleTilde: false }),
  gfmTaskListItem(),
  // Definitions would turn markers into links of the model's choice; HTML is shown as what it is.
  { disable: { null: ["definition", "htmlFlow", "htmlText"] } },
];
const TREE_EXTENSIONS = [
  gfmTableFromMarkdown(),
  gfmStrikethroughFromMarkdown(),
  gfmTaskListItemFromMarkdown(),
];
const PLAIN = { extensions: EXTENSIONS, mdastExtensions: TREE_EXTENSIONS };
/** Bare addresses become links: a second walk over the tree, which costs as much as reading it. */
const LINKED = {
  extensions: [...EXTENSIONS, gfmAutolinkLiteral()],
  mdastExtensions: [...TREE_EXTENSIONS, gfmAutolinkLiteralFromMarkdown()],
};
/** Without one of these there is no bare address; entities and escapes can spell one. */
const BARE_ADDRESS = /https?:|www\.|[@&\\]/iu;

/** Quotations or lists within each other a hundred times and more: no answer means it, and reading it takes seconds or ends the stack. */
const TOO_DEEP = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])){100}|[*_~]{200}/mu;
/** The time that emphasis takes grows with the third power of these in a paragraph. */
const MOST_EMPHASIS = 1_000;
const EMPHASIS = /[*_~]+/gu;
/** A text that asks for more of either has none. */
const FLAT = { disable: { null: ["blockQuote", "list", "attention", "strikethrough"] } };

/** HTML is text here, and an unfinished link is its words. */
const REMEND = { htmlTags: false, katex: false, linkMode: "text-only" } as const;

function toMarkdownTree(text: string): Root {
  const { syntax, tree } = formulaSyntax(text);
  const { extensions, mdastExtensions } = BARE_ADDRESS.test(text) ? LINKED : PLAIN;
  return fromMarkdown(text, {
    extensions: [...extensions, syntax, ...(isTooDeep(text) ? [FLAT] : [])],
    mdastExtensions: [...mdastExtensions, tree],
  });
}

function isTooDeep(text: string): boolean {
  if (TOO_DEEP.test(text)) return true;
  const paragraphs = text.length > MOST_EMPHASIS ? text.split(/\n[ \t]*\n/u) : [];
  return paragraphs.some((paragraph) => (paragraph.match(EMPHASIS)?.length ?? 0) > MOST_EMPHASIS);
}

/**
 * Reads an answer while it grows. Blocks that a later one has closed are read once; only the last one is read again. Half a
 * marker or formula at the end is held back. The finished answer is read as a whole, because Markdown's end may change its beginning.
 */
export function createAnswerParser(citations: number): AnswerParser {
  let read = "";
  let closed: AnswerBlock[] = [];
  let order: CitationOrder = [];
  let latest: AnswerBlock[] = [];

  function parseGrowing(text: string): ParsedAnswer {
    if (!text.startsWith(read)) {
      read = "";
      closed = [];
      order = [];
    }
    const open = holdBackFormula(holdBack(text.slice(read.length)));
    const { children } = toMarkdownTree(remend(open, REMEND));
    const start = children.at(-1)?.position?.start.offset ?? 0;
    const from = read.length;
    if (children.length > 1) {
      closed = [...closed, ...blocksOf(children.slice(0, -1), { citations, order, from })];
      read = text.slice(0, from + start);
    }
    // Numbers of the last block count only when it is closed.
    const openOrder = [...order];
    const last = blocksOf(children.slice(-1), { citations, order: openOrder, from });
    const blocks = share([...closed, ...last]);
    closed = blocks.slice(0, closed.length);
    return { blocks, order: openOrder };
  }

  function share(blocks: AnswerBlock[]): AnswerBlock[] {
    latest = blocks.map((block, index) => shareBlock(latest[index], block));
    return latest;
  }

  return {
    parse(text, done) {
      if (!done) return parseGrowing(text);
      const whole = parseAnswer(text, citations);
      return { ...whole, blocks: share(whole.blocks) };
    },
  };
}

/** A finished answer. */
export function parseAnswer(text: string, citations: number): ParsedAnswer {
  const order: CitationOrder = [];
  const blocks = blocksOf(toMarkdownTree(text).children, { citations, order, from: 0 });
  return { blocks, order };
}

function shareBlock(before: AnswerBlock | undefined, after: AnswerBlock): AnswerBlock {
  if (before === undefined || before === after || before.offset !== after.offset) return after;
  const nodes = shareNodes(before.nodes, after.nodes);
  return nodes === before.nodes ? before : { ...after, nodes };
}

function blocksOf(
  children: Root["children"],
  { from, ...context }: { citations: number; order: CitationOrder; from: number },
): AnswerBlock[] {
  return children.map((child) => ({
    offset: from + (child.position?.start.offset ?? 0),
    nodes: toAnswerTree([child], context),
  }));
}
