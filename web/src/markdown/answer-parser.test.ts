import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAnswerParser, parseAnswer } from "./answer-parser.ts";
import { type AnswerNode, wordsOf } from "./answer-tree.ts";

const SAMPLE = `# Leave

You get **27 days** a year [doc2][doc1], see [doc9] and [doc1, doc3].

[doc1]: http://evil.example

| Country | Days |
|:--|--:|
| Germany | 8 [doc2] |

- [x] one \`[doc1]\`
- two [doc1](http://evil.example) ~~gone~~

\`\`\`sh
echo "[doc1]"
\`\`\`

<img src=x onerror=alert(1)> [here](javascript:alert(1)) ![doc1](http://evil.example/x.png) <https://ok.example>`;

const shown = (text: string, citations = 3): string =>
  parseAnswer(text, citations)
    .blocks.map(({ nodes }) => wordsOf(nodes, ({ number }) => `⟨${number}⟩`))
    .join("\n");

/** Everything but code, where markers are text. */
function outsideOfCode(nodes: AnswerNode[]): AnswerNode[] {
  return nodes.flatMap((node): AnswerNode[] => {
    if (node.type !== "element") return [node];
    if (node.name === "pre" || node.name === "code") return [];
    return [{ ...node, children: outsideOfCode(node.children) }];
  });
}

const visible = (nodes: AnswerNode[]): string => wordsOf(outsideOfCode(nodes), () => "");

function elements(nodes: AnswerNode[]): Extract<AnswerNode, { type: "element" }>[] {
  return nodes.flatMap((node) =>
    node.type === "element" ? [node, ...elements(node.children)] : [],
  );
}

function everyNode(nodes: AnswerNode[]): AnswerNode[] {
  return nodes.flatMap((node) =>
    node.type === "element" ? [node, ...everyNode(node.children)] : [node],
  );
}

describe("an answer", () => {
  test("numbers its sources in the order of use and drops what names none", () => {
    expect(shown("A [doc3]. B [doc1][doc3][doc3]. C [doc9].")).toBe("A ⟨1⟩. B ⟨2⟩⟨1⟩. C.");
  });

  test("keeps markers in code as text", () => {
    expect(shown("`[doc1]` [doc2]")).toBe("[doc1] ⟨1⟩");
  });

  test("cites where Markdown would make links of the model's choice", () => {
    expect(shown("A [doc1](http://evil.example) b.")).toBe("A ⟨1⟩ b.");
    const { blocks } = parseAnswer("See [doc1].\n\n[doc1]: http://evil.example", 1);
    const [first] = blocks;
    expect(wordsOf(first?.nodes ?? [], () => "⟨⟩")).toBe("See ⟨⟩.");
    expect(elements(first?.nodes ?? []).map(({ name }) => name)).toEqual(["p"]);
  });

  test("links addresses that stand by themselves, also such as are spelt with entities", () => {
    const text = "https://a.example, www.b.example, c@d.example and e&#64;f.example";
    const all = elements(parseAnswer(text, 0).blocks.flatMap(({ nodes }) => nodes));
    expect(all.flatMap(({ href }) => href ?? [])).toEqual([
      "https://a.example",
      "http://www.b.example",
      "mailto:c@d.example",
      "mailto:e@f.example",
    ]);
  });

  test("has no HTML, no pictures and no links but safe ones", () => {
    const all = elements(parseAnswer(SAMPLE, 3).blocks.flatMap(({ nodes }) => nodes));
    const links = all.flatMap(({ href }) => (href === undefined ? [] : [href]));
    expect(links.filter((href) => !/^https?:/u.test(href))).toEqual([]);
    expect(shown(SAMPLE)).toContain("<img src=x onerror=alert(1)>");
  });

  test("shows pictures of this server only, and offers its files", () => {
    const file = "/openai/v1/files/file-a1/content";
    const text = `![chart](${file}) [sales.csv](${file}) ![x](http://a.example/x.png) ![y](/openai/v1/keys)`;
    const [paragraph] = parseAnswer(text, 0).blocks[0]?.nodes ?? [];
    const children = paragraph?.type === "element" ? paragraph.children : [];
    expect(children.filter(({ type }) => type === "file")).toEqual([
      { type: "file", id: "file-a1", name: "chart", isPicture: true },
      { type: "file", id: "file-a1", name: "sales.csv", isPicture: false },
    ]);
    expect(wordsOf(children, () => "")).toBe("chart sales.csv x y");
  });

  test("has tables with their alignment, tasks and code with its language", () => {
    const all = elements(parseAnswer(SAMPLE, 3).blocks.flatMap(({ nodes }) => nodes));
    expect(all.find(({ name }) => name === "td")).toMatchObject({ align: "left" });
    expect(all.find(({ isChecked }) => isChecked)).toMatchObject({ name: "li" });
    expect(all.find(({ name }) => name === "pre")).toMatchObject({ language: "sh" });
  });
});

