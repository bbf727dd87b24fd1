import { describe, expect, test } from "vitest";
import { type MathElement, mathTree } from "./math-tree.ts";

function markup(node: MathElement | string): string {
  if (typeof node === "string") return node;
  return `<${node.name}>${node.children.map(markup).join("")}</${node.name}>`;
}

const drawn = (tex: string): string | null => {
  const tree = mathTree(tex, false);
  return tree === null ? null : markup(tree);
};

function everything(node: MathElement | string): MathElement[] {
  return typeof node === "string" ? [] : [node, ...node.children.flatMap(everything)];
}

describe("a formula in TeX", () => {
  test("becomes elements that say what belongs together", () => {
    expect(drawn("E = mc^2")).toBe(
      "<math><mrow><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow></math>",
    );
    expect(drawn("\\frac{a}{b}")).toBe("<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>");
  });

  test("on a line of its own is set larger", () => {
    expect(mathTree("x", true)?.attributes["display"]).toBe("block");
  });

  test.each(["\\frac{a", "\\unknown", "a & b", "}", "\\begin{matrix}"])(
    "that is none is not drawn: %s",
    (tex) => {
      expect(drawn(tex)).toBeNull();
    },
  );
});

describe("hostile TeX", () => {
  test.each([
    ["a link", "\\href{javascript:alert(1)}{x}"],
    ["an address", "\\url{http://evil.example}"],
    ["a picture", "\\includegraphics{http://evil.example/x.png}"],
    ["a style", "\\htmlStyle{position:fixed}{x}"],
    ["a class", "\\class{dialog}{x}"],
    ["an identifier", "\\id{root}{x}"],
    ["data", "\\data{x=y}{x}"],
    ["an endless macro", "\\def\\a{\\a\\a}\\a"],
    ["a bomb", "\\def\\a#1{#1#1#1#1#1#1#1#1}\\a{\\a{\\a{\\a{\\a{\\a{x}}}}}}"],
    ["deep powers", "x^{".repeat(600) + "}".repeat(600)],
    ["deep fractions", "\\frac{".repeat(200) + "x" + "}{y}".repeat(200)],
    ["deep tables", "\\begin{matrix}".repeat(60) + "\\end{matrix}".repeat(60)],
  ])("is not drawn: %s", (_name, tex) => {
    const start = performance.now();
    expect(drawn(tex)).toBeNull();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test.each([
    ["colours", "\\color{red} x \\textcolor{#fff}{y} \\colorbox{red}{z}"],
    ["labels", "\\label{root} x \\ref{root}"],
    ["sizes", "\\rule{9999em}{9999em}\\kern{9999em}x\\raisebox{9999em}{y}"],
    ["HTML", "\\text{<img src=x onerror=alert(1)>}"],
    ["a box", "\\bbox[border:1px solid red]{x}"],
    ["a prototype", "\\def\\constructor{x}\\constructor"],
    ["cells", `\\begin{matrix}${"&".repeat(1900)}\\end{matrix}`],
    ["primes", "'".repeat(1900)],
    ["braces", "{".repeat(900) + "}".repeat(900)],
  ])("brings neither addresses nor names nor colours, and nothing large: %s", (_name, tex) => {
    const start = performance.now();
    const tree = mathTree(tex, true);
    expect(performance.now() - start).toBeLessThan(1000);
    const elements = tree === null ? [] : everything(tree);
    for (const { name, attributes, style } of elements) {
      expect(name).toMatch(/^m|^none$/u);
      expect(Object.keys(attributes).join(" ")).not.toMatch(/href|src|id\b|title|color|back|on/u);
      const values = [...Object.values(attributes), ...Object.values(style)].join(" ");
      expect(values).not.toMatch(/url|javascript|expression|\d{3,}em/u);
    }
  });
});
