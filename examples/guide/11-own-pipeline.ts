/**
 * The guide's Method 2: own preprocessing, own embedding, own storage, and context injected into the messages.
 *
 *   OPENAI_BASE_URL=http://127.0.0.1:8000/v1 EMBEDDING_MODEL=… CHAT_MODEL=… node examples/guide/11-own-pipeline.ts handbook.pdf "question"
 *
 * Without OPENAI_BASE_URL it searches by words and prints the messages it would send.
 */
import { chunk, embed, extract, index, search } from "groundwire/ingest";
import OpenAI from "openai";

const [path = "samples/it-security.pdf", question = "How long must a password be?"] =
  process.argv.slice(2);
const {
  OPENAI_BASE_URL: baseUrl,
  OPENAI_API_KEY: apiKey = null,
  EMBEDDING_MODEL,
  CHAT_MODEL = "o1",
} = process.env;

// 1. Preprocessing: text with pages and headings, then passages.
const document = chunk(await extract(path));

// 2. Embedding, when there is a model for it.
const embedTexts = async (texts: string[]): Promise<Float32Array[] | undefined> =>
  baseUrl && EMBEDDING_MODEL
    ? embed(texts, { type: "openai", baseUrl, apiKey, model: EMBEDDING_MODEL })
    : undefined;
const vectors = await embedTexts(document.passages.map((passage) => passage.text));

// 3. Storage of your own: here a folder.
await using store = await index("./data-own-pipeline");
await store.add("document", document, vectors);

// 4. Retrieval.
const [vector] = (await embedTexts([question])) ?? [];
const hits = await search(store, question, { limit: 3, ...(vector ? { vector } : {}) });

// 5. Context injection.
const context = hits.map(({ passage }) => `${passage.label}: ${passage.text}`).join("\n\n");
const messages = [
  { role: "developer" as const, content: `Answer from this context only.\n\n${context}` },
  { role: "user" as const, content: question },
];
if (baseUrl) {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: apiKey ?? "none" });
  const answer = await client.chat.completions.create({ model: CHAT_MODEL, messages });
  console.log(answer.choices[0]?.message.content);
} else {
  console.log(messages);
}
