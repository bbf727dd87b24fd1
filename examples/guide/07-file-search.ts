/** Method 1, step 4: an answer from the documents of a store, with the sources it cites. */
import { contextOf, grounded, linkMarkers } from "groundwire/client";
import { client, model, vectorStoreId } from "../connect.ts";

const question = process.argv[2] ?? "How many days of annual leave do full-time employees get?";
const request = grounded({
  model,
  messages: [
    { role: "developer" as const, content: "Answer from the documents in the vector store." },
    { role: "user" as const, content: question },
  ],
  data_sources: [{ type: "file_search", parameters: { vector_store_id: vectorStoreId } }],
  reasoning_effort: "medium" as const,
  max_completion_tokens: 500,
});
const { message } = (await client.chat.completions.create(request)).choices[0] ?? {};
if (message) {
  const { citations = [] } = contextOf(message) ?? {};
  const toLink = (citation: { filepath: string | null }, number: number): string =>
    `[${number}: ${citation.filepath}]`;
  console.log(linkMarkers(message.content ?? "", citations, { toLink }));
}
