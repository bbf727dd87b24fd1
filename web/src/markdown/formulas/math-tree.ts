import temml from "temml";

/** An element of MathML; whatever else TeX asks for is not in it. */
export interface MathElement {
  name: string;
  attributes: Record<string, string>;
  /** By the names of CSSOM. */
  style: Record<string, string>;
  children: (MathElement | string)[];
}

/** What TeX may expand to and how large it may make things, in em. */
const MAX_EXPANSIONS = 200;
const MAX_SIZE = 20;
/** What is drawn of it. */
const MAX_ELEMENTS = 4000;
const MAX_DEPTH = 60;

const ELEMENTS = words(
  "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts none",
  "mtable mtr mtd mpadded mphantom mstyle menclose",
);
/** Without addresses, identifiers, titles and colours: the page's own colours can be read in light and dark. */
const ATTRIBUTES = words(
  "display displaystyle scriptlevel stretchy fence separator form lspace rspace symmetric movablelimits largeop accent minsize",
  "maxsize width height depth voffset linethickness mathvariant columnalign rowspacing",
);
/** Those that `formula.module.css` draws something for. */
const CLASSES = words(
  "tml-left tml-right tml-jot tml-small tml-overline tml-underline tml-vec tml-cancel upstrike downstrike tml-xcancel sout",
);
const STYLE =
  /^(?:padding|padding(?:Left|Right|Top|Bottom)|border|border(?:Left|Right|Top|Bottom)|width|textAlign|mathDepth)$/u;
const STYLE_VALUE = /^[\w .%-]{1,40}$/u;

/** What a formula in TeX looks like; null: it is none that can be drawn. Never throws. */
export function mathTree(tex: string, isDisplay: boolean): MathElement | null {
  try {
    const root: unknown = temml.__renderToMathMLTree(tex, {
      displayMode: isDisplay,
      throwOnError: true,
      maxExpand: MAX_EXPANSIONS,
      maxSize: [MAX_SIZE, MAX_SIZE],
    });
    const [tree] = readNode(root, { elements: 0, depth: 0 });
    return typeof tree === "object" && tree.name === "math" ? tree : null;
  } catch {
    // Not TeX, not allowed, or nested until the stack ended.
    return null;
  }
}

interface Count {
  elements: number;
  depth: number;
}

function readNode(node: unknown, count: Count): (MathElement | string)[] {
  if (!isObject(node)) throw new TypeError("not a node");
  if (typeof node["text"] === "string") return [node["text"]];
  count.elements += 1;
  if (count.elements > MAX_ELEMENTS || count.depth >= MAX_DEPTH) throw new RangeError("too large");
  count.depth += 1;
  const inside = Array.isArray(node["children"]) ? node["children"] : [];
  const children = inside.flatMap((child: unknown) => readNode(child, count));
  count.depth -= 1;
  const name = node["type"];
  // Fragments, and what HTML would be.
  if (name === undefined) return children;
  if (typeof name !== "string" || !ELEMENTS.has(name)) throw new TypeError("not of MathML");
  return [{ name, children, ...looksOf(node) }];
}

function looksOf(node: Record<string, unknown>): Pick<MathElement, "attributes" | "style"> {
  const named = Array.isArray(node["classes"]) ? node["classes"] : [];
  const classes = named.filter((given) => CLASSES.has(String(given))).join(" ");
  return {
    attributes: {
      ...Object.fromEntries(
        valuesOf(node["attributes"]).filter(([attribute]) => ATTRIBUTES.has(attribute)),
      ),
      ...(classes === "" ? {} : { className: classes }),
    },
    style: Object.fromEntries(
      valuesOf(node["style"])
        .map(([property, value]) => [camelCase(property), value] as const)
        .filter(([property, value]) => STYLE.test(property) && STYLE_VALUE.test(value)),
    ),
  };
}

function valuesOf(map: unknown): [string, string][] {
  return isObject(map) ? Object.entries(map).map(([name, value]) => [name, String(value)]) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function camelCase(property: string): string {
  return property.replaceAll(/-(\w)/gu, (_match, letter: string) => letter.toUpperCase());
}

function words(...lines: string[]): Set<string> {
  return new Set(lines.join(" ").split(" "));
}
