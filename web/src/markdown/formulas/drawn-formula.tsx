import { createElement, type ReactNode, useMemo } from "react";
import type { FormulaNode } from "../answer-tree.ts";
import styles from "./formula.module.css";
import { type MathElement, mathTree } from "./math-tree.ts";

interface DrawnFormulaProps {
  formula: FormulaNode;
  /** Instead of a formula that cannot be drawn. */
  undrawn: ReactNode;
}

/** TeX as MathML, which the browser sets and screen readers speak. */
export function DrawnFormula({ formula: { tex, source, isDisplay }, undrawn }: DrawnFormulaProps) {
  const drawn = useMemo(() => {
    const tree = mathTree(tex, isDisplay);
    return tree === null ? null : draw(tree, 0);
  }, [tex, isDisplay]);
  if (drawn === null) return undrawn;
  return (
    <span
      className={styles["formula"]}
      data-display={isDisplay}
      data-source={source}
      dir="ltr"
      {...(isDisplay ? { tabIndex: 0, role: "group" } : {})}
    >
      {drawn}
    </span>
  );
}

function draw(node: MathElement | string, key: number): ReactNode {
  if (typeof node === "string") return node;
  const { name, attributes, style, children } = node;
  return createElement(name, { ...attributes, style, key }, ...children.map(draw));
}
