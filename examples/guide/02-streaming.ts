/** The same, word by word. */
import { client, model } from "../connect.ts";

const stream = await client.chat.completions.create({
  model,
  messages: [
    { role: "developer", content: "Explain complex topics in simple terms." },
    { role: "user", content: "What is artificial intelligence?" },
  ],
  reasoning_effort: "high",
  max_completion_tokens: 256,
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
process.stdout.write("\n");
