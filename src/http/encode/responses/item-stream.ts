import type { OutputItem, ResponseBody } from "../../../protocol/responses/response.ts";

/** One event of a streamed response, without its sequence number. */
export interface StreamEvent {
  type: string;
  [key: string]: unknown;
}

/** The output of a response while it grows. */
export interface ItemStream {
  /** Id for the next item: of the response's own letters, so that it is the same in every telling. */
  nextId(prefix: string): string;
  /** Puts an item at the end. */
  add(item: OutputItem): StreamEvent;
  /** The item will not change any more. */
  done(item: OutputItem): StreamEvent;
  /** An event about an item. */
  about(item: OutputItem, type: string, more?: Record<string, unknown>): StreamEvent;
}

/** @param response Its `output` is filled in place. */
export function createItemStream({ id, output }: ResponseBody): ItemStream {
  const suffix = id.replace(/^resp_/u, "");
  return {
    nextId: (prefix) => `${prefix}_${suffix}${output.length}`,
    add(item) {
      const index = output.push(item) - 1;
      // A copy: what has been told must not change with what the item becomes.
      const told = structuredClone(item);
      if ("content" in told) told.content = [];
      return { type: "response.output_item.added", output_index: index, item: told };
    },
    done: (item) => ({
      type: "response.output_item.done",
      output_index: output.indexOf(item),
      item: structuredClone(item),
    }),
    about: (item, type, more = {}) => ({
      type,
      output_index: output.indexOf(item),
      item_id: item.id,
      ...more,
    }),
  };
}
