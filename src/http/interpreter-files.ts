import { buffer } from "node:stream/consumers";
import type { FastifyRequest } from "fastify";
import type { QuestionFile } from "../answer/question.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { interpreterFileIds } from "../protocol/hosted-tools.ts";
import { findFile } from "./lookup.ts";
import type { HttpServices } from "./services-type.ts";

/**
 * The files that code of this request may read. Their bytes are read when code is first run.
 * @throws GroundwireError `not_found` for a file that is not the caller's, `payload_too_large` when they do not fit the sandbox.
 */
export async function readInterpreterFiles(
  services: HttpServices,
  request: FastifyRequest,
  chat: ChatRequest,
): Promise<QuestionFile[]> {
  const { storage, settings } = services;
  const files = await Promise.all(
    interpreterFileIds(chat).map((id) => findFile(services, request, id)),
  );
  const { diskMb } = settings.codeInterpreter.limits;
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  if (bytes > diskMb * 1024 * 1024) {
    throw new GroundwireError(
      "payload_too_large",
      `Files for the code interpreter may have ${diskMb} MiB together. Give it fewer or smaller ones.`,
      { param: "tool_resources.code_interpreter.file_ids" },
    );
  }
  return files.map(({ id, filename }) => ({
    id,
    name: filename,
    async read() {
      const stream = await storage.blobs.read(id);
      if (stream !== null) return buffer(stream);
      throw new GroundwireError("not_found", `No such File object: ${id}`, { param: "file_id" });
    },
  }));
}
