import { attributeOf } from "./office-xml.ts";
import type { OfficePackage } from "./office-zip.ts";

interface Level {
  format: string;
  /** `%1.%2)`: each `%n` stands for the number of level n. */
  pattern: string;
  start: number;
}

interface List {
  abstractId: string;
  /** Levels at which this list starts counting again. */
  restarts: Map<number, number>;
}

/** Counts the numbered paragraphs of a document, which must be asked for in document order. */
export interface Numbering {
  /** `3.`, `b)`, `2.1`; empty for bullets and unknown lists. */
  nextMarker(listId: string, level: number): string;
}

const DEEPEST_LEVEL = 8;

/** Reads word/numbering.xml; without it no paragraph has a number. */
export async function readNumbering(
  office: OfficePackage,
  part: string | undefined,
): Promise<Numbering> {
  const levels = new Map<string, Level[]>();
  const lists = new Map<string, List>();
  if (part !== undefined) await readDefinitions(office, part, { levels, lists });
  return createNumbering(levels, lists);
}

async function readDefinitions(
  office: OfficePackage,
  part: string,
  { levels, lists }: { levels: Map<string, Level[]>; lists: Map<string, List> },
): Promise<void> {
  let defined: Level[] = [];
  let level: Level | undefined;
  let list: List | undefined;
  let overridden = 0;
  await office.read(part, {
    open(name, attributes) {
      const value = attributeOf(attributes, "val") ?? "";
      if (name === "abstractNum") {
        defined = [];
        levels.set(attributeOf(attributes, "abstractNumId") ?? "", defined);
      } else if (name === "lvl") {
        level = { format: "decimal", pattern: "", start: 1 };
        // Levels inside a list's override are rare; their start is what matters and stands in `startOverride`.
        if (!list) defined[levelOf(attributeOf(attributes, "ilvl"))] = level;
      } else if (name === "num") {
        list = { abstractId: "", restarts: new Map() };
        lists.set(attributeOf(attributes, "numId") ?? "", list);
      } else if (name === "abstractNumId" && list) list.abstractId = value;
      else if (name === "lvlOverride") overridden = levelOf(attributeOf(attributes, "ilvl"));
      else if (name === "startOverride") list?.restarts.set(overridden, numberOf(value, 1));
      else if (name === "start" && level) level.start = numberOf(value, 1);
      else if (name === "numFmt" && level) level.format = value;
      else if (name === "lvlText" && level) level.pattern = value;
    },
    close(name) {
      if (name === "num") list = undefined;
      else if (name === "lvl") level = undefined;
    },
  });
}

function createNumbering(levels: Map<string, Level[]>, lists: Map<string, List>): Numbering {
  // Lists of the same definition go on counting together, except where one says that it restarts.
  const counts = new Map<string, number[]>();
  const seen = new Set<string>();
  return {
    nextMarker(listId, requested) {
      const list = lists.get(listId);
      const definition = list && levels.get(list.abstractId);
      const at = Math.min(requested, DEEPEST_LEVEL);
      const level = definition?.[at];
      if (!list || !level || level.format === "bullet" || level.format === "none") return "";
      const numbers = counts.get(list.abstractId) ?? [];
      counts.set(list.abstractId, numbers);
      if (!seen.has(listId)) {
        seen.add(listId);
        for (const [restarted, start] of list.restarts) numbers[restarted] = start - 1;
      }
      numbers[at] = (numbers[at] ?? level.start - 1) + 1;
      numbers.length = at + 1;
      return level.pattern.replaceAll(/%([1-9])/gu, (_, digit: string) => {
        const index = Number(digit) - 1;
        const referred = definition[index];
        return formatNumber(numbers[index] ?? referred?.start ?? 1, referred?.format ?? "decimal");
      });
    },
  };
}

function levelOf(value: string | undefined): number {
  return Math.min(numberOf(value, 0), DEEPEST_LEVEL);
}

function numberOf(value: string | undefined, fallback: number): number {
  const number = Number.parseInt(value ?? "", 10);
  return number >= 0 && number < 1_000_000 ? number : fallback;
}

const ROMAN: [value: number, digits: string][] = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

function formatNumber(number: number, format: string): string {
  switch (format) {
    case "lowerLetter":
      return letters(number).toLowerCase();
    case "upperLetter":
      return letters(number);
    case "lowerRoman":
      return roman(number).toLowerCase();
    case "upperRoman":
      return roman(number);
    case "decimalZero":
      return String(number).padStart(2, "0");
    default:
      return String(number);
  }
}

/** a … z, then aa, bb, cc: the letter repeats. */
function letters(number: number): string {
  if (number < 1 || number > 260) return String(number);
  return String.fromCodePoint(65 + ((number - 1) % 26)).repeat(Math.ceil(number / 26));
}

function roman(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  let rest = number;
  let digits = "";
  for (const [value, digit] of ROMAN) {
    while (rest >= value) {
      digits += digit;
      rest -= value;
    }
  }
  return digits;
}
