// Apart from the schemas, so that the web application does not load what checks them.

/** The messages from the first one to `leafId`, in order. Empty for an unknown leaf. */
export function pathTo<Message extends { id: string; parentId: string | null }>(
  messages: Message[],
  leafId: string | null,
): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  let next = leafId === null ? undefined : byId.get(leafId);
  while (next !== undefined && path.length <= messages.length) {
    path.push(next);
    next = next.parentId === null ? undefined : byId.get(next.parentId);
  }
  return path.toReversed();
}
