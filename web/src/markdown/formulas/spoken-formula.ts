const SIGNS: Record<string, string> = {
  times: "×",
  cdot: "·",
  div: "÷",
  pm: "±",
  le: "≤",
  leq: "≤",
  ge: "≥",
  geq: "≥",
  ne: "≠",
  neq: "≠",
  approx: "≈",
  infty: "∞",
  sum: "∑",
  prod: "∏",
  int: "∫",
  partial: "∂",
  to: "→",
  rightarrow: "→",
  Rightarrow: "⇒",
  in: "∈",
  sqrt: "√",
  percent: "%",
};
/** They say how a formula is set, not what it is. */
const LAYOUT =
  /\\(?:begin|end)\{[^{}]*\}|\\(?:left|right|displaystyle|textstyle|big|Big|bigl|bigr|quad|qquad|nonumber)(?![A-Za-z])|\\[,;:! ]/gu;
const FRACTION = /\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/gu;
const POWERS: Record<string, string> = { "2": "²", "3": "³" };

/** A formula in TeX as a voice can read it: signs, names and words, without what only sets it. */
export function spokenFormula(tex: string): string {
  return tex
    .replaceAll("\\\\", ", ")
    .replaceAll(LAYOUT, " ")
    .replaceAll(/\^(?:\{([23])\}|([23])(?!\d))/gu, (_match, inner?: string, bare?: string) => {
      return POWERS[inner ?? bare ?? ""] ?? "";
    })
    .replaceAll(FRACTION, " $1 / $2 ")
    .replaceAll(/\\([A-Za-z]+)\*?/gu, (_match, name: string) =>
      /^(?:text|math|operatorname)/u.test(name) ? "" : ` ${SIGNS[name] ?? name} `,
    )
    .replaceAll(/[{}&\\~]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
}
