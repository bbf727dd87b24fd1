/**
 * Method 3: a file for the code interpreter. This version of Groundwire has none yet: it answers with an error that says so.
 */
import { APIError } from "openai";
import { client, model } from "../connect.ts";

const data = new File(["month,visitors\n1,310\n2,280\n"], "data.csv");
const file = await client.files.create({ file: data, purpose: "assistants" });
// A variable: the official types know these fields on other routes only.
const request = {
  model,
  messages: [{ role: "user" as const, content: "Summarise the file data.csv." }],
  tools: [{ type: "code_interpreter" }],
  tool_resources: { code_interpreter: { file_ids: [file.id] } },
};
try {
  const answer = await client.chat.completions.create(request as never);
  console.log(answer.choices[0]?.message.content);
} catch (error) {
  if (!(error instanceof APIError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
