import { parentPort, workerData } from "node:worker_threads";

import { type Methods, serveOpened } from "../../../util/worker-rpc.ts";
import { openDatabase, sqlOf } from "../database.ts";
import { fileRecords } from "./files.ts";
import { jobQueue } from "./jobs.ts";
import { keyRecords } from "./keys.ts";
import { responseRecords } from "./responses.ts";
import { CATALOGUE_MIGRATIONS } from "./schema.ts";
import { sessionRecords } from "./sessions.ts";
import { usageRecords } from "./usage.ts";
import { vectorStoreRecords } from "./vector-stores.ts";

/** What the catalogue thread offers: the methods of each concept under `concept.method`. */
// Given by `openCatalogue`.
const { path } = workerData as { path: string };

function openMethods(): Methods {
  const database = openDatabase(path, { durability: "FULL", migrations: CATALOGUE_MIGRATIONS });
  const sql = sqlOf(database);
  const concepts = {
    files: fileRecords(sql),
    vectorStores: vectorStoreRecords(sql),
    jobs: jobQueue(sql),
    keys: keyRecords(sql),
    responses: responseRecords(sql),
    sessions: sessionRecords(sql),
    usage: usageRecords(sql),
  };
  const methods: Methods = { close: () => database.close() };
  for (const [concept, records] of Object.entries(concepts)) {
    for (const [name, method] of Object.entries(records))
      methods[`${concept}.${name}`] = method as Methods[string];
  }
  return methods;
}

serveOpened(parentPort, openMethods);
