import { lazy, Suspense } from "react";
import type { FormulaNode } from "../answer-tree.ts";
import styles from "./formula.module.css";

/** What draws TeX is loaded with the first formula; where it cannot be, formulas stay as they were written. */
const DrawnFormula = lazy(async () => ({
  default: await import("./drawn-formula.tsx").then(
    (module) => module.DrawnFormula,
    () => FormulaSource,
  ),
}));

export function Formula({ formula }: { formula: FormulaNode }) {
  const source = <FormulaSource formula={formula} />;
  return (
    <Suspense fallback={source}>
      <DrawnFormula formula={formula} undrawn={source} />
    </Suspense>
  );
}

/** As it was written, which is read from left to right. */
function FormulaSource({ formula: { source, isDisplay } }: { formula: FormulaNode }) {
  return (
    <code className={styles["source"]} data-display={isDisplay} dir="ltr">
      {source}
    </code>
  );
}
