/** Where the kept conversation of this id is in the cache. */
export function conversationKey(id: string): readonly unknown[] {
  return ["conversation", id];
}
