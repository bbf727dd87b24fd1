import type { Exchange } from "./recorder.ts";
import type { Json } from "./spec-documents.ts";

export interface Part {
  kind: "whole" | "chunk";
  /** Name of the document it is checked against. */
  document: string;
  exchange: Exchange;
}

/**
 * A place where the service's own answers differ from its documents, or the documents from themselves, and the service is
 * followed. `asDocumented` rewrites such an answer to what the document says and tells whether it had to; everything else in it is
 * still checked.
 */
interface AllowedDifference {
  reason: string;
  asDocumented(value: Json, part: Part): boolean;
}

const isDated = ({ document }: Part): boolean => document.startsWith("azure 20");
const isOpenAi = ({ document }: Part): boolean => document.startsWith("openai");

export const ALLOWED: AllowedDifference[] = [
  {
    reason:
      "Azure's chunk about the prompt's filters has an empty `object`, `id` and `model` and no choices; it goes on as the model sends it.",
    asDocumented(value) {
      if (value["object"] !== "" || !("prompt_filter_results" in value)) return false;
      value["object"] = "chat.completion.chunk";
      return true;
    },
  },
  {
    reason:
      "On Your Data answers say `extensions.chat.completion` and `….chunk` where the documents' enum has only `chat.completion`, and have no `logprobs` and `refusal`, which documents from 2024-10-21 on require.",
    asDocumented(value) {
      const object = String(value["object"]);
      if (!object.startsWith("extensions.")) return false;
      value["object"] = object.replace("extensions.", "");
      for (const choice of objectsIn(value["choices"])) {
        choice["logprobs"] ??= null;
        if (isObject(choice["message"])) choice["message"]["refusal"] ??= null;
      }
      return true;
    },
  },
  {
    reason: "`context.all_retrieved_documents` is a list; the document of Azure's v1 says object.",
    asDocumented(value, { document }) {
      if (document !== "azure-foundry-v1") return false;
      const contexts = objectsIn(value["choices"]).flatMap(({ message, delta }) =>
        objectsIn([message, delta]).flatMap(({ context }) => objectsIn([context])),
      );
      return some(contexts, (context) => {
        if (!Array.isArray(context["all_retrieved_documents"])) return false;
        [context["all_retrieved_documents"]] = context["all_retrieved_documents"];
        return true;
      });
    },
  },
  {
    reason:
      "Errors of the model layer have a `type` such as `invalid_request_error` and may have no `code`; the document of Azure's v1 has the type `error` only and a code always.",
    asDocumented({ error }, { document }) {
      if (document !== "azure-foundry-v1" || !isObject(error) || !("type" in error)) return false;
      error["type"] = "error";
      error["code"] ??= "";
      return true;
    },
  },
  {
    reason:
      "Errors of the gateway are `code` and `message` alone; the document of OpenAI requires `type` and `param` of every error.",
    asDocumented({ error }, part) {
      if (!isOpenAi(part) || !isObject(error) || "type" in error) return false;
      Object.assign(error, { type: "", param: null });
      return true;
    },
  },
  {
    reason:
      "Errors of On Your Data are `requestid`, a number as `code`, and `message`, where documents have a text as `code`.",
    asDocumented({ error }, part) {
      if (!isObject(error) || typeof error["code"] !== "number") return false;
      error["code"] = String(error["code"]);
      if (!isDated(part)) Object.assign(error, { type: "error", param: "" });
      return true;
    },
  },
  {
    reason:
      "Embeddings are base64 when that was asked for; most documents know lists of numbers only.",
    asDocumented(value) {
      return some(objectsIn(value["data"]), (item) => {
        if (typeof item["embedding"] !== "string") return false;
        item["embedding"] = [...Buffer.from(item["embedding"], "base64")];
        return true;
      });
    },
  },
  {
    reason:
      "A vector store is required to have `bytes` by Azure's dated documents, which describe `usage_bytes` and no `bytes`.",
    asDocumented(value, part) {
      if (!isDated(part)) return false;
      return some(itemsOf(value, "vector_store"), (store) => {
        store["bytes"] = store["usage_bytes"];
        return true;
      });
    },
  },
  {
    reason: "A vector store created without a name has the name null, where documents say string.",
    asDocumented(value) {
      return some(itemsOf(value, "vector_store"), (store) => {
        if (store["name"] !== null) return false;
        store["name"] = "";
        return true;
      });
    },
  },
  {
    reason:
      "Files may be for `user_data` or `vision` on every route; Azure's document has neither.",
    asDocumented(value, part) {
      if (isOpenAi(part)) return false;
      return some(itemsOf(value, "file"), (file) => {
        if (file["purpose"] !== "user_data" && file["purpose"] !== "vision") return false;
        file["purpose"] = "assistants";
        return true;
      });
    },
  },
  {
    reason:
      "A response in the background may be cancelled, which Azure's document of 2025-03-01-preview does not know; nor does it know errors without a `code` there.",
    asDocumented(value, { document }) {
      if (document !== "azure 2025-03-01-preview") return false;
      if (isObject(value["error"]) && value["error"]["code"] === null) {
        value["error"]["code"] = "";
        return true;
      }
      if (value["object"] !== "response" || value["status"] !== "cancelled") return false;
      value["status"] = "incomplete";
      return true;
    },
  },
  {
    reason:
      "Code of the code interpreter is told in responses; Azure's document of 2025-03-01-preview knows neither the tool nor its calls.",
    asDocumented(value, { document }) {
      if (document !== "azure 2025-03-01-preview" || value["object"] !== "response") return false;
      const isKnown = ({ type }: Json): boolean =>
        type !== "code_interpreter" && type !== "code_interpreter_call";
      return some([value], (response) => {
        const tools = objectsIn(response["tools"]);
        const output = objectsIn(response["output"]);
        if ([...tools, ...output].every(isKnown)) return false;
        response["tools"] = tools.filter(isKnown);
        response["output"] = output.filter(isKnown);
        return true;
      });
    },
  },
  {
    reason:
      "The `user` of a response that has none is null, as Azure's v1 requires; other documents say string.",
    asDocumented(value, { document }) {
      if (document === "azure-foundry-v1" || value["object"] !== "response") return false;
      if (value["user"] !== null) return false;
      value["user"] = "";
      return true;
    },
  },
];

/** The object itself, or those of a list, when they are of this kind. */
function itemsOf(value: Json, object: string): Json[] {
  return [value, ...objectsIn(value["data"])].filter((item) => item["object"] === object);
}

function objectsIn(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rewrites all, and tells whether there was any to rewrite. */
function some(items: Json[], rewrite: (item: Json) => boolean): boolean {
  return items.filter(rewrite).length > 0;
}
