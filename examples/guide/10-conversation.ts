/** A conversation that is kept, cut to what fits, and whose instructions change on the way. */
import { startConversation } from "groundwire/client";
import { client, model, vectorStoreId } from "../connect.ts";

const chat = startConversation({
  client,
  model,
  instructions: "Answer in one sentence.",
  dataSources: [{ type: "file_search", parameters: { vector_store_id: vectorStoreId } }],
  truncation: { type: "last_messages", lastMessages: 6 },
});
console.log((await chat.ask("How many days of annual leave do full-time employees get?")).text);

chat.instructions = "Answer in as much detail as the documents allow.";
for await (const event of chat.stream("When must leave be requested?")) {
  if (event.type === "text") process.stdout.write(event.text);
}
console.log(`\n${chat.messages.length} messages`);
