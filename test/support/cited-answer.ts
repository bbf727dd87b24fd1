import { expect } from "vitest";

import { KIT_DOCUMENTS } from "../../src/testing/source-documents.ts";
import type { Answer, TestServer } from "./server.ts";

/** Asks what the first of `KIT_DOCUMENTS` answers. */
export function askForLeave(
  server: TestServer,
  source: object,
  more: object = {},
): Promise<Answer> {
  return server.call(
    "POST",
    "/openai/deployments/gpt-4o/chat/completions?api-version=2024-05-01-preview",
    {
      messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
      data_sources: [source],
      ...more,
    },
  );
}

/** The answer quotes that document, cites it first, and every marker has its citation. */
export function expectCitedAnswer({ status, json }: Answer): void {
  expect(status).toBe(200);
  const { content, context } = json.choices[0].message;
  expect(content).toContain("thirty days of annual leave");
  const cited = [...content.matchAll(/\[doc(\d+)\]/gu)].map(([, number]) => Number(number));
  expect(cited).toContain(1);
  expect(Math.max(...cited)).toBeLessThanOrEqual(context.citations.length);
  const { title, url, filepath } = KIT_DOCUMENTS[0] ?? {};
  expect(context.citations[0]).toMatchObject({ title, url, filepath, chunk_id: "0" });
}
