import { useLingui } from "@lingui/react/macro";

/** Below a second in milliseconds, above in seconds. */
export function Duration({ milliseconds }: { milliseconds: number }) {
  const { i18n } = useLingui();
  const isShort = milliseconds < 1_000;
  return i18n.number(isShort ? Math.round(milliseconds) : milliseconds / 1_000, {
    style: "unit",
    unit: isShort ? "millisecond" : "second",
    maximumFractionDigits: isShort ? 0 : 1,
  });
}
