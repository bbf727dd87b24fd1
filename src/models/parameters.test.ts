import { expect, test } from "vitest";
import { FAMILIES } from "./families.ts";
import { mapParameters } from "./parameters.ts";

test("tools are not called in parallel at the least effort, which is the only one to refuse that", () => {
  const body = { reasoning_effort: "minimal", parallel_tool_calls: false };
  const { body: mapped, warnings } = mapParameters(body, FAMILIES["gpt-5"]);
  expect(mapped).toEqual({ reasoning_effort: "minimal" });
  expect(warnings).toEqual([
    "'parallel_tool_calls' ignored: not taken with 'reasoning_effort' 'minimal'",
  ]);
  const low = { reasoning_effort: "low", parallel_tool_calls: false };
  expect(mapParameters(low, FAMILIES["gpt-5"]).changed).toBe(false);
});

test("open weights are given both their effort and their temperature", () => {
  const body = { reasoning_effort: "high", temperature: 0.2, max_tokens: 9 };
  expect(mapParameters(body, FAMILIES["gpt-oss"]).changed).toBe(false);
  expect(
    mapParameters({ reasoning_effort: "minimal" }, FAMILIES["gpt-oss"]).body["reasoning_effort"],
  ).toBe("low");
});
