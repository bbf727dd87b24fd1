import type { AnswerEvent } from "../../../protocol/events.ts";
import type { ItemStatus } from "../../../protocol/responses/response.ts";
import type { StepEnd, StepStart } from "../../../protocol/steps.ts";
import { type Shown, toResults } from "./citations.ts";
import type { ItemStream, StreamEvent } from "./item-stream.ts";
import {
  openCall,
  type OpenCall,
  openCode,
  type OpenCode,
  openMessage,
  type OpenMessage,
  openReasoning,
  type OpenReasoning,
  openSearch,
  type OpenSearch,
} from "./open-items.ts";

type Of<Type extends AnswerEvent["type"]> = Extract<AnswerEvent, { type: Type }>;

export interface OutputOptions {
  /** What was found is given with each search. */
  includeResults: boolean;
  /** What code printed and made is given with each call. */
  includeOutputs: boolean;
  /** Where the caller reaches this server (`http://host:port`): addresses in responses are whole ones. */
  origin: string;
}

/** The output of a response, item by item; each method answers the events that tell of it. */
export interface OutputWriter {
  search(queries: string[]): StreamEvent[];
  found(event: Of<"citations">): StreamEvent[];
  beginStep(step: StepStart): StreamEvent[];
  endStep(step: StepEnd): StreamEvent[];
  say(piece: string): StreamEvent[];
  think(piece: string): StreamEvent[];
  call(event: Of<"tool-call-start">): StreamEvent[];
  argue(event: Of<"tool-call-delta">): StreamEvent[];
  /** Closes what is open. */
  end(status: ItemStatus): StreamEvent[];
}

export function createOutputWriter(
  stream: ItemStream,
  { includeResults, includeOutputs, origin }: OutputOptions,
): OutputWriter {
  const calls = new Map<number, OpenCall>();
  const shown: Shown = { citations: [], produced: new Set() };
  let retrieved = 0;
  // Searching, computing, thinking and speaking follow each other; calls stay open beside each other.
  let current: OpenSearch | OpenMessage | OpenReasoning | OpenCode | null = null;

  function close(status: ItemStatus = "completed"): StreamEvent[] {
    const ended = current?.end(status) ?? [];
    current = null;
    return ended;
  }

  function next<Item extends NonNullable<typeof current>>(open: () => Item): [Item, StreamEvent[]] {
    const closed = close();
    const item = open();
    current = item;
    return [item, [...closed, ...item.opened]];
  }

  return {
    search: (queries) => next(() => openSearch(stream, queries))[1],
    found({ citations, retrieved: all }) {
      shown.citations = citations;
      // Of this search only: what was found before stands ahead of it.
      const own = all.slice(retrieved);
      retrieved = all.length;
      if (current?.kind !== "search") return [];
      if (includeResults) current.found(toResults(own));
      return close();
    },
    beginStep(step) {
      // Searches are told by their queries and by what they find.
      return step.tool === "file_search" ? [] : next(() => openCode(stream, step.code))[1];
    },
    endStep({ status, output = "", files = [] }) {
      for (const { file_id: id } of files) shown.produced.add(id);
      if (current?.kind !== "code") return [];
      if (includeOutputs) {
        const reachable = files.map((file) => ({
          ...file,
          url: String(new URL(file.url, origin)),
        }));
        current.printed(output, reachable);
      }
      current.status = status;
      return close();
    },
    say(piece) {
      if (current?.kind === "message") return current.say(piece, shown);
      const [message, opened] = next(() => openMessage(stream));
      return [...opened, ...message.say(piece, shown)];
    },
    think(piece) {
      if (current?.kind === "reasoning") return current.think(piece);
      const [reasoning, opened] = next(() => openReasoning(stream));
      return [...opened, ...reasoning.think(piece)];
    },
    call(event) {
      const closed = close();
      const call = openCall(stream, event);
      calls.set(event.index, call);
      return [...closed, ...call.opened];
    },
    argue: ({ index, argumentsText }) => calls.get(index)?.argue(argumentsText) ?? [],
    end: (status) => [...close(status), ...[...calls.values()].flatMap((call) => call.end(status))],
  };
}