describe("a formula", () => {
  const formulas = (text: string): [string, boolean][] =>
    parseAnswer(text, 3)
      .blocks.flatMap(({ nodes }) => everyNode(nodes))
      .flatMap((node) => (node.type === "formula" ? [[node.tex, node.isDisplay]] : []));

  test("is neither emphasis nor an escape nor a marker", () => {
    expect(formulas("So $a_1*b$ and \\(c*d_2\\) [doc1].")).toEqual([
      ["a_1*b", false],
      ["c*d_2", false],
    ]);
    expect(shown("So $a$ [doc2].")).toBe("So a ⟨1⟩.");
  });

  test("on lines of its own may hold what begins lists, headings and quotations elsewhere", () => {
    expect(formulas("The sum:\n\\[\na\n=\nb\n+ c\n- d\n> e\n\\]\nis $f$")).toEqual([
      ["a\n=\nb\n+ c\n- d\n> e", true],
      ["f", false],
    ]);
  });

  test("stands in lists, quotations and tables", () => {
    expect(formulas("- a\n\n  $$\n  x\n  + y\n  $$\n- $b$")).toEqual([
      ["x\n+ y", true],
      ["b", false],
    ]);
    expect(formulas("> $$\n> x\n> $$")).toEqual([["x", true]]);
    expect(formulas("| a |\n|--|\n| $x^2$ |")).toEqual([["x^2", false]]);
  });

  test("is text in code, and where what encloses it ends first", () => {
    expect(formulas("`$x$`\n\n```\n$$\nx\n$$\n```")).toEqual([]);
    expect(shown("- $$\n  a\nb $$")).toBe("$$\na\nb $$");
  });
});

describe("an answer that grows", () => {
  test("reads only its last block again", () => {
    const parser = createAnswerParser(1);
    const [first] = parser.parse("One [doc1].\n\nTwo", false).blocks;
    const [again] = parser.parse("One [doc1].\n\nTwo more words", false).blocks;
    expect(again).toBe(first);
  });

  test("of the block that grows, keeps what did not change", () => {
    const items = (text: string): AnswerNode[] => {
      const [list] = parser.parse(text, false).blocks[0]?.nodes ?? [];
      return list?.type === "element" ? list.children : [];
    };
    const parser = createAnswerParser(1);
    const [first] = items("- One [doc1].\n- Two");
    expect(items("- One [doc1].\n- Two more words")[0]).toBe(first);
    expect(items("- One [doc1].\n- Two more words\n- Three")[0]).toBe(first);
  });

  test("is, when it ends as it was, the same blocks", () => {
    const parser = createAnswerParser(1);
    const { blocks } = parser.parse("One [doc1].\n\nTwo", false);
    parser.parse("One [doc1].\n\nTwo", true).blocks.forEach((block, at) => {
      expect(block).toBe(blocks[at]);
    });
  });

  const fragment = fc.constantFrom(
    "word ",
    "Ünïcode 漢字 ",
    "[doc1]",
    " [doc2]",
    "[doc12]",
    "[doc99]",
    "[doc",
    "[docs]",
    "[",
    "]",
    "**bold** ",
    "*",
    "`code ",
    "`",
    "```\n",
    "\n",
    "\n\n",
    "- item",
    "1. one",
    "| a | b |\n|--|--|\n| 1 | 2 [doc1] |\n",
    "# Head [doc2]",
    "> quote",
    "[link](http://a.example)",
    "[doc1](http://e",
    "<b>",
    "---",
    "~~x~~",
    "    indented",
    "\\",
    "![doc1](x)",
    "[doc1]: http://x\n",
    "&#91;doc1]",
    "- [ ] t",
    "$x_1$ ",
    "$",
    "$$",
    "\n$$\nx\n= 1\n$$\n",
    "\\(",
    "\\)",
    "\\[\n",
    "\n\\]",
    "\\frac{1}{2}",
    "$5 ",
  );
  const answers = fc.array(fragment, { maxLength: 24 }).map((parts) => parts.join(""));

  test("never throws, never shows half a marker, never changes a number, and ends as the whole", () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 5 }), (text, step) => {
        const parser = createAnswerParser(12);
        for (let length = 0; length <= text.length; length += step) {
          const { blocks } = parser.parse(text.slice(0, length), false);
          for (const { nodes } of blocks) expect(visible(nodes)).not.toMatch(/\[doc(?!\p{L})/u);
        }
        const end = parser.parse(text, true);
        expect(end).toEqual(parseAnswer(text, 12));
        for (const { nodes } of end.blocks) expect(visible(nodes)).not.toMatch(/\[doc(?!\p{L})/u);
      }),
      { numRuns: 300 },
    );
  });

  test("shows the same, closed, as the whole does, for every prefix of a real answer", () => {
    const parser = createAnswerParser(3);
    let numbers: number[] = [];
    for (let length = 0; length <= SAMPLE.length; length++) {
      const { order } = parser.parse(SAMPLE.slice(0, length), false);
      expect(order.slice(0, numbers.length)).toEqual(numbers);
      numbers = order;
    }
    expect(parser.parse(SAMPLE, true)).toEqual(parseAnswer(SAMPLE, 3));
  });
});

test.each([
  ["quotations", "> ".repeat(3_000) + "words"],
  ["lists", "- ".repeat(3_000) + "words"],
  ["one emphasis in another", "*".repeat(5_000) + "words" + "*".repeat(5_000)],
  ["many kinds of emphasis", "*a _b ".repeat(2_000) + "words" + "c_ d* ".repeat(2_000)],
  ["things struck out", "~~a *b ".repeat(2_000) + "words" + "c* d~~ ".repeat(2_000)],
])("%s without end are shown as they were written", (_what, text) => {
  expect(shown(text)).toContain("words");
  expect(() => createAnswerParser(3).parse(text, false)).not.toThrow();
});

test("a hundred emphasised words in a paragraph, and five lists in each other, are drawn as such", () => {
  const { blocks } = parseAnswer(`${"**word** ".repeat(100)}\n\n- - - - - word`, 3);
  const drawn = JSON.stringify(blocks);
  expect(drawn.match(/"strong"/gu)).toHaveLength(100);
  expect(drawn.match(/"ul"/gu)).toHaveLength(5);
});
