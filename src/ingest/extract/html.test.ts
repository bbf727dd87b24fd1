import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";

import { expectSound, extractInput, linesOf } from "../../testing/extracted.ts";
import type { ExtractedDocument } from "../document.ts";
import { extractBytes } from "./formats.ts";
import { extractHtml } from "./html.ts";

async function extractPage(html: string): Promise<ExtractedDocument> {
  const document = await extractHtml(extractInput(Buffer.from(html)));
  expectSound(document);
  return document;
}

async function linesOfPage(html: string): Promise<string[]> {
  return linesOf(await extractPage(html));
}

describe("a web page", () => {
  test("becomes headings, paragraphs, list items, rows and preformatted text", async () => {
    const document = await extractPage(`<!doctype html><title>Leave &amp; holidays</title>
      <h1>Leave</h1><p>You have <b>28</b>&nbsp;days\n of leave.<p>Ask your <a href="x">lead</a><br>first.
      <h2><div>Sick <i>leave</i></div></h2><ul><li>one<li><p>two</p><p>more</p><ul><li>deep</ul></ul><pre>\n a  b\n   c\n</pre>tail`);
    expect(document.title).toBe("Leave & holidays");
    expect(linesOf(document)).toEqual([
      "heading: Leave",
      "paragraph: You have 28 days of leave.",
      "paragraph: Ask your lead\nfirst.",
      "heading: Sick leave",
      "list-item: one",
      "list-item: two",
      "paragraph: more",
      "list-item: deep",
      "code:  a  b\n   c",
      "paragraph: tail",
    ]);
    expect(document.parts[0]?.blocks.at(-1)?.headingPath).toEqual(["Leave", "Sick leave"]);
  });

  test("numbers ordered lists, also nested ones and those that start late", async () => {
    const html = `<ol start="3"><li>c<ol><li>inner</ol><li>d<li value="9">i<li>j</ol><ul><li>dot</ul>`;
    expect(await linesOfPage(html)).toEqual([
      "list-item: 3. c",
      "list-item: 1. inner",
      "list-item: 4. d",
      "list-item: 9. i",
      "list-item: 10. j",
      "list-item: dot",
    ]);
  });

  test("leaves out navigation, scripts, hidden elements, forms' controls and drawings", async () => {
    const html = `<nav>menu<nav>inner</nav>menu</nav><div role="navigation">menu</div><script>var a = "<p>x";</script>
      <style>p{}</style><template>t</template><noscript>n</noscript><svg><title>drawn</title><text>s</text></svg>
      <div hidden>h<div>i</div>j</div><span aria-hidden="true">k</span><div style="color:red; Display : None">l</div>
      <select><option>o</select><!-- c --><form>kept <textarea>x</textarea></form>`;
    const document = await extractPage(html);
    expect(linesOf(document)).toEqual(["paragraph: kept"]);
    expect(document.title).toBeNull();
  });

  test("loses nothing when a hidden element is void or may be left open", async () => {
    expect(await linesOfPage(`<input hidden><p hidden>a<p>b<li hidden>c<br hidden>d`)).toEqual([
      "paragraph: a",
      "paragraph: b",
      "list-item: c\nd",
    ]);
  });

  test("names the cells of a table by its header and repeats cells that span rows", async () => {
    const html = `<table><caption>Rates</caption><thead><tr><th>Country<th>Rate</thead>
      <tr><td rowspan=2><p>Spain</p><p>Madrid</p><td>53<tr><td>54<tr><td colspan=2>All the rest</table>`;
    expect(await linesOfPage(html)).toEqual([
      "paragraph: Rates",
      "table-row: Country | Rate",
      "table-row: Country: Spain Madrid; Rate: 53",
      "table-row: Country: Spain Madrid; Rate: 54",
      "table-row: All the rest",
    ]);
  });

  test("reads tables that only lay the page out as the text in them", async () => {
    const html = `<table><tr><td><h1>Title</h1><p>one</p><p>two</p><td>side</tr><tr><td><table><tr><td>a<td>b</table>after</table>`;
    expect(await linesOfPage(html)).toEqual([
      "heading: Title",
      "paragraph: one",
      "paragraph: two",
      "paragraph: side",
      "table-row: a | b",
      "paragraph: after",
    ]);
  });

  test("is shown without any markup of its own", async () => {
    const document = await extractPage(
      `<p onclick="x()" id="b9">a &lt;img src=x onerror=alert(1)&gt; <a href="javascript:alert(1)">b</a></p><iframe src="x"></iframe>`,
    );
    expect(document.parts[0]?.html).toBe('<p id="b0">a &lt;img src=x onerror=alert(1)&gt; b</p>\n');
  });

  test.each([
    ["windows-1251", "Отпуск и поездки"],
    ["shift_jis", "休暇と出張の規定"],
    ["gbk", "休假和出差规定"],
    ["iso-8859-1", "Größe für Übernachtung"],
  ])("is decoded as %s when it declares that", async (charset, text) => {
    const html = iconv.encode(
      `<meta http-equiv="Content-Type" content="text/html; charset=${charset}"><p>${text}`,
      charset,
    );
    expect(linesOf(await extractHtml(extractInput(html)))).toEqual([`paragraph: ${text}`]);
  });

  test("is decoded as what it is when it declares something else or nothing that exists", async () => {
    expect(await linesOfPage(`<meta charset="iso-8859-1"><p>Größe 日本`)).toEqual([
      "paragraph: Größe 日本",
    ]);
    const unknown = iconv.encode(
      `<meta charset="klingon"><p>Größe für die Übernachtung`,
      "windows-1252",
    );
    expect(linesOf(await extractHtml(extractInput(unknown)))).toEqual([
      "paragraph: Größe für die Übernachtung",
    ]);
    const utf16 = iconv.encode("<meta charset=utf-8><p>Größe", "utf-16le", { addBOM: true });
    expect(linesOf(await extractHtml(extractInput(utf16)))).toEqual(["paragraph: Größe"]);
  });

  test("written as XHTML closes the elements that close themselves", async () => {
    const html = `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body><div hidden="hidden"/><p>text</p></body></html>`;
    expect(await linesOfPage(html)).toEqual(["paragraph: text"]);
  });

  test.each([
    ["nested divs", "<div>".repeat(100_000) + "deep" + "</div>".repeat(100_000)],
    ["divs left open", "<div>".repeat(300_000) + "deep"],
    ["nested hidden divs", "<div hidden>".repeat(100_000) + "</div>".repeat(100_000) + "deep"],
    ["nested tables", "<table><tr><td>".repeat(50_000) + "deep"],
    ["nested lists", "<ol><li>".repeat(100_000) + "deep"],
    [
      "end tags of nothing",
      "<b>".repeat(100_000) + "</i></p></table></ul>".repeat(100_000) + "deep",
    ],
    ["tags left open", "<p ".repeat(200_000) + ">deep"],
    ["charset that never ends", "<meta ".repeat(2_000) + ">deep"],
  ])("of a hundred thousand %s is read in a moment", async (_, html) => {
    const before = performance.now();
    const document = await extractHtml(extractInput(Buffer.from(html)));
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(linesOf(document).join()).toContain("deep");
  });

  test("without text is refused", async () => {
    await expect(
      extractBytes(extractInput(Buffer.from("<html><script>a</script>"), "a.html")),
    ).rejects.toThrow(/no text/u);
  });
});
