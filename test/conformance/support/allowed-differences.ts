import type { Exchange } from "./recorder.ts";
import type { Json } from "./spec-documents.ts";

export interface Part {
  kind: "whole" | "chunk";
  /** Checked against a document of a dated version. */
  isDated: boolean;
  exchange: Exchange;
}

/**
 * A place where the service's own answers differed from its documents, and the service is followed. `asDocumented` rewrites such
 * an answer to what the document says and tells whether it had to; everything else in it is still checked.
 */
interface AllowedDifference {
  reason: string;
  asDocumented(value: Json, part: Part): boolean;
}

const isGrounded = (value: Json): boolean => String(value["object"]).startsWith("extensions.");

/** The choices of an answer or chunk, to be changed in place. */
function choicesOf(value: Json): Json[] {
  return Array.isArray(value["choices"]) ? (value["choices"] as Json[]) : []; // as every document has it
}

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
      "On Your Data answers say `extensions.chat.completion` and `….chunk` where the documents' enum has only `chat.completion`.",
    asDocumented(value) {
      if (!isGrounded(value)) return false;
      value["object"] = String(value["object"]).replace("extensions.", "");
      return true;
    },
  },
];
