import type { AnswerTrace } from "../trace.ts";
import type { Usage } from "../events.ts";
import type { CreateResponse } from "./request.ts";

/** Shapes of the Responses API on the way out; field names are the wire's. */
export interface ResponseBody {
  id: string;
  object: "response";
  created_at: number;
  status: ResponseStatus;
  completed_at: number | null;
  background: boolean;
  error: { code: string; message: string } | null;
  incomplete_details: { reason: "max_output_tokens" | "content_filter" } | null;
  instructions: string | null;
  max_output_tokens: number | null;
  metadata: Record<string, string>;
  model: string;
  output: OutputItem[];
  parallel_tool_calls: boolean;
  previous_response_id: string | null;
  reasoning: { effort: string | null; summary: string | null };
  safety_identifier: string | null;
  service_tier: "default";
  store: boolean;
  temperature: number | null;
  text: unknown;
  tool_choice: unknown;
  tools: unknown[];
  top_p: number | null;
  truncation: "auto" | "disabled";
  /** Absent until the answer has been written. */
  usage?: ResponseUsage;
  user: string | null;
  /** Present when the caller asked for it. */
  x_groundwire?: { trace: AnswerTrace };
}

export type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export type OutputItem =
  | MessageOutput
  | FunctionCallOutput
  | FileSearchOutput
  | CodeInterpreterOutput
  | ReasoningOutput;

export interface MessageOutput {
  id: string;
  type: "message";
  status: ItemStatus;
  role: "assistant";
  content: OutputText[];
}

export interface OutputText {
  type: "output_text";
  text: string;
  annotations: Annotation[];
  logprobs: never[];
}

/** `index`, `start_index`: where in the text the marker stood, in UTF-16 code units. */
export type Annotation =
  | { type: "file_citation"; index: number; file_id: string; filename: string }
  /** A file that code has made. */
  | { type: "file_path"; index: number; file_id: string }
  | { type: "url_citation"; start_index: number; end_index: number; url: string; title: string };

export interface FunctionCallOutput {
  id: string;
  type: "function_call";
  status: ItemStatus;
  call_id: string;
  name: string;
  arguments: string;
}

export interface FileSearchOutput {
  id: string;
  type: "file_search_call";
  status: "searching" | "completed";
  queries: string[];
  /** Null unless `include` asked for `file_search_call.results`. */
  results: FileSearchResult[] | null;
}

export interface FileSearchResult {
  file_id: string;
  filename: string;
  /** 0…1 */
  score: number;
  text: string;
  attributes: Record<string, string | number | boolean>;
}

export interface CodeInterpreterOutput {
  id: string;
  type: "code_interpreter_call";
  status: "in_progress" | "interpreting" | "completed" | "failed";
  container_id: string;
  code: string;
  /** Null unless `include` asked for `code_interpreter_call.outputs`. */
  outputs: CodeOutput[] | null;
}

export type CodeOutput = { type: "logs"; logs: string } | { type: "image"; url: string };

export interface ReasoningOutput {
  id: string;
  type: "reasoning";
  status: ItemStatus;
  summary: never[];
  content: { type: "reasoning_text"; text: string }[];
}

export interface ResponseUsage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

/** What a response says of the request it answers, before anything is known of the answer. */
export function newResponse(
  request: CreateResponse,
  { id, createdAt, model }: { id: string; createdAt: number; model: string },
): ResponseBody {
  return {
    id,
    object: "response",
    created_at: createdAt,
    status: "in_progress",
    completed_at: null,
    background: request.background,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata,
    model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: {
      effort: request.reasoning?.effort ?? null,
      summary: request.reasoning?.summary ?? null,
    },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: "default",
    store: request.store,
    temperature: request.temperature ?? 1,
    text: { format: { type: "text" }, ...withoutMissing(request.text) },
    tool_choice: request.tool_choice,
    tools: request.tools,
    top_p: request.top_p ?? 1,
    truncation: request.truncation,
    user: request.user ?? null,
  };
}

export function toResponseUsage(usage: Usage): ResponseUsage {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: {
      cached_tokens: usage.prompt_tokens_details?.["cached_tokens"] ?? 0,
      cache_write_tokens: usage.prompt_tokens_details?.["cache_write_tokens"] ?? 0,
    },
    output_tokens: usage.completion_tokens,
    output_tokens_details: {
      reasoning_tokens: usage.completion_tokens_details?.["reasoning_tokens"] ?? 0,
    },
    total_tokens: usage.total_tokens,
  };
}

function withoutMissing(values: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value != null));
}
