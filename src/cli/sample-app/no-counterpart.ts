import type { Variables } from "./variables.ts";

/** Variables that `groundwire.yaml` has nothing for, and why. The first that fits counts. */
const GROUPS: readonly [names: RegExp, why: string][] = [
  [
    /^AZURE_OPENAI_(?:TEMPERATURE|TOP_P|MAX_TOKENS|STOP_SEQUENCE|STREAM|SEED|CHOICES_COUNT|USER|TOOLS|TOOL_CHOICE|LOGIT_BIAS|PRESENCE_PENALTY|FREQUENCY_PENALTY)$/u,
    "requests say it themselves",
  ],
  [
    /^AZURE_OPENAI_(?:PREVIEW_)?API_VERSION$/u,
    "requests may come in any version, and the model is asked in one that knows them",
  ],
  [
    /^AZURE_OPENAI_(?:FUNCTION|SYSTEM_MESSAGE)/u,
    "without a data source requests say it themselves",
  ],
  [/^PROMPTFLOW/u, "prompt flows are not served"],
  [
    /^AZURE_SQL_SERVER_/u,
    "SQL Server was a private preview of the service and is not served; ingest its texts into a vector store",
  ],
  [
    /^AZURE_COSMOSDB_(?!MONGO_VCORE_)/u,
    "conversations are kept in the data folder (docs/conversations.md); those of before are not taken over",
  ],
  [/^UI_|^(?:PRECANNED_PROMPT|CHAT_EMPTY_TEXT)/u, "the page has no settings of its look"],
  [
    /^AUTH_/u,
    "the sign-in belonged to the App Service; here keys or tokens of Microsoft Entra let in (docs/authentication.md)",
  ],
  [/^AZURE_SEARCH_INDEX_IS_PRECHUNKED$/u, "it had no effect"],
  [
    /^(?:AZURE_SEARCH|AZURE_COSMOSDB_MONGO_VCORE|ELASTICSEARCH|PINECONE|AZURE_ML(?:INDEX)?|MONGODB|SEARCH)_/u,
    "it is of a source that is not searched, or had no effect",
  ],
  [
    /^(?:DEBUG|SANITIZE_ANSWER|MS_DEFENDER_ENABLED|WEBSITE_|SCM_|APPLICATIONINSIGHTS)/u,
    "it is of the application or of its host",
  ],
];
const UNKNOWN = "it is not known";

/** One note for each reason, with the names it is for. */
export function notesOn(variables: Variables): void {
  const byReason = Map.groupBy(
    variables.unread(),
    (name) => GROUPS.find(([names]) => names.test(name))?.[1] ?? UNKNOWN,
  );
  for (const [reason, names] of byReason) {
    variables.note(`${names.join(", ")}: left out; ${reason}.`);
  }
}
