import type { OfficePackage } from "./office-zip.ts";

/** What a number format makes of a number; `number` also covers formats that are shown as plain numbers. */
export type NumberFormat =
  | { kind: "general" }
  | {
      kind: "number";
      least: number;
      most: number;
      prefix: string;
      suffix: string;
      percent: boolean;
    }
  | { kind: "date"; hasDate: boolean; hasTime: boolean }
  /** Hours that go on past 24. */
  | { kind: "duration" };

const GENERAL: NumberFormat = { kind: "general" };

/** Formats that every program knows by number and that are not written into the file. */
const BUILT_IN: Record<number, string> = {
  1: "0",
  2: "0.00",
  3: "#,##0",
  4: "#,##0.00",
  9: "0%",
  10: "0.00%",
  14: "yyyy-mm-dd",
  15: "d-mmm-yy",
  16: "d-mmm",
  17: "mmm-yy",
  18: "h:mm AM/PM",
  19: "h:mm:ss AM/PM",
  20: "h:mm",
  21: "h:mm:ss",
  22: "m/d/yy h:mm",
  37: "#,##0",
  38: "#,##0",
  39: "#,##0.00",
  40: "#,##0.00",
  41: "#,##0",
  42: "#,##0",
  43: "#,##0.00",
  44: "#,##0.00",
  45: "mm:ss",
  46: "[h]:mm:ss",
  47: "mm:ss",
};
/** Dates whose look depends on the language of the program (East Asian ones mostly). */
const BUILT_IN_DATES: [first: number, last: number][] = [
  [27, 36],
  [50, 58],
];
const LONGEST_CODE = 500;

/** Reads xl/styles.xml. The result maps a cell's style index to its number format. */
export async function readNumberFormats(
  office: OfficePackage,
  part: string | undefined,
): Promise<(style: number) => NumberFormat> {
  const codes = new Map<number, string>();
  const styles: NumberFormat[] = [];
  let inCellStyles = false;
  if (part !== undefined) {
    await office.read(part, {
      open(name, attributes) {
        const id = Number(attributes["numFmtId"] ?? 0);
        if (name === "numFmt") codes.set(id, attributes["formatCode"] ?? "");
        else if (name === "cellXfs") inCellStyles = true;
        else if (name === "xf" && inCellStyles) styles.push(formatOf(id, codes.get(id)));
      },
      close(name) {
        if (name === "cellXfs") inCellStyles = false;
      },
    });
  }
  return (style) => styles[style] ?? GENERAL;
}

function formatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined && BUILT_IN_DATES.some(([first, last]) => id >= first && id <= last)) {
    return { kind: "date", hasDate: true, hasTime: false };
  }
  return parseFormatCode(code ?? BUILT_IN[id] ?? "General");
}

/**
 * Understands the first section of a format code, that of positive numbers: digits after the point, percent, words and
 * currency around the number, and whether it is a date.
 */
