import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import type { JsonClient, JsonReply } from "../../upstream/json-client.ts";
import { statusError } from "../source-errors.ts";

/** One index, or what an alias, a data stream or a pattern stands for, on one server. */
export interface Engine {
  readonly url: URL;
  /** For messages: `index 'policies'`. */
  readonly place: string;
  /** `path` follows the index: `_mapping`. Answers whatever status there is. */
  ask(path: string, options: { body?: unknown; signal: AbortSignal }): Promise<JsonReply>;
  /** The error that an answer with an error status is. */
  refusal(reply: JsonReply): GroundwireError;
}

export function openEngine(
  { endpoint, indexName, authentication }: ElasticsearchSource,
  http: JsonClient,
): Engine {
  const url = new URL(`${endpoint}/`);
  const place = `index '${indexName.slice(0, 255)}'`;
  // They would be taken for steps within the path.
  if (indexName === "." || indexName === "..") {
    throw new GroundwireError("data_source_invalid", `elasticsearch: there can be no ${place}.`);
  }
  const headers = { authorization: `ApiKey ${encodedKey(authentication)}` };
  return {
    url,
    place,
    ask: (path, { body, signal }) =>
      http.request({
        url: new URL(`${encodeURIComponent(indexName)}/${path}`, url),
        headers,
        body,
        signal,
      }),
    refusal(reply) {
      const { type, reason } = failureIn(reply.body);
      return statusError(reply, {
        subject: "elasticsearch",
        url,
        place,
        explanation: reason ?? reply.text,
        ...adviceFor(reply, type),
      });
    },
  };
}

function encodedKey(authentication: ElasticsearchSource["authentication"]): string {
  if (authentication.type === "encoded_api_key") return authentication.encodedApiKey;
  return Buffer.from(`${authentication.keyId}:${authentication.key}`).toString("base64");
}

/** `{"error":{"root_cause":[{"type","reason"}],"type","reason"}}`, or `{"error":"text"}` where a path is not known. */
function failureIn(body: unknown): { type: string; reason: string | null } {
  const error = isObject(body) ? body["error"] : undefined;
  if (!isObject(error)) return { type: "", reason: typeof error === "string" ? error : null };
  const causes: unknown = error["root_cause"];
  const [root] = Array.isArray(causes) ? (causes as unknown[]) : [];
  const { type, reason } = isObject(root) ? root : error;
  if (typeof type !== "string") return { type: "", reason: null };
  return { type, reason: typeof reason === "string" ? `${type}: ${reason}` : type };
}

function adviceFor(
  { status, headers }: JsonReply,
  type: string,
): Pick<ErrorDetails, "advice" | "aspect"> {
  if (status === 401) {
    return { advice: "Check 'authentication': the API key is unknown there, or has expired." };
  }
  if (status === 403) {
    return {
      advice:
        "Check 'index_name', and give the API key the index privileges 'read' and 'view_index_metadata' for it.",
    };
  }
  if (type === "index_not_found_exception") return { advice: "Check 'index_name'." };
  if (type === "resource_not_found_exception") {
    return { advice: "Check 'model_id'.", aspect: "embedding" };
  }
  // Elasticsearch names itself in every answer since 7.14.
  if (status < 500 && headers["x-elastic-product"] === undefined) {
    return {
      advice: "Check 'endpoint': what answers there does not say that it is Elasticsearch.",
    };
  }
  return {};
}
