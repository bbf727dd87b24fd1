import { randomUUID } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Exchange } from "./recorder.ts";
import type { Verdict } from "./spec-validator.ts";

/** Where test files leave what they have seen, for the report; nowhere unless the report runs them. */
const FOLDER = process.env["GROUNDWIRE_CONFORMANCE_TALLY"];

export interface Tally {
  /** Operations the server describes in its own `/openapi.json`: `GET /openai/v1/files/{id}`. */
  served: string[];
  checked: CheckedExchange[];
}

export interface CheckedExchange {
  exchange: Omit<Exchange, "body">;
  verdicts: Verdict[];
}

export async function writeTally({ served, checked }: Tally): Promise<void> {
  if (!FOLDER) return;
  const short: Tally = {
    served,
    checked: checked.map(({ exchange, verdicts }) => ({
      exchange: { ...exchange, body: undefined },
      verdicts,
    })),
  };
  await writeFile(join(FOLDER, `${randomUUID()}.json`), JSON.stringify(short));
}

export async function readTallies(folder: string): Promise<Tally[]> {
  const files = await readdir(folder);
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as Tally), // written above
  );
}
