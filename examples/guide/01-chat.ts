/** A chat with a reasoning model, parameters and all. */
import { client, model } from "../connect.ts";

const answer = await client.chat.completions.create({
  model,
  messages: [
    { role: "developer", content: "You are a friendly chatbot. Answer briefly." },
    { role: "user", content: "What is the highest mountain in the world?" },
  ],
  // A reasoning model knows neither of these two; Groundwire leaves them out and says so in a header.
  max_tokens: 500,
  temperature: 0.7,
  reasoning_effort: "medium",
  max_completion_tokens: 256,
});
console.log(answer.choices[0]?.message.content);
