import { expect, test } from "vitest";
import { toPythonJson, toPythonLiteral } from "./python.ts";

test("an error as the service's own wrapped one", () => {
  const body = {
    error: {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      type: "invalid_request_error",
      param: "max_tokens",
      code: "unsupported_parameter",
    },
  };
  expect(toPythonLiteral(body)).toBe(
    "{'error': {'message': \"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.\", 'type': 'invalid_request_error', 'param': 'max_tokens', 'code': 'unsupported_parameter'}}",
  );
});

test.each([
  [null, "None"],
  [[true, false, 1, 0.5], "[True, False, 1, 0.5]"],
  [`it's "it"`, `'it\\'s "it"'`],
  ["a\\b\n", "'a\\\\b\\n'"],
  [{}, "{}"],
])("%j is %s", (value, expected) => {
  expect(toPythonLiteral(value)).toBe(expected);
});

test("JSON text is ASCII", () => {
  expect(toPythonJson("ü\u007f🌿")).toBe('"\\u00fc\\u007f\\ud83c\\udf3f"');
});
