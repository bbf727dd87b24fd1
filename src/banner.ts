import type { Settings } from "./config/settings.ts";
import type { WayIn } from "./services.ts";
import { SAMPLE_QUESTION, SAMPLE_STORE } from "./samples.ts";

/** What a started server says to the person who started it: where, with what, and one command that works as printed. */
export function bannerOf(
  settings: Settings,
  { url, wayIn }: { url: string; wayIn: WayIn },
): string {
  return [
    "",
    `Groundwire   ${url}`,
    `data         ${settings.dataDir}`,
    `answers      ${answererOf(settings)}`,
    `search       ${settings.embeddingDeployment === null ? "words (BM25)" : `words and vectors (${settings.embeddingDeployment})`}`,
    "",
    ...(wayIn === "sign-in" ? [`Sign in and ask: ${url}`] : exampleOf(url, wayIn)),
    "",
  ].join("\n");
}

function exampleOf(url: string, wayIn: WayIn): string[] {
  const key = wayIn === "key" ? ` -H "api-key: $GROUNDWIRE_API_KEY"` : "";
  const body = JSON.stringify({
    model: "groundwire",
    messages: [{ role: "user", content: SAMPLE_QUESTION }],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: SAMPLE_STORE.id } }],
  });
  return [
    "Ask the sample handbook:",
    `curl -s ${url}/openai/v1/chat/completions -H "content-type: application/json"${key} -d '${body}'`,
  ];
}

function answererOf({ deployments, upstream }: Settings): string {
  const names = Object.keys(deployments);
  const others = serverOf(upstream);
  if (names.length > 0)
    return [names.join(", "), ...(others === null ? [] : [others])].join(" and ");
  return others ?? "built in, extractive (no model configured)";
}

function serverOf(upstream: Settings["upstream"]): string | null {
  if (upstream === null) return null;
  return upstream.type === "azure_openai"
    ? `Azure OpenAI at ${upstream.endpoint}`
    : `models at ${upstream.baseUrl}`;
}
