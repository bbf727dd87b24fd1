import { useQuery } from "@tanstack/react-query";
import type { ReadingViewOutline } from "../../../src/protocol/documents.ts";
import { connect } from "../session.ts";
import { request } from "../documents/request.ts";

/** A file's outline with its name, as `GET /groundwire/files/{id}/view` gives it. */
export interface DocumentOutline extends ReadingViewOutline {
  filename: string;
}

/** Documents do not change once they are read. */
const FRESH = { staleTime: Number.POSITIVE_INFINITY };

export function useOutline(fileId: string | null) {
  return useQuery({
    ...FRESH,
    queryKey: ["document", fileId],
    enabled: fileId !== null,
    // The server's own answer; it is not checked again here.
    queryFn: async ({ signal }) =>
      (await (await request(viewPath(fileId ?? ""), { signal })).json()) as DocumentOutline,
  });
}

/** One part of a reading view as HTML, which the server made of escaped text. */
export function usePart(fileId: string, part: number, isWanted: boolean) {
  return useQuery({
    ...FRESH,
    queryKey: ["document", fileId, part],
    enabled: isWanted,
    queryFn: async ({ signal }) =>
      (await request(`${viewPath(fileId)}/${part}`, { signal })).text(),
  });
}

/** A kept answer with all that was found for it. Null: not wanted. */
export function useMessage(conversationId: string | null, messageId: string | null) {
  return useQuery({
    ...FRESH,
    queryKey: ["message", conversationId, messageId],
    enabled: conversationId !== null && messageId !== null,
    queryFn: ({ signal }) => connect(signal).message(conversationId ?? "", messageId ?? ""),
  });
}

function viewPath(fileId: string): string {
  return `/groundwire/files/${encodeURIComponent(fileId)}/view`;
}
