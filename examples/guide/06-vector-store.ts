/** Method 1, steps 1 to 3: a store, a file in it, and waiting until it can be searched. */
import { createReadStream } from "node:fs";
import { client } from "../connect.ts";

const path = process.argv[2] ?? new URL("../../samples/it-security.pdf", import.meta.url).pathname;

const store = await client.vectorStores.create({ name: "document-store" });
const file = await client.files.create({ file: createReadStream(path), purpose: "assistants" });
const attached = await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id });
console.log(store.id, file.filename, attached.status);
