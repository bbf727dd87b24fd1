import type { BlockKind } from "../document.ts";
import { createTablesReader, numberOf } from "./html-table.ts";
import type { TagHandler } from "./html-tags.ts";
import type { NewBlock } from "./part-builder.ts";

/** Elements whose words are not those of the page. */
const SKIPPED = words(
  "script style noscript template nav svg iframe object audio video canvas select button textarea datalist annotation annotation-xml",
);
/** Elements before and after which a block ends. */
const BLOCKS = words(
  "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul",
);
/** Elements without content, and those whose end tag may be missing: hiding them must not swallow what follows. */
const NEVER_HIDDEN = words(
  "area base br col embed hr img input link meta param source track wbr html body p li dt dd tr td th thead tbody tfoot option optgroup colgroup",
);
/** Elements that nobody puts into a cell of data. */
const LAYOUT = /^(?:h[1-6]|ul|ol|pre|table)$/u;
const CELL_END = /^(?:td|th|tr|table|tbody|thead|tfoot)$/u;
const HIDDEN_STYLE = /display\s*:\s*none|visibility\s*:\s*hidden/iu;

function words(list: string): Set<string> {
  return new Set(list.split(" "));
}

/** Turns the tags of a page into blocks. Call `end` after the last one. */
export interface PageReader extends TagHandler {
  end(): void;
  title(): string | null;
}

export function createPageReader(emit: (block: NewBlock) => void): PageReader {
  const tables = createTablesReader(emit);
  const lists = createListMarkers();
  /** The element being passed over, and how many of its name are open inside each other. */
  let skipped: { name: string; depth: number } | null = null;
  let inTitle = false;
  let title = "";
  let preformatted = 0;
  let text = "";
  let kind: BlockKind = "paragraph";
  let level = 1;
  let marker = "";

  function flush(): void {
    const content = kind === "code" ? text.replaceAll(/^\n+|\s+$/gu, "") : cleanLines(text);
    text = "";
    if (content === "") return;
    emit({ kind, level, text: marker + content });
    startPlain();
  }

  function startPlain(): void {
    kind = preformatted > 0 ? "code" : "paragraph";
    marker = "";
  }

  function write(data: string): void {
    if (tables.isInCell()) tables.write(data);
    else text += data;
  }

  /** Blocks inside a cell only part its paragraphs; headings and lists show that the table is there for the layout. */
  function breakBlock(name: string): void {
    if (!tables.isInCell()) flush();
    else if (LAYOUT.test(name)) tables.dissolveRow();
    else tables.write("\n");
  }

  function openBlock(name: string, attributes: Record<string, string>): void {
    const heading = /^h([1-6])$/u.exec(name)?.[1];
    if (heading !== undefined) {
      kind = "heading";
      level = Number(heading);
    } else if (name === "li" || name === "dt" || name === "dd") {
      kind = "list-item";
    } else if (name === "pre") {
      preformatted++;
      kind = "code";
    }
    marker = lists.open(name, attributes) ?? marker;
    tables.open(name, attributes);
  }

  function closeBlock(name: string): void {
    if (name === "pre") preformatted = Math.max(0, preformatted - 1);
    lists.close(name);
    tables.close(name);
    // An element that was left empty says nothing about what follows.
    if (/^(?:h[1-6]|li|dt|dd|pre)$/u.test(name)) startPlain();
  }

  return {
    open(name, attributes) {
      if (skipped) {
        if (skipped.name === name) skipped.depth++;
      } else if (SKIPPED.has(name) || (!NEVER_HIDDEN.has(name) && isHidden(attributes))) {
        skipped = { name, depth: 1 };
      } else if (name === "title") {
        inTitle = title === "";
      } else if (name === "br") {
        write("\n");
      } else if (BLOCKS.has(name)) {
        breakBlock(name);
        openBlock(name, attributes);
      }
    },
    close(name) {
      if (skipped) {
        if (skipped.name === name && --skipped.depth === 0) skipped = null;
      } else if (name === "title") {
        inTitle = false;
      } else if (BLOCKS.has(name)) {
        // What ends here was started by a tag that has shown whether the table is one of data.
        if (!tables.isInCell()) flush();
        else if (!CELL_END.test(name)) tables.write("\n");
        closeBlock(name);
      }
    },
    text(data) {
      if (skipped) return;
      if (inTitle) title += data;
      else write(preformatted > 0 ? data : data.replaceAll(/\s+/gu, " "));
    },
    end() {
      tables.end();
      flush();
    },
    title: () => cleanLines(title).replaceAll("\n", " ") || null,
  };
}

/** Numbers of the items of ordered lists, which may stand inside each other. */
function createListMarkers(): {
  /** The marker of an item, `3. `; undefined for elements that have none. */
  open(name: string, attributes: Record<string, string>): string | undefined;
  close(name: string): void;
} {
  const lists: { isOrdered: boolean; next: number }[] = [];
  return {
    open(name, attributes) {
      const list = lists.at(-1);
      if (name === "ul" || name === "ol") {
        lists.push({ isOrdered: name === "ol", next: numberOf(attributes["start"], 1) });
      } else if (name === "li" && list?.isOrdered) {
        const number = numberOf(attributes["value"], list.next);
        list.next = number + 1;
        return `${number}. `;
      }
      return undefined;
    },
    close(name) {
      if (name === "ul" || name === "ol") lists.pop();
    },
  };
}

function isHidden(attributes: Record<string, string>): boolean {
  if (attributes["hidden"] !== undefined || attributes["aria-hidden"] === "true") return true;
  return attributes["role"] === "navigation" || HIDDEN_STYLE.test(attributes["style"] ?? "");
}

/** Blanks become one, empty lines go; the line ends that are left stand for `<br>`. */
function cleanLines(text: string): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s+/gu, " ").trim());
  return lines.filter((line) => line !== "").join("\n");
}
