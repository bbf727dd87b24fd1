import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { parseArgs } from "node:util";

import { type Client, createClient } from "../../client/http-client.ts";
import { ConfigurationError } from "../../config/configuration-error.ts";
import { readEnvironment } from "../../config/env.ts";
import { parseConfiguration } from "../../config/file.ts";
import { type LoadedSettings, loadSettings } from "../../config/load.ts";
import { diagnoseConfiguration } from "../../doctor-services.ts";
import type { DiagnosisBody, DiagnosisRequest } from "../../protocol/diagnosis.ts";
import { isObject } from "../../protocol/validation.ts";
import { parseJson } from "../../util/parse-json.ts";
import { convertSampleApp, isSampleApp } from "../sample-app/convert.ts";
import { printConfiguration } from "../sample-app/print.ts";
import { readVariables } from "../sample-app/read-variables.ts";
import { diagnosisTable } from "../diagnosis-table.ts";
import { printable } from "../terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Looks at everything that answers need, and says of each thing that is broken what to do: every data source (network, TLS,
credentials, rights, index, fields, vector dimensions, one real search), every deployment and embedding model, the data
folder, the disk, the code interpreter. Without --url it reads the configuration as \`groundwire serve\` does; no server needs
to run. No secret is printed.

Usage: groundwire doctor [options]
       groundwire doctor <request.json | -> [options]   a chat request with data_sources, as an application sends it
       groundwire doctor <sample.env | ->               settings of Microsoft's sample application (an environment file, or
                                                        what \`az webapp config appsettings list\` prints): prints the
                                                        groundwire.yaml that does the same

  --question <text>     what the sources are asked (a request's own question)
  --deployment <name>   a deployment to try beside the configured ones; of a request, where its path names it
  --url <url>           ask the server that runs there, with a key of the scope admin
  --key <key>           its API key
  --json                print the findings as JSON

Exit code: 0 when nothing failed, 1 when something did, 2 when called wrongly.

Examples: groundwire doctor
          groundwire doctor request.json
          pbpaste | groundwire doctor - --json
          groundwire doctor .env > groundwire.yaml
`;

const OPTIONS = {
  question: { type: "string" },
  deployment: { type: "string" },
  url: { type: "string" },
  key: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const [path, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`What is '${surplus}'? One file at a time.`);
  const text = path === undefined ? null : await readInput(path);
  const request = path === undefined || text === null ? null : readRequest(text, path);
  if (request instanceof Map) return migrate(request);
  const { question, deployment, url, key } = values;
  const asked: DiagnosisRequest = {
    ...(request === null ? {} : { request }),
    ...(question === undefined ? {} : { question }),
    ...(deployment === undefined ? {} : { deployment }),
  };
  const diagnosis =
    url === undefined
      ? await diagnoseHere(asked, signal)
      : await clientAt(url, { key, signal }).diagnose(asked);
  process.stdout.write(
    values.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : printable(diagnosisTable(diagnosis)),
  );
  return diagnosis.status === "failed" ? EXIT.failed : EXIT.ok;
}

function clientAt(
  url: string,
  { key, signal }: { key: string | undefined; signal: AbortSignal },
): Client {
  const own = key ?? readEnvironment()["GROUNDWIRE_API_KEY"];
  return createClient({
    url: url.replace(/\/+$/u, ""),
    signal,
    ...(own === undefined ? {} : { key: own }),
  });
}

/** What keeps a server from starting is a finding, too. */
async function diagnoseHere(asked: DiagnosisRequest, signal: AbortSignal): Promise<DiagnosisBody> {
  let loaded: LoadedSettings;
  try {
    loaded = loadSettings(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return notLoaded(error);
  }
  return diagnoseConfiguration(loaded, asked, signal);
}

function notLoaded({ message }: ConfigurationError): DiagnosisBody {
  return {
    object: "groundwire.diagnosis",
    status: "failed",
    ms: 0,
    targets: [
      {
        kind: "server",
        name: "server",
        type: null,
        status: "failed",
        checks: [
          {
            name: "configuration",
            status: "failed",
            ms: 0,
            detail: message,
            next_step: "Correct what it names; nothing else can be looked at before.",
          },
        ],
      },
    ],
  };
}

async function readInput(path: string): Promise<string> {
  if (path === "-") return textOf(process.stdin);
  return readFile(path, "utf8");
}

/** Prints nothing that would not load. */
function migrate(variables: ReadonlyMap<string, string>): number {
  const conversion = convertSampleApp(variables);
  const text = printConfiguration(conversion);
  // What a directory is to be named by may not be known yet; the loader asks for it where it is served.
  const environment = { AZURE_TENANT_ID: PLACEHOLDER, ...Object.fromEntries(variables) };
  parseConfiguration(text, { path: "groundwire.yaml", environment });
  process.stdout.write(printable(text));
  return conversion.isComplete ? EXIT.ok : EXIT.failed;
}

const PLACEHOLDER = "00000000-0000-0000-0000-000000000000";

/** A request or, by their names, the variables of the sample application. */
function readRequest(given: string, path: string): Record<string, unknown> | Map<string, string> {
  const text = given.replace(/^\uFEFF/u, "");
  const request = parseJson(text);
  if (isObject(request)) return request;
  const variables = readVariables(text);
  if (isSampleApp(variables)) return variables;
  throw new UsageError(
    `${path === "-" ? "Standard input" : path} is no JSON object. Give the body of a chat request, or the environment file of the sample application.`,
  );
}
