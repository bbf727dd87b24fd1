import { expect, test } from "vitest";
import { normalizeUrl } from "./normalize-url.ts";

test.each([
  ["/", "/"],
  ["//", "/"],
  ["/openai//files/?api-version=2024-10-21", "/openai/files?api-version=2024-10-21"],
  ["/openai/v1/files?after=a//b", "/openai/v1/files?after=a//b"],
  ["/v1/chat/completions", "/openai/v1/chat/completions"],
  ["/openai/deployments/o1/chat/completions?a=1", "/openai/deployments/o1/chat/completions?a=1"],
  [
    "/openai/deployments/my%20dep/x/chat/completions",
    "/openai/deployments/my%20dep%2Fx/chat/completions",
  ],
  ["/openai/deployments/files/chat/completions", "/openai/deployments/files/chat/completions"],
  [
    "/openai/deployments/a/chat/completions/chat/completions",
    "/openai/deployments/a%2Fchat%2Fcompletions/chat/completions",
  ],
  [
    "/openai/deployments/o1/extensions/chat/completions?a=1",
    "/openai/deployments/o1/extensions/chat/completions?a=1",
  ],
  ["/openai/deployments/o1/files/file-1/content", "/openai/files/file-1/content"],
  ["/openai/deployments/o1/vector_stores", "/openai/vector_stores"],
  ["/openai/deployments/o1/unknown", "/openai/deployments/o1/unknown"],
])("%s is routed as %s", (url, expected) => {
  expect(normalizeUrl(url)).toBe(expected);
});
