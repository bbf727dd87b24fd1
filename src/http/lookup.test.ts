import { expect, test } from "vitest";

import { startTestApp } from "../testing/http-services.ts";
import { testKey } from "../testing/keys.ts";

test("a caller held to groups sees files that code made for it, not those of no group", async () => {
  await using server = await startTestApp({
    apiKeys: [testKey({ tenant: "acme", name: "hr", key: "hr-key", groups: ["hr"] })],
    access: { claim: "groups", field: "group_ids" },
  });
  for (const purpose of ["assistants", "assistants_output"]) {
    await server.services.storage.files.create({
      id: `file-${purpose}`,
      tenant: "acme",
      filename: "chart.png",
      bytes: 1,
      purpose,
      requestedPurpose: purpose,
      mediaType: "image/png",
      createdAt: 1_000,
      expiresAt: null,
    });
  }
  const statusOf = async (purpose: string): Promise<number> => {
    const headers = { "api-key": "hr-key" };
    return (await server.call(`/openai/v1/files/file-${purpose}`, { headers })).status;
  };
  expect([await statusOf("assistants_output"), await statusOf("assistants")]).toEqual([200, 404]);
});
