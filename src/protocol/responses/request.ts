import { z } from "zod";
import { reasoningEffortSchema } from "../chat.ts";
import { listQuery } from "../lists.ts";
import { withoutNulls } from "../validation.ts";
import { inputItemSchema } from "./items.ts";

/** Largest number of items one request carries. */
const MOST_ITEMS = 2_000;

/** Hundreds of bits of randomness follow the prefix; what does not look like one of ours cannot be known. */
export const responseIdSchema = z.string().regex(/^resp_[A-Za-z0-9]{1,100}$/u, {
  error: (issue) =>
    `'${String(issue.input).slice(0, 100)}' is no id of a response: it should begin with 'resp_'`,
});

const functionTool = z.object({
  type: z.literal("function"),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

/** Checked by the schema of chat completions, which takes the same settings. */
const fileSearchTool = z.looseObject({ type: z.literal("file_search") });

const codeInterpreterTool = z.object({
  type: z.literal("code_interpreter"),
  container: z
    .union(
      [z.string(), z.object({ type: z.literal("auto"), file_ids: z.array(z.string()).nullish() })],
      { error: "Input should be an id of a container, or an object of type 'auto'" },
    )
    .nullish(),
});

const tool = z.discriminatedUnion("type", [functionTool, fileSearchTool, codeInterpreterTool], {
  error: "Supported values of 'type' are: 'function', 'file_search' and 'code_interpreter'",
});

const namedTool = z.object({ type: z.string(), name: z.string().optional() });

const toolChoice = z.union(
  [
    z.enum(["none", "auto", "required"]),
    z.object({
      type: z.literal("allowed_tools"),
      mode: z.enum(["auto", "required"]),
      tools: z.array(namedTool).min(1),
    }),
    // Without its mode and its tools, what is allowed cannot be told.
    namedTool.refine(({ type }) => type !== "allowed_tools"),
  ],
  { error: "Input should be 'none', 'auto', 'required' or an object" },
);

const format = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.enum(["text", "json_object"]) }),
    z.object({
      type: z.literal("json_schema"),
      name: z.string().min(1),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    }),
  ],
  { error: "Supported values of 'type' are: 'text', 'json_object' and 'json_schema'" },
);

/** The body of `POST /openai/v1/responses`. Keys that chat completions knows by the same name stand behind as they came. */
export const createResponseSchema = z.preprocess(
  withoutNulls,
  z.looseObject({
    model: z.string().min(1),
    input: z.preprocess(
      (value) => (typeof value === "string" ? [{ role: "user", content: value }] : value),
      z.array(inputItemSchema).max(MOST_ITEMS),
    ),
    instructions: z.string().optional(),
    previous_response_id: responseIdSchema.optional(),
    tools: z.array(tool).max(128).default([]),
    tool_choice: toolChoice.default("auto"),
    parallel_tool_calls: z.boolean().default(true),
    text: z
      .object({
        format: format.nullish(),
        verbosity: z.enum(["low", "medium", "high"]).nullish(),
      })
      .optional(),
    reasoning: z
      .object({ effort: reasoningEffortSchema.nullish(), summary: z.string().nullish() })
      .optional(),
    max_output_tokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    truncation: z.enum(["auto", "disabled"]).default("disabled"),
    metadata: z.record(z.string().max(64), z.string().max(512)).default({}),
    include: z.array(z.string()).max(20).default([]),
    store: z.boolean().default(true),
    stream: z.boolean().default(false),
    background: z.boolean().default(false),
    user: z.string().optional(),
    safety_identifier: z.string().optional(),
    prompt_cache_key: z.string().optional(),
  }),
);

export type CreateResponse = z.output<typeof createResponseSchema>;
export type ResponseTool = z.output<typeof tool>;

/** Query of `GET …/responses/{id}/input_items`. */
export const inputItemsQuerySchema = listQuery({ max: 100, byDefault: 20 });
