import { queryOptions } from "@tanstack/react-query";
import { connect } from "../session.ts";
import { conversationKey } from "./conversation-key.ts";

/** A kept conversation with all its messages. */
export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: conversationKey(id),
    queryFn: ({ signal }) => connect(signal).conversation(id),
  });
}
