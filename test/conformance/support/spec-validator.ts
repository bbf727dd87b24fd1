import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { createSseDecoder, DONE } from "../../../src/protocol/sse.ts";
import { ALLOWED, type Part } from "./allowed-differences.ts";
import type { Exchange } from "./recorder.ts";
import type { Json, SpecDocument, SpecDocuments } from "./spec-documents.ts";

/** How one answer stands to one document. */
export interface Verdict {
  /** `POST /files`, with the path as the documents write it for v1. */
  endpoint: string;
  document: string;
  /** JSON values checked: one, or the chunks of a stream. */
  checked: number;
  violations: Violation[];
  /** Reasons of the known differences that were met. */
  allowed: string[];
}

export interface Violation {
  /** Where and what, with positions in lists left out. */
  problem: string;
  /** Beginning of the JSON it was found in. */
  sample: string;
}

export interface SpecValidator {
  /** One verdict for each document that describes this operation. */
  verdictsOn(exchange: Exchange): Verdict[];
}

const LONGEST_SAMPLE = 500;
const DEPLOYMENT = "/deployments/{deployment-id}";

/** Where an exchange belongs: its path below the prefix of its route. */
export function routeOf({ path }: Pick<Exchange, "path">): { isV1: boolean; path: string } {
  const isV1 = path.startsWith("/openai/v1/");
  return { isV1, path: path.replace(isV1 ? "/openai/v1" : "/openai", "") };
}

/** The name of an operation on every route: `POST /chat/completions`. */
export function endpointOf(operation: string): string {
  return operation.replace(DEPLOYMENT, "").replace("{fine_tuning_job_id}", "{id}");
}

export function createSpecValidator({ dated, v1 }: SpecDocuments): SpecValidator {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateSchema: false,
    logger: false,
  });
  addFormats.default(ajv);
  for (const { name, document } of [...dated, ...v1]) ajv.addSchema(document, idOf(name));
  const compiled = new Map<string, ValidateFunction>();

  function validatorFor(document: SpecDocument, pointer: string): ValidateFunction {
    const reference = `${idOf(document.name)}#${pointer}`;
    const known = compiled.get(reference);
    if (known) return known;
    const validate = ajv.compile({ $ref: reference });
    compiled.set(reference, validate);
    return validate;
  }

  /** Newest document up to the version that has the operation, then the first later one, then those of v1. */
  function documentsFor(exchange: Exchange): { document: SpecDocument; operation: string }[] {
    const { isV1, path } = routeOf(exchange);
    const found = (documents: SpecDocument[]) =>
      documents.flatMap((document) => {
        const operation = operationIn(document, exchange.method, path);
        return operation === null ? [] : [{ document, operation }];
      });
    if (isV1) return found(v1);
    const candidates = found(dated);
    const version = exchange.apiVersion ?? "";
    const upTo = candidates.findLast(({ document }) => (document.version ?? "") <= version);
    const nearest = upTo ?? candidates[0];
    return nearest ? [nearest] : found(v1).slice(0, 1);
  }

  /** Documents before 2024-10-21 name no chunk; the first that does stands in for them. */
  function schemaFor(
    exchange: Exchange,
    at: { document: SpecDocument; operation: string },
  ): { document: SpecDocument; pointer: string } | null {
    const isStream = exchange.contentType.startsWith("text/event-stream");
    const own = pointerOf(at, exchange, isStream);
    if (own !== null || !isStream) return own === null ? null : { ...at, pointer: own };
    for (const document of dated) {
      if ((document.version ?? "") < (at.document.version ?? "")) continue;
      const pointer = pointerOf({ document, operation: at.operation }, exchange, isStream);
      if (pointer !== null) return { document, pointer };
    }
    return null;
  }

  return {
    verdictsOn(exchange) {
      return documentsFor(exchange).map((at): Verdict => {
        const verdict: Verdict = {
          endpoint: endpointOf(at.operation),
          document: at.document.name,
          checked: 0,
          violations: [],
          allowed: [],
        };
        const schema = schemaFor(exchange, at);
        if (schema === null || exchange.body === null) return verdict;
        const validate = validatorFor(schema.document, schema.pointer);
        for (const { kind, text } of partsOf(exchange)) {
          const value = JSON.parse(text) as Json; // what is no object fails below
          // An error ends a stream in a chunk's place; its form is that of a body.
          if (kind === "chunk" && "error" in value) continue;
          verdict.checked += 1;
          for (const { reason, asDocumented } of ALLOWED) {
            if (asDocumented(value, { kind, document: schema.document.name, exchange }))
              verdict.allowed.push(reason);
          }
          if (validate(value)) continue;
          verdict.violations.push(
            ...(validate.errors ?? []).map((error) => ({
              problem: describe(error),
              sample: text.slice(0, LONGEST_SAMPLE),
            })),
          );
        }
        return verdict;
      });
    },
  };
}

