import { describe, expect, test } from "vitest";

import { formatNumber, parseFormatCode } from "./xlsx-numbers.ts";

function shown(value: number, code: string, date1904 = false): string {
  return formatNumber(value, parseFormatCode(code), date1904);
}

describe("a number in a sheet", () => {
  test.each([
    [0.1 + 0.2, "General", "0.3"],
    [1_234_567.891, "General", "1234567.891"],
    [53, "0.00", "53.00"],
    [1234.5, "#,##0.00", "1234.50"],
    [2.5, "0.###", "2.5"],
    [2, "0.##", "2"],
    [0.075, "0.0%", "7.5%"],
    [0.5, "0%", "50%"],
    [-12, "#,##0;[Red](#,##0)", "-12"],
    [-0.001, "0.00", "0.00"],
    [1e300, "0.00", "1e+300"],
    [123_000, "0.00E+00", "123000"],
    [0.5, "# ?/?", "0.5"],
    [1_200_000, '0.0,,"M"', "1200000"],
  ])("%d as %s is %s", (value, code, text) => {
    expect(shown(value, code)).toBe(text);
  });

  test.each([
    [1250, '#,##0.00\\ "€"', "1250.00 €"],
    [1250, "[$€-407] #,##0.00", "€ 1250.00"],
    [-5, '"$"#,##0.00', "-$5.00"],
    [8, '_-* #,##0.00\\ "kr"_-;-* #,##0.00', "8.00 kr"],
    [12, '0" days"', "12 days"],
    [7, "[$CHF] 0", "CHF 7"],
  ])("keeps the currency or unit: %d as %s is %s", (value, code, text) => {
    expect(shown(value, code)).toBe(text);
  });

  test.each([
    [46_023, "dd/mm/yyyy", "2026-01-01"],
    [46_023.604_166_666_7, "d.m.yy h:mm", "2026-01-01 14:30"],
    [0.604_178_240_7, "h:mm:ss AM/PM", "14:30:01"],
    [46_023, '[$-409]mmmm\\ d", "yyyy', "2026-01-01"],
    [46_023, "yyyy年m月d日", "2026-01-01"],
    [1.5, "[h]:mm", "36:00"],
    [1, "yyyy-mm-dd", "1900-01-01"],
    [59, "yyyy-mm-dd", "1900-02-28"],
    [60, "yyyy-mm-dd", "1900-02-29"],
    [61, "yyyy-mm-dd", "1900-03-01"],
    [-1, "yyyy-mm-dd", "-1"],
    [1e12, "yyyy-mm-dd", "1000000000000"],
  ])("that is a date becomes an ISO date: %d as %s is %s", (value, code, text) => {
    expect(shown(value, code)).toBe(text);
  });

  test("counts from 1904 where the workbook does", () => {
    expect(shown(0, "yyyy-mm-dd", true)).toBe("1904-01-01");
    expect(shown(44_561, "yyyy-mm-dd", true)).toBe("2026-01-01");
  });

  test("is not taken for a date because of letters in quotes or colours", () => {
    expect(shown(5, '0 "days"')).toBe("5 days");
    expect(shown(5, "[Red]0")).toBe("5");
  });

  test("is read from a hostile format without delay", () => {
    const before = performance.now();
    parseFormatCode(`${'"'.repeat(20_000)}${"[".repeat(20_000)}${"0#,".repeat(20_000)}`);
    expect(performance.now() - before).toBeLessThan(100);
  });
});
