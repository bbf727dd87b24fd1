import type {
  CodeInterpreterOutput,
  FileSearchOutput,
  FileSearchResult,
  FunctionCallOutput,
  ItemStatus,
  MessageOutput,
  OutputText,
  ReasoningOutput,
} from "../../../protocol/responses/response.ts";
import type { StepEnd, StepFile } from "../../../protocol/steps.ts";
import { annotate, type Shown } from "./citations.ts";
import type { ItemStream, StreamEvent } from "./item-stream.ts";

/** An item that is being written; the events that tell of its beginning are in `opened`. */
interface OpenItem {
  opened: StreamEvent[];
  end(status: ItemStatus): StreamEvent[];
}

export interface OpenSearch extends OpenItem {
  kind: "search";
  found(results: FileSearchResult[]): void;
}

export interface OpenMessage extends OpenItem {
  kind: "message";
  say(piece: string, shown: Shown): StreamEvent[];
}

export interface OpenReasoning extends OpenItem {
  kind: "reasoning";
  think(piece: string): StreamEvent[];
}

export interface OpenCode extends OpenItem {
  kind: "code";
  status: StepEnd["status"];
  printed(output: string, files: StepFile[]): void;
}

export interface OpenCall extends OpenItem {
  argue(piece: string): StreamEvent[];
}

export function openSearch(stream: ItemStream, queries: string[]): OpenSearch {
  const item: FileSearchOutput = {
    id: stream.nextId("fs"),
    type: "file_search_call",
    status: "searching",
    queries,
    results: null,
  };
  return {
    kind: "search",
    opened: [
      stream.add(item),
      stream.about(item, "response.file_search_call.in_progress"),
      stream.about(item, "response.file_search_call.searching"),
    ],
    found(results) {
      item.results = results;
    },
    end() {
      item.status = "completed";
      return [stream.about(item, "response.file_search_call.completed"), stream.done(item)];
    },
  };
}

export function openCode(stream: ItemStream, code: string): OpenCode {
  const item: CodeInterpreterOutput = {
    id: stream.nextId("ci"),
    type: "code_interpreter_call",
    status: "in_progress",
    container_id: stream.nextId("cntr"),
    code: "",
    outputs: null,
  };
  const begun = stream.add(item);
  item.code = code;
  item.status = "interpreting";
  return {
    kind: "code",
    status: "completed",
    opened: [
      begun,
      stream.about(item, "response.code_interpreter_call.in_progress"),
      stream.about(item, "response.code_interpreter_call_code.delta", { delta: code }),
      stream.about(item, "response.code_interpreter_call_code.done", { code }),
      stream.about(item, "response.code_interpreter_call.interpreting"),
    ],
    printed(output, files) {
      const images = files.filter(({ media_type: type }) => type.startsWith("image/"));
      item.outputs = [
        { type: "logs", logs: output },
        ...images.map(({ url }) => ({ type: "image" as const, url })),
      ];
    },
    end() {
      item.status = this.status;
      return [stream.about(item, "response.code_interpreter_call.completed"), stream.done(item)];
    },
  };
}

export function openMessage(stream: ItemStream): OpenMessage {
  const part: OutputText = { type: "output_text", text: "", annotations: [], logprobs: [] };
  const item: MessageOutput = {
    id: stream.nextId("msg"),
    type: "message",
    status: "in_progress",
    role: "assistant",
    content: [part],
  };
  const about = (type: string, more: Record<string, unknown>): StreamEvent =>
    stream.about(item, type, { content_index: 0, ...more });
  return {
    kind: "message",
    opened: [
      stream.add(item),
      about("response.content_part.added", { part: structuredClone(part) }),
    ],
    say(piece, shown) {
      const { text, annotations } = annotate(piece, shown, part.text.length);
      part.text += text;
      const delta = { delta: text, logprobs: [] };
      return [
        ...(text === "" ? [] : [about("response.output_text.delta", delta)]),
        ...annotations.map((annotation) => {
          const index = part.annotations.push(annotation) - 1;
          return about("response.output_text.annotation.added", {
            annotation_index: index,
            annotation,
          });
        }),
      ];
    },
    end(status) {
      item.status = status;
      return [
        about("response.output_text.done", { text: part.text, logprobs: [] }),
        about("response.content_part.done", { part: structuredClone(part) }),
        stream.done(item),
      ];
    },
  };
}

export function openReasoning(stream: ItemStream): OpenReasoning {
  const part = { type: "reasoning_text" as const, text: "" };
  const item: ReasoningOutput = {
    id: stream.nextId("rs"),
    type: "reasoning",
    status: "in_progress",
    summary: [],
    content: [part],
  };
  const about = (type: string, more: Record<string, unknown>): StreamEvent =>
    stream.about(item, type, { content_index: 0, ...more });
  return {
    kind: "reasoning",
    opened: [stream.add(item)],
    think(piece) {
      part.text += piece;
      return [about("response.reasoning_text.delta", { delta: piece })];
    },
    end(status) {
      item.status = status;
      return [about("response.reasoning_text.done", { text: part.text }), stream.done(item)];
    },
  };
}

export function openCall(
  stream: ItemStream,
  { id: callId, name }: { id: string; name: string },
): OpenCall {
  const item: FunctionCallOutput = {
    id: stream.nextId("fc"),
    type: "function_call",
    status: "in_progress",
    call_id: callId,
    name,
    arguments: "",
  };
  return {
    opened: [stream.add(item)],
    argue(piece) {
      item.arguments += piece;
      return [stream.about(item, "response.function_call_arguments.delta", { delta: piece })];
    },
    end(status) {
      item.status = status;
      const told = { name, arguments: item.arguments };
      return [stream.about(item, "response.function_call_arguments.done", told), stream.done(item)];
    },
  };
}
