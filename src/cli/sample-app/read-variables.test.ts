import { expect, it } from "vitest";

import { readVariables } from "./read-variables.ts";

it("reads an environment file as the application did", () => {
  const text = `# comment
A=1
export B = two words # and a comment
C="quoted # \\"sign\\"\\nnext"
D='as it \\n is'
E=pass#word
F=
G="several
lines"
not a line
H=a=b\r
`;
  expect(Object.fromEntries(readVariables(text))).toEqual({
    A: "1",
    B: "two words",
    C: 'quoted # "sign"\nnext',
    D: "as it \\n is",
    E: "pass#word",
    G: "several\nlines",
    H: "a=b",
  });
});

it("reads the settings of an App Service", () => {
  const settings = [
    { name: "A", slotSetting: false, value: "1" },
    { name: "B", value: null },
  ];
  expect(Object.fromEntries(readVariables(JSON.stringify(settings)))).toEqual({ A: "1" });
});
