import { useLingui } from "@lingui/react/macro";
import type { Measure } from "./amounts.ts";

export interface AmountWords {
  /** "1,234", "€0.12". */
  exact: (value: number, measure: Measure) => string;
  /** "1.2K": for axes. */
  short: (value: number, measure: Measure) => string;
}

/** @param currency Null: costs are bare numbers. */
export function useAmountWords(currency: string | null): AmountWords {
  const { i18n } = useLingui();
  const money = currency === null ? {} : ({ style: "currency", currency } as const);
  return {
    exact: (value, measure) =>
      measure === "cost"
        ? i18n.number(value, { ...money, maximumFractionDigits: value !== 0 && value < 1 ? 4 : 2 })
        : i18n.number(value),
    short: (value, measure) =>
      i18n.number(value, {
        ...(measure === "cost" ? money : {}),
        notation: "compact",
        minimumFractionDigits: 0,
        maximumSignificantDigits: 3,
      }),
  };
}
