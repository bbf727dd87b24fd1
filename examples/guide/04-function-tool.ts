/** A function the model may call: what it asks for is printed, and calling it is up to us. */
import { client, model } from "../connect.ts";

const answer = await client.chat.completions.create({
  model,
  messages: [{ role: "user", content: "What's the weather like in London?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_current_weather",
        description: "The current weather at a place.",
        parameters: {
          type: "object",
          properties: { location: { type: "string", description: "A city, such as London" } },
          required: ["location"],
        },
      },
    },
  ],
  tool_choice: "auto",
  max_completion_tokens: 256,
});
const { message } = answer.choices[0] ?? {};
for (const call of message?.tool_calls ?? []) {
  if (call.type === "function") console.log(call.function.name, call.function.arguments);
}
if (message?.content) console.log(message.content);
