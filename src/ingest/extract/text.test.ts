import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";

import { decodeText } from "./text.ts";

describe("the encoding of a text", () => {
  it.each<[string, string]>([
    ["EUC-KR", "직원은 연간 이십칠 일의 유급 휴가를 받을 수 있습니다."],
    ["GB18030", "员工每年可享受二十七天的带薪休假。申请应在两周前提交。"],
    ["Big5", "員工每年可享受二十七天的帶薪休假。申請應在兩週前提交。"],
    ["EUC-JP", "港湾倉庫の従業員は年間二十七日の有給休暇を取得できます。"],
    [
      "windows-1250",
      "Zaměstnanci mají nárok na dvacet sedm dnů dovolené ročně, žádost podejte včas.",
    ],
    ["utf-16le", "A file that lost its mark."],
    ["utf-16be", "A file that lost its mark."],
  ])("is told without a mark: %s", (encoding, text) => {
    expect(decodeText(iconv.encode(text, encoding, { addBOM: false }))).toBe(text);
  });

  it("is Western European when the bytes are too few to tell", () => {
    expect(decodeText(iconv.encode("Grüße", "windows-1252"))).toBe("Grüße");
    expect(decodeText(iconv.encode("“yes” – and left…", "windows-1252"))).toBe("“yes” – and left…");
  });

  it("is told from the first bytes that matter, however late they come", () => {
    const text = `${"plain line\n".repeat(10_000)}Grüße aus Köln, und schöne Tage.`;
    expect(decodeText(iconv.encode(text, "windows-1252"))).toBe(text);
  });

  it("stays UTF-8 when a few bytes of it are broken", () => {
    const bytes = Buffer.concat([
      Buffer.from("港湾倉庫の従業員は年間二十七日の有給休暇を取得できます。".repeat(5)),
      Buffer.of(0xff),
      Buffer.from("終わり"),
    ]);
    expect(decodeText(bytes)).toMatch(/できます。\uFFFD終わり$/u);
  });
});

it("text with zero bytes all over it is binary data", () => {
  expect(() => decodeText(Buffer.from("a\0\0b\0\0c\0\0".repeat(50)))).toThrow(/not text/u);
});