export function parseFormatCode(code: string): NumberFormat {
  const section = firstSection(code.slice(0, LONGEST_CODE));
  // `[$€-407]` names a currency and a language, `[Red]` and `[>5]` are no text, `[h]` counts hours.
  const tokens = section.match(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[^"\\_*[]/gsu) ?? [];
  const bare = tokens.filter((token) => token.length === 1).join("");
  if (tokens.some((token) => /^\[[hms]+\]$/iu.test(token))) return { kind: "duration" };
  if (/general/iu.test(bare)) return GENERAL;
  if (!/[0#?]/u.test(bare) && /[ymdhs]/iu.test(bare)) {
    const hasTime = /[hs]/iu.test(bare);
    return { kind: "date", hasDate: /[yd]/iu.test(bare) || !hasTime, hasTime };
  }
  // Fractions, powers of ten and numbers shown in thousands read best as the number itself.
  if (!/[0#?]/u.test(bare) || /[/]|E[+-]|[0#?],+(?:\.|[^0#?,]|$)/iu.test(bare)) return GENERAL;
  const decimals = /\.([0#?]*)/u.exec(bare)?.[1] ?? "";
  const first = tokens.findIndex((token) => /^[0#?]$/u.test(token));
  const last = tokens.findLastIndex((token) => /^[0#?]$/u.test(token));
  return {
    kind: "number",
    least: decimals.replaceAll(/[^0]/gu, "").length,
    most: decimals.length,
    prefix: wordsOf(tokens.slice(0, first)).trimStart(),
    suffix: wordsOf(tokens.slice(last + 1)).trimEnd(),
    percent: bare.includes("%"),
  };
}

function firstSection(code: string): string {
  const end = /^(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\[])*/su.exec(code)?.[0];
  return end ?? code;
}

function wordsOf(tokens: string[]): string {
  return tokens
    .map((token) => {
      if (token.length === 1) return /[-+()]/u.test(token) ? "" : token;
      if (token.startsWith('"')) return token.slice(1, -1);
      if (token.startsWith("\\")) return token.slice(1);
      return /^\[\$([^-\]]*)/u.exec(token)?.[1] ?? "";
    })
    .join("");
}

/** A number as its sheet shows it, except that dates are ISO dates and thousands are not grouped. */
export function formatNumber(value: number, format: NumberFormat, date1904: boolean): string {
  switch (format.kind) {
    case "general":
      return plainNumber(value);
    case "number": {
      const shown = format.percent ? value * 100 : value;
      if (Math.abs(shown) >= 1e21) return plainNumber(value);
      const digits = trimZeros(
        Math.abs(Number(shown.toPrecision(15))).toFixed(Math.min(format.most, 15)),
        format.least,
      );
      return `${shown < 0 && /[1-9]/u.test(digits) ? "-" : ""}${format.prefix}${digits}${format.suffix}`;
    }
    case "date":
      return dateText(value, format, date1904) ?? plainNumber(value);
    case "duration":
      return durationText(value);
  }
}

/** 0.1 + 0.2 is stored as 0.30000000000000004 and shown as 0.3. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.length <= 15 ? text : String(Number(value.toPrecision(15)));
}

function trimZeros(digits: string, least: number): string {
  const point = digits.indexOf(".");
  if (point === -1) return digits;
  let end = digits.length;
  while (end > point + 1 + least && digits.charAt(end - 1) === "0") end--;
  return digits.slice(0, end === point + 1 ? point : end);
}

const DAY_SECONDS = 86_400;
/** 9999-12-31. */
const LAST_DAY = 2_958_466;
/** A day that never was, kept by spreadsheets for the sake of files from 1983. */
const LEAP_DAY_1900 = 60;

function dateText(
  value: number,
  { hasDate, hasTime }: { hasDate: boolean; hasTime: boolean },
  date1904: boolean,
): string | null {
  if (!(value >= 0 && value < LAST_DAY)) return null;
  const seconds = Math.round(value * DAY_SECONDS);
  const day = Math.floor(seconds / DAY_SECONDS);
  const date = hasDate ? isoDate(day, date1904) : "";
  return hasTime ? `${date} ${clockTime(seconds - day * DAY_SECONDS)}`.trim() : date;
}

function isoDate(day: number, date1904: boolean): string {
  if (!date1904 && day === LEAP_DAY_1900) return "1900-02-29";
  const first = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < LEAP_DAY_1900 ? 31 : 30);
  return new Date(first + day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

function clockTime(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString().slice(11, 19);
  return text.endsWith(":00") ? text.slice(0, 5) : text;
}

function durationText(value: number): string {
  const seconds = Math.round(Math.abs(value) * DAY_SECONDS);
  const hours = Math.floor(seconds / 3600);
  const rest = new Date((seconds % 3600) * 1000).toISOString().slice(14, 19);
  return `${value < 0 ? "-" : ""}${hours}:${rest.endsWith(":00") ? rest.slice(0, 2) : rest}`;
}
