import { useLingui } from "@lingui/react/macro";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size as people say it: "48 kB". */
export function Bytes({ value }: { value: number }) {
  const { i18n } = useLingui();
  const step = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  return i18n.number(value / 1_000 ** step, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: "short",
    maximumSignificantDigits: 3,
  });
}
