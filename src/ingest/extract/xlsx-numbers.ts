import type { OfficeZip } from "./office-zip.ts";

/** What a cell's number format makes of its number. */
export type NumberFormat = "general" | "date" | "time" | "date-time" | "percent";

/** Built-in formats of the file format (ECMA-376, 18.8.30) that are not plain numbers. */
const BUILT_IN: Record<number, NumberFormat> = {
  9: "percent",
  10: "percent",
  14: "date",
  15: "date",
  16: "date",
  17: "date",
  18: "time",
  19: "time",
  20: "time",
  21: "time",
  22: "date-time",
  45: "time",
  46: "time",
  47: "time",
};

/** The format of each cell style, by the index cells name it with. */
export async function readNumberFormats(zip: OfficeZip): Promise<NumberFormat[]> {
  const custom = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCellFormats = false;
  await zip.readXml("xl/styles.xml", {
    open(name, attributes) {
      if (name === "numFmt")
        custom.set(Number(attributes["numFmtId"]), kindOf(attributes["formatCode"] ?? ""));
      else if (name === "cellXfs") inCellFormats = true;
      else if (name === "xf" && inCellFormats) {
        const id = Number(attributes["numFmtId"] ?? 0);
        formats.push(custom.get(id) ?? BUILT_IN[id] ?? "general");
      }
    },
    close(name) {
      if (name === "cellXfs") inCellFormats = false;
    },
  });
  return formats;
}

/** Reads a format code; text in quotes or brackets and escaped characters say nothing about its kind. */
function kindOf(code: string): NumberFormat {
  const letters = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./gu, "").toLowerCase();
  if (letters.includes("%")) return "percent";
  const hasDate = /[yd]/u.test(letters);
  const hasTime = /[hs]/u.test(letters);
  if (hasDate) return hasTime ? "date-time" : "date";
  return hasTime ? "time" : "general";
}

const DAY_MS = 86_400_000;
/** Day 0 of the two date systems. 1900 counts a 29 February that never was, so its day 0 lies one day earlier. */
const DAY_ZERO = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) };

export function formatCell(
  value: number,
  { format, uses1904 }: { format: NumberFormat; uses1904: boolean },
): string {
  if (!Number.isFinite(value)) return "";
  if (format === "percent") return `${round(value * 100)}%`;
  if (format === "general") return String(round(value));
  const moment = new Date(DAY_ZERO[uses1904 ? 1904 : 1900] + Math.round(value * DAY_MS));
  if (Number.isNaN(moment.getTime())) return String(value);
  const iso = moment.toISOString();
  const time = iso.slice(11, iso.slice(17, 19) === "00" ? 16 : 19);
  if (format === "time") return time;
  return format === "date" ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`;
}

/** Binary fractions show digits that nobody wrote. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
