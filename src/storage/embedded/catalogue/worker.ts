import { parentPort, workerData } from "node:worker_threads";

import { type Methods, serveMethods } from "../../../util/worker-rpc.ts";
import { openDatabase, sqlOf } from "../database.ts";
import { fileRecords } from "./files.ts";
import { jobQueue } from "./jobs.ts";
import { CATALOGUE_MIGRATIONS } from "./schema.ts";
import { vectorStoreRecords } from "./vector-stores.ts";

/** What the catalogue thread offers: the methods of each concept under `concept.method`. */
const { path } = workerData as { path: string };
const database = openDatabase(path, { durability: "FULL", migrations: CATALOGUE_MIGRATIONS });
const sql = sqlOf(database);
const concepts = {
  files: fileRecords(sql),
  vectorStores: vectorStoreRecords(sql),
  jobs: jobQueue(sql),
};

const methods: Methods = { close: () => database.close() };
for (const [concept, records] of Object.entries(concepts)) {
  for (const [name, method] of Object.entries(records))
    methods[`${concept}.${name}`] = method as Methods[string];
}
if (parentPort) serveMethods(parentPort, methods);
