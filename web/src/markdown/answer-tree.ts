import type { Nodes, PhrasingContent, RootContent, Table } from "mdast";
import {
  citationOfLabel,
  type CitationNode,
  type CitationOrder,
  citedPieces,
} from "./cited-text.ts";
import type { Formula } from "./formulas/formula-syntax.ts";
import { spokenFormula } from "./formulas/spoken-formula.ts";

/** What an answer is made of: elements by name, text, markers. Nothing of it is HTML of the model's. */
export type AnswerNode = TextNode | CitationNode | FileNode | FormulaNode | ElementNode;

interface TextNode {
  type: "text";
  value: string;
}

/** A file of this server, as code makes them. */
export interface FileNode {
  type: "file";
  id: string;
  name: string;
  /** To be shown in its place. */
  isPicture: boolean;
}

/** Mathematics, in TeX. */
export interface FormulaNode {
  type: "formula";
  tex: string;
  /** As it was written, with the signs around it. */
  source: string;
  /** On a line of its own. */
  isDisplay: boolean;
}

export interface ElementNode {
  type: "element";
  name: ElementName;
  children: AnswerNode[];
  /** `a`: where to; http, https and mailto only. */
  href?: string;
  /** `ol`: its first number. */
  start?: number;
  /** `li`: a task, done or not. */
  isChecked?: boolean;
  /** `td`, `th` */
  align?: "left" | "right" | "center";
  /** `pre`: as it was written after the fence. */
  language?: string;
}

export type ElementName =
  | "p"
  | "h3"
  | "h4"
  | "h5"
  | "h6"
  | "ul"
  | "ol"
  | "li"
  | "blockquote"
  | "pre"
  | "code"
  | "hr"
  | "br"
  | "strong"
  | "em"
  | "del"
  | "a"
  | "table"
  | "thead"
  | "tbody"
  | "tr"
  | "th"
  | "td";

export interface TreeContext {
  citations: number;
  order: CitationOrder;
}

const OWN_FILE = /^\/openai\/v1\/files\/(file-\w{1,64})\/content$/u;
const SAFE_LINK = /^(?:https?|mailto):/iu;

export function toAnswerTree(nodes: RootContent[], context: TreeContext): AnswerNode[] {
  return nodes.flatMap((node) => build(node, context));
}

function build(node: Nodes, context: TreeContext): AnswerNode[] {
  const inside = (): AnswerNode[] =>
    "children" in node ? node.children.flatMap((child) => build(child, context)) : [];
  switch (node.type) {
    case "text":
      return citedPieces(node.value, context);
    case "paragraph":
      return [element("p", inside())];
    case "heading":
      // The page's own headings end with the question.
      return [element(HEADINGS[node.depth - 1] ?? "h6", inside())];
    case "strong":
      return [element("strong", inside())];
    case "emphasis":
      return [element("em", inside())];
    case "delete":
      return [element("del", inside())];
    case "blockquote":
      return [element("blockquote", inside())];
    case "list":
      return [
        node.ordered
          ? { ...element("ol", inside()), start: node.start ?? 1 }
          : element("ul", inside()),
      ];
    case "listItem":
      return [
        {
          ...element("li", inside()),
          ...(node.checked == null ? {} : { isChecked: node.checked }),
        },
      ];
    case "inlineCode":
      return [element("code", [{ type: "text", value: node.value }])];
    case "code":
      return [
        {
          ...element("pre", [{ type: "text", value: node.value }]),
          ...(node.lang ? { language: node.lang } : {}),
        },
      ];
    case "formula":
      return formula(node);
    case "break":
      return [element("br", [])];
    case "thematicBreak":
      return [element("hr", [])];
    case "table":
      return [table(node, context)];
    case "link":
      return link(node.url, node.children, context);
    case "image":
      // Others are never loaded: a page that shows the model's pictures asks strangers for them.
      return (
        ownFile(node.url, node.alt ?? "", true) ??
        labelled(node.alt ?? "", context) ??
        citedPieces(node.alt ?? "", context)
      );
    default:
      return "value" in node ? citedPieces(node.value, context) : inside();
  }
}

const HEADINGS = ["h3", "h4", "h5", "h6"] as const;

function element(name: ElementName, children: AnswerNode[]): ElementNode {
  return { type: "element", name, children };
}

const FORMULA = /^(?:\$\$(.*)\$\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\))$/su;

function formula({ value: source, isDisplay }: Formula): [FormulaNode | TextNode] {
  const tex = FORMULA.exec(source)
    ?.slice(1)
    .find((group) => group !== undefined);
  // What enclosed it ended before it did.
  if (tex === undefined) return [{ type: "text", value: source }];
  return [{ type: "formula", tex: tex.trim(), source, isDisplay }];
}

function ownFile(url: string, label: string, isPicture: boolean): FileNode[] | null {
  const [, id] = OWN_FILE.exec(url) ?? [];
  return id === undefined ? null : [{ type: "file", id, name: label || id, isPicture }];
}

function link(url: string, children: PhrasingContent[], context: TreeContext): AnswerNode[] {
  const words = children.map((child) => ("value" in child ? child.value : "")).join("");
  const own = ownFile(url, words, false);
  if (own !== null) return own;
  const [label] = children;
  if (children.length === 1 && label?.type === "text") {
    const cited = labelled(label.value, context);
    if (cited !== null) return cited;
  }
  const inside = children.flatMap((child) => build(child, context));
  return SAFE_LINK.test(url) ? [{ ...element("a", inside), href: url }] : inside;
}

/** The marker that a link's or picture's label is; null: it is none. */
function labelled(label: string, context: TreeContext): CitationNode[] | null {
  const cited = citationOfLabel(label, context);
  if (cited === null) return null;
  return cited === "none" ? [] : [cited];
}

function table({ children: [head, ...rows], align }: Table, context: TreeContext): ElementNode {
  function row(cells: Table["children"][number] | undefined, name: "th" | "td"): ElementNode {
    return element(
      "tr",
      (cells?.children ?? []).map((cell, column) => ({
        ...element(
          name,
          cell.children.flatMap((child) => build(child, context)),
        ),
        ...(align?.[column] ? { align: align[column] } : {}),
      })),
    );
  }
  return element("table", [
    element("thead", [row(head, "th")]),
    element(
      "tbody",
      rows.map((cells) => row(cells, "td")),
    ),
  ]);
}

/** The words of nodes as they are read out; markers as `marker` writes them. */
export function wordsOf(nodes: AnswerNode[], marker: (node: CitationNode) => string): string {
  return nodes
    .map((node) => {
      if (node.type === "text") return node.value;
      if (node.type === "file") return node.name;
      if (node.type === "formula") return spokenFormula(node.tex);
      return node.type === "citation" ? marker(node) : wordsOf(node.children, marker);
    })
    .join("");
}
