import { z } from "zod";
import { attributeFilterSchema } from "./attribute-filter.ts";
import { rankingOptionsSchema, vectorStoreIdSchema } from "./data-sources/file-search.ts";
import { odataFilterSchema } from "./odata/schema.ts";
import { truncationStrategySchema } from "./truncation.ts";
import { withoutNulls } from "./validation.ts";

/**
 * The body of `POST …/chat/completions` as every api-version, the current OpenAI API and real clients send it.
 * Unknown keys are kept, at the top and inside messages: they belong to the model. Null counts as absent.
 */

const contentPart = z.looseObject({ type: z.string() });

const toolCall = z.preprocess(
  withoutNulls,
  z.looseObject({
    id: z.string().optional(),
    type: z.string().optional(),
    function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
  }),
);

const message = z.preprocess(
  withoutNulls,
  z.looseObject({
    role: z.enum(["developer", "system", "user", "assistant", "tool", "function"]),
    content: z
      .union([z.string(), z.array(contentPart)], {
        error: "Input should be a string or a list of content parts",
      })
      .optional(),
    name: z.string().optional(),
    tool_calls: z.array(toolCall).optional(),
    tool_call_id: z.string().optional(),
  }),
);

const functionTool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), description: z.string().nullish() }),
});

/** Settings stand beside `type` (Responses API) or inside `file_search` (Assistants API). */
const fileSearchSettings = {
  max_num_results: z.int().min(1).max(50).nullish(),
  ranking_options: rankingOptionsSchema.nullish(),
  filters: attributeFilterSchema.nullish(),
  /** Not of either API: the same in OData. */
  filter: odataFilterSchema.nullish(),
};

const fileSearchTool = z.looseObject({
  type: z.literal("file_search"),
  ...fileSearchSettings,
  vector_store_ids: z.array(vectorStoreIdSchema).max(100).nullish(),
  file_search: z.looseObject(fileSearchSettings).nullish(),
});

/** Most files one place may name. */
const MOST_INTERPRETER_FILES = 20;
const interpreterFileIds = z
  .array(z.string().min(1).max(100))
  .max(MOST_INTERPRETER_FILES)
  .nullish();

/** Files stand beside `type`, in a container of type `auto` (Responses API) or in `tool_resources` (Assistants API). */
const codeInterpreterTool = z.looseObject({
  type: z.literal("code_interpreter"),
  container: z
    .union([z.string(), z.looseObject({ file_ids: interpreterFileIds })], {
      error: "Input should be an id of a container, or an object of type 'auto'",
    })
    .nullish(),
  file_ids: interpreterFileIds,
});

const tool = z.discriminatedUnion("type", [functionTool, fileSearchTool, codeInterpreterTool], {
  error: "Supported values of 'type' are: 'function', 'file_search' and 'code_interpreter'",
});

const toolResources = z.looseObject({
  file_search: z
    .looseObject({ vector_store_ids: z.array(vectorStoreIdSchema).max(100).nullish() })
    .nullish(),
  code_interpreter: z.looseObject({ file_ids: interpreterFileIds }).nullish(),
});

export const reasoningEffortSchema = z.enum([
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
]);

const outputLimit = z.int().min(1).optional();
const penalty = z.number().min(-2).max(2).optional();

export const chatRequestSchema = z.preprocess(
  withoutNulls,
  z.looseObject({
    model: z.string().optional(),
    messages: z.array(message).min(1),
    stream: z.boolean().default(false),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).optional(),
    max_tokens: outputLimit,
    max_completion_tokens: outputLimit,
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    n: z.int().min(1).max(128).optional(),
    presence_penalty: penalty,
    frequency_penalty: penalty,
    stop: z
      .union([z.string(), z.array(z.string()).max(4)], {
        error: "Input should be a string or at most 4 strings",
      })
      .optional(),
    reasoning_effort: reasoningEffortSchema.optional(),
    tools: z.array(tool).max(128).optional(),
    tool_choice: z
      .union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })], {
        error: "Input should be 'none', 'auto', 'required' or an object",
      })
      .optional(),
    tool_resources: toolResources.optional(),
    truncation_strategy: truncationStrategySchema.optional(),
    data_sources: z.array(z.unknown()).max(20).optional(),
  }),
);

export type FileSearchTool = z.output<typeof fileSearchTool>;
export type ChatRequest = z.output<typeof chatRequestSchema>;
export type ChatRequestMessage = z.output<typeof message>;
export type ChatRequestTool = z.output<typeof tool>;
