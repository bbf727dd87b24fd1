/**
 * Method 3: a file for the code interpreter. A model writes Python and has it run; without a model the table is summarised. Files
 * that the code makes are under /files.
 */
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
const answer = await client.chat.completions.create(request as never);
const text = answer.choices[0]?.message.content ?? "";
console.log(text);

for (const [, id = ""] of text.matchAll(/\/files\/([\w-]+)\/content/gu)) {
  const { filename, bytes, purpose } = await client.files.retrieve(id);
  console.log(filename, `${bytes} bytes`, purpose);
}
