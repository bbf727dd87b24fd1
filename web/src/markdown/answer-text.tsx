import { createContext, memo, type ReactNode, useContext, useMemo } from "react";
import { type AnswerBlock, createAnswerParser, type ParsedAnswer } from "./answer-parser.ts";
import type { AnswerNode, ElementNode } from "./answer-tree.ts";
import styles from "./answer-text.module.css";
import type { CitationNode } from "./cited-text.ts";
import { CodeBlock } from "./code-block.tsx";
import { Formula } from "./formulas/formula.tsx";
import { OwnFile } from "./own-file.tsx";

/** How markers are drawn. */
export const CitationContext = createContext<(node: CitationNode) => ReactNode>(() => null);

/**
 * An answer so far, read; what has been read is not read again.
 * @param citations How many there are.
 * @param isDone Nothing more comes.
 */
export function useParsedAnswer(text: string, citations: number, isDone: boolean): ParsedAnswer {
  const parser = useMemo(() => createAnswerParser(citations), [citations]);
  return useMemo(() => parser.parse(text, isDone), [parser, text, isDone]);
}

/** Markdown as elements of React: there is no HTML to run. */
export function AnswerText({ blocks }: { blocks: AnswerBlock[] }) {
  return (
    <div className={styles["text"]}>
      {blocks.map((block) => (
        <Block key={block.offset} block={block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ block }: { block: AnswerBlock }) {
  return <Nodes nodes={block.nodes} />;
});

function Nodes({ nodes }: { nodes: AnswerNode[] }) {
  // The position is the identity: nodes are only ever added at the end.
  return nodes.map((node, index) => <Node key={index} node={node} />);
}

const Node = memo(function Node({ node }: { node: AnswerNode }) {
  const drawCitation = useContext(CitationContext);
  switch (node.type) {
    case "text":
      return node.value;
    case "citation":
      return drawCitation(node);
    case "file":
      return <OwnFile file={node} />;
    case "formula":
      return <Formula formula={node} />;
    case "element":
      return <Element node={node} />;
  }
});

function Element({ node }: { node: ElementNode }) {
  const { name, children } = node;
  const inside = children.length === 0 ? null : <Nodes nodes={children} />;
  switch (name) {
    case "pre":
      return <CodeBlock code={textIn(children)} language={node.language ?? null} />;
    case "table":
      return (
        <div className={styles["scroll"]} tabIndex={0} role="group">
          <table>{inside}</table>
        </div>
      );
    case "th":
      return (
        <th scope="col" dir="auto" data-align={node.align}>
          {inside}
        </th>
      );
    case "td":
      return (
        <td dir="auto" data-align={node.align}>
          {inside}
        </td>
      );
    case "ol":
      return (
        <ol dir="auto" start={node.start}>
          {inside}
        </ol>
      );
    case "li":
      return <Item node={node} />;
    case "a":
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow">
          {inside}
        </a>
      );
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    default: {
      const Tag = name;
      return <Tag dir={BLOCKS.has(name) ? "auto" : undefined}>{inside}</Tag>;
    }
  }
}

const BLOCKS = new Set<ElementNode["name"]>(["p", "h3", "h4", "h5", "h6", "ul", "blockquote"]);

function Item({ node: { children, isChecked } }: { node: ElementNode }) {
  return (
    <li data-task={isChecked === undefined ? undefined : ""}>
      {isChecked === undefined ? null : (
        <input type="checkbox" checked={isChecked} disabled readOnly aria-hidden="true" />
      )}
      <Nodes nodes={children} />
    </li>
  );
}

function textIn(nodes: AnswerNode[]): string {
  return nodes.map((node) => (node.type === "text" ? node.value : "")).join("");
}
