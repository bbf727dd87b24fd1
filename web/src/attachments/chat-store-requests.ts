import { request } from "../documents/request.ts";

/** Longest name a store of a chat is given. */
const LONGEST_NAME = 80;
const POLL_MS = 400;
const stores = "/openai/v1/vector_stores";

// Answers are the server's own; they are not checked again here.

/** Makes a store for the files of one conversation, which is not offered in others. */
export async function createChatStore(name: string): Promise<string> {
  const response = await request(stores, {
    method: "POST",
    body: JSON.stringify({
      name: name.slice(0, LONGEST_NAME),
      metadata: { conversation: "files" },
    }),
  });
  return ((await response.json()) as { id: string }).id;
}

/** Resolves when the file can be found. Rejects with the reason when it cannot be read. */
export async function untilRead(
  { storeId, fileId }: { storeId: string; fileId: string },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const response = await request(`${stores}/${storeId}/files/${fileId}`, { signal });
    const { status, last_error: error } = (await response.json()) as {
      status: "in_progress" | "completed" | "cancelled" | "failed";
      last_error: { message: string } | null;
    };
    if (status === "completed") return;
    if (status !== "in_progress") throw new Error(error?.message ?? status);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
