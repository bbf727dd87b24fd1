/** The same, word by word. The sources are known before the first word. */
import { contextOfChunk, grounded } from "groundwire/client";
import { client, model, vectorStoreId } from "../connect.ts";

const question = process.argv[2] ?? "How many days of annual leave do full-time employees get?";
const stream = await client.chat.completions.create(
  grounded({
    model,
    messages: [{ role: "user" as const, content: question }],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: vectorStoreId } }],
    reasoning_effort: "high" as const,
    max_completion_tokens: 256,
    stream: true as const,
  }),
);
for await (const chunk of stream) {
  const context = contextOfChunk(chunk);
  if (context) console.log(`from ${context.citations?.length ?? 0} passages:`);
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}
process.stdout.write("\n");
