/**
 * The reference's one sample: a follow-up question over an index of Azure AI Search, signed in with Microsoft Entra.
 * `AZURE_TOKEN` stands for what a token provider of `@azure/identity` gives. Off Azure the server needs something to stand in for
 * its managed identity: `identities` in `groundwire.yaml`.
 */
import { contextOf, grounded } from "groundwire/client";
import { AzureOpenAI } from "openai";
import { model } from "../connect.ts";

const client = new AzureOpenAI({
  endpoint: process.env["GROUNDWIRE_URL"] ?? "http://127.0.0.1:8080",
  azureADTokenProvider: async () => process.env["AZURE_TOKEN"] ?? "token",
  apiVersion: "2024-02-01",
});

const answer = await client.chat.completions.create(
  grounded({
    model,
    messages: [
      { role: "user" as const, content: "Who is DRI?" },
      {
        role: "assistant" as const,
        content: "Whoever is directly responsible for a service. Which one?",
      },
      { role: "user" as const, content: "Opinion mining service" },
    ],
    data_sources: [
      {
        type: "azure_search",
        parameters: {
          endpoint: process.env["SearchEndpoint"] ?? "https://example.search.windows.net",
          index_name: process.env["SearchIndex"] ?? "example-index",
          authentication: { type: "system_assigned_managed_identity" },
        },
      },
    ],
  }),
);
const { message } = answer.choices[0] ?? {};
console.log(message?.content, message && contextOf(message));