function idOf(name: string): string {
  return `spec:/${name.replaceAll(" ", "-")}`;
}

/** The operation whose template this path fits; a literal step is better than a parameter. */
function operationIn(document: SpecDocument, method: string, path: string): string | null {
  const steps = path.split("/");
  const fitting = [...document.operations.keys()].filter((operation) => {
    const [operationMethod, template = ""] = operation.split(" ");
    const templateSteps = template.split("/");
    return (
      operationMethod === method &&
      templateSteps.length === steps.length &&
      templateSteps.every((step, index) => step.startsWith("{") || step === steps[index])
    );
  });
  const parameters = (operation: string): number => operation.split("{").length;
  return fitting.toSorted((left, right) => parameters(left) - parameters(right))[0] ?? null;
}

/** JSON pointer to the schema of this answer; null when the document has none for it. */
function pointerOf(
  { document, operation }: { document: SpecDocument; operation: string },
  { status }: Exchange,
  isStream: boolean,
): string | null {
  const responses = document.operations.get(operation);
  if (responses === undefined) return null;
  // Uploads answer 201 on dated routes, where the document at hand may know the 200 of v1 only.
  const success = status < 300 ? ["200", "201"] : [];
  const key = [String(status), ...success, ...(status >= 400 ? ["default"] : [])].find(
    (candidate) => candidate in responses,
  );
  if (key === undefined) return null;
  const content = (responses[key] as { content?: Record<string, { schema?: Json }> }).content;
  const type =
    isStream && content?.["text/event-stream"] ? "text/event-stream" : "application/json";
  const schema = content?.[type]?.schema;
  if (schema === undefined) return null;
  const alternatives = (schema["anyOf"] as Json[] | undefined) ?? [schema]; // of a schema
  const references = alternatives.map((alternative) => alternative["$ref"]);
  const isOfChunks = (reference: unknown): boolean =>
    /Stream(?:ing)?Response/u.test(String(reference));
  const chosen = references.findIndex((reference) => isOfChunks(reference) === isStream);
  if (chosen === -1) return null;
  const reference = references[chosen];
  if (typeof reference === "string") return reference.slice(1);
  const [method = "", path = ""] = operation.split(" ");
  const steps = ["paths", path, method.toLowerCase(), "responses", key, "content", type, "schema"];
  return `/${steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
}

function partsOf({ body, contentType }: Exchange): { kind: Part["kind"]; text: string }[] {
  if (contentType.startsWith("application/json")) return [{ kind: "whole", text: body ?? "" }];
  if (!contentType.startsWith("text/event-stream")) return [];
  const decoder = createSseDecoder();
  const events = [...decoder.push(Buffer.from(body ?? "")), ...decoder.end()];
  return events
    .filter(({ data }) => data !== DONE)
    .map(({ data }) => ({ kind: "chunk", text: data }));
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const path = instancePath.replaceAll(/\/\d+/gu, "/*");
  return `${path || "/"} ${message ?? ""} ${JSON.stringify(params)}`;
}
