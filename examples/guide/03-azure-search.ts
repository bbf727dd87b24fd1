/**
 * Grounded in an index of Azure AI Search, by words and vectors. `EMBEDDING_MODEL` is a deployment of this server that embeds as
 * the index was embedded.
 */
import { contextOf, grounded } from "groundwire/client";
import { client, model } from "../connect.ts";

const request = grounded({
  model,
  messages: [
    { role: "developer" as const, content: "Ground your answers in the data sources." },
    { role: "user" as const, content: "What is new in renewable energy?" },
  ],
  data_sources: [
    {
      type: "azure_search",
      parameters: {
        endpoint: process.env["AZURE_SEARCH_ENDPOINT"] ?? "https://example.search.windows.net",
        index_name: process.env["AZURE_SEARCH_INDEX"] ?? "example-index",
        authentication: { type: "api_key", key: process.env["AZURE_SEARCH_KEY"] ?? "key" },
        fields_mapping: {
          content_fields: ["content"],
          content_fields_separator: "\n",
          title_field: "title",
          url_field: "url",
          filepath_field: "filepath",
          vector_fields: ["contentVector"],
        },
        in_scope: true,
        query_type: "vector_simple_hybrid",
        embedding_dependency: {
          type: "deployment_name",
          deployment_name: process.env["EMBEDDING_MODEL"] ?? "text-embedding-3-small",
        },
      },
    },
  ],
});
const { message } = (await client.chat.completions.create(request)).choices[0] ?? {};
console.log(message?.content, message && contextOf(message)?.citations);
