import { parentPort, workerData } from "node:worker_threads";

import { openDatabase, sqlOf } from "../../storage/embedded/database.ts";
import { type Methods, serveOpened } from "../../util/worker-rpc.ts";
import { mayHold } from "../signature.ts";
import { conversationRecords } from "./conversations.ts";
import { CONVERSATION_MIGRATIONS } from "./schema.ts";

/** What the thread of the conversations offers: the methods of the store. */
// Given by `openSqliteConversations`.
const { path } = workerData as { path: string };

function openMethods(): Methods {
  const database = openDatabase(path, { durability: "FULL", migrations: CONVERSATION_MIGRATIONS });
  // One process at a time holds the data folder: turns that are still open are those of one that was killed.
  database.exec("UPDATE conversations SET turn_token = NULL WHERE turn_token IS NOT NULL");
  // Blobs as `listConversations` passes them: bytes that begin where their buffer does.
  database.function("may_hold", { deterministic: true }, (signature, probe) => {
    const [bits, hashes] = [signature, probe] as Uint8Array[];
    return bits && hashes && mayHold(bits, new Uint32Array(hashes.buffer)) ? 1 : 0;
  });
  return {
    ...(conversationRecords(sqlOf(database)) as unknown as Methods), // called with the store's own arguments
    close: () => database.close(),
  };
}

serveOpened(parentPort, openMethods);
