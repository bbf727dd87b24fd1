import { type InputItem, inputItemSchema } from "../../protocol/responses/items.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import type { ResponseRecord } from "../../storage/response-records.ts";
import type { HttpServices } from "../services-type.ts";
import { parseJson } from "../../util/parse-json.ts";

/** Longest conversation that is read back, in responses. */
const MOST_RESPONSES = 1_000;

export interface StoredItem {
  id: string;
  [key: string]: unknown;
}

/**
 * Items of the conversation that ends with `previousId`, oldest first.
 * @throws GroundwireError `not_found` when a response of it is not there, or still being written.
 */
export async function readHistory(
  { storage }: HttpServices,
  { tenant, previousId }: { tenant: string; previousId: string | undefined },
): Promise<InputItem[]> {
  if (previousId === undefined) return [];
  const chain = await storage.responses.chain(tenant, previousId, MOST_RESPONSES);
  const [oldest] = chain;
  const missing = oldest === undefined ? previousId : oldest.previousId;
  if (missing !== null) throw previousNotFound(missing, chain.length);
  const unfinished = chain.find(({ isRunning }) => isRunning);
  if (unfinished !== undefined) {
    throw new GroundwireError(
      "invalid_request",
      `Previous response with id '${unfinished.id}' is still being written. Wait until its status is 'completed'.`,
      { param: "previous_response_id" },
    );
  }
  return chain.flatMap((record) => [...inputOf(record), ...outputOf(record)]).map(asInput);
}

/** Items of the request, as they are listed. */
export function inputOf({ input }: ResponseRecord): StoredItem[] {
  return JSON.parse(input) as StoredItem[]; // written by `storedInput`
}

function outputOf({ body }: ResponseRecord): StoredItem[] {
  const parsed = parseJson(body);
  const output = isObject(parsed) ? parsed["output"] : [];
  return Array.isArray(output) ? (output as StoredItem[]) : []; // written by the encoder
}

function asInput(item: StoredItem): InputItem {
  return inputItemSchema.parse(item);
}

/** References replaced by the items they name. @throws GroundwireError `invalid_request` */
export function resolveReferences(input: InputItem[], history: InputItem[]): InputItem[] {
  const known = new Map(history.flatMap((item) => ("id" in item ? [[item.id, item]] : [])));
  return input.flatMap((item, index) => {
    if (item.type !== "item_reference") return [item];
    const named = known.get(item.id);
    if (named !== undefined) return []; // part of the history already
    throw new GroundwireError("invalid_request", `Item with id '${item.id}' not found.`, {
      param: `input[${index}].id`,
    });
  });
}

/** Items of a request as they are kept: each with an id and, as they are listed, with its status. */
export function storedInput(responseId: string, items: InputItem[]): StoredItem[] {
  const suffix = responseId.replace(/^resp_/u, "");
  return items.map((item, index) => ({
    status: "completed",
    ...item,
    id: ("id" in item ? item.id : undefined) ?? `${PREFIXES[item.type]}_${suffix}in${index}`,
    ...(item.type === "message" ? { content: listed(item) } : {}),
  }));
}

const PREFIXES: Record<InputItem["type"], string> = {
  message: "msg",
  function_call: "fc",
  function_call_output: "fco",
  reasoning: "rs",
  file_search_call: "fs",
  code_interpreter_call: "ci",
  item_reference: "ref",
};

/** Words of a listed message are named by who said them. */
function listed({ role, content }: Extract<InputItem, { type: "message" }>): unknown[] {
  return content.map((part) => {
    if (!("text" in part)) return part;
    return role === "assistant"
      ? { type: "output_text", text: part.text, annotations: [], logprobs: [] }
      : { type: "input_text", text: part.text };
  });
}

function previousNotFound(id: string, length: number): GroundwireError {
  const message =
    length >= MOST_RESPONSES
      ? `The conversation is longer than ${MOST_RESPONSES} responses.`
      : `Previous response with id '${id}' not found.`;
  return new GroundwireError("previous_response_not_found", message, {
    param: "previous_response_id",
  });
}
