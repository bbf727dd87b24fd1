import type { Storage } from "./storage/storage.ts";
import type { ProducedFile } from "./tools/code-interpreter/sandbox.ts";
import { newId } from "./util/ids.ts";

/** How long files that code has made are kept. */
const KEPT_SECONDS = 30 * 86_400;

/** Keeps files that code has made where callers read theirs. */
export function createOutputFiles(
  { blobs, files }: Pick<Storage, "blobs" | "files">,
  now: () => number,
): (tenant: string, file: ProducedFile) => Promise<string> {
  return async (tenant, { name, bytes, mediaType }) => {
    const id = newId("file-");
    await blobs.write(id, inOnePiece(bytes));
    try {
      const createdAt = now();
      await files.create({
        id,
        tenant,
        filename: name,
        bytes: bytes.length,
        purpose: "assistants_output",
        requestedPurpose: "assistants_output",
        mediaType,
        createdAt,
        expiresAt: createdAt + KEPT_SECONDS,
      });
      return id;
    } catch (error) {
      await blobs.delete(id);
      throw error;
    }
  };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
