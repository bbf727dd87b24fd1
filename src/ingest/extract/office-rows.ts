import type { NewBlock } from "./part-builder.ts";
import { escapeHtml } from "./view.ts";

/** A table row without known column names. */
export function plainRow(cells: string[]): NewBlock {
  const lines = cells.map((cell) => cell.trim().replaceAll(/\s+/gu, " "));
  return {
    kind: "table-row",
    text: lines.filter((cell) => cell !== "").join(" | "),
    html: lines.map((cell) => `<td>${escapeHtml(cell)}</td>`).join(""),
  };
}
