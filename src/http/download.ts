import type { FastifyReply, FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";
import type { FileRecord, Storage } from "../storage/storage.ts";

/**
 * Sends a file as it was uploaded. What a user uploaded is never run: browsers get it sandboxed and, but for PDFs, as a download.
 * One byte range is honoured, which is what PDF viewers ask for.
 */
export async function sendFile(
  storage: Storage,
  file: FileRecord,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const range = request.method === "HEAD" ? null : readRange(request.headers.range, file.bytes);
  reply
    .type(file.mediaType)
    .header("content-security-policy", "sandbox; default-src 'none'")
    .header("content-disposition", dispositionOf(file))
    .header("accept-ranges", "bytes")
    .header("cache-control", "private, max-age=0, must-revalidate");
  if (range === "unsatisfiable") {
    return reply.code(416).header("content-range", `bytes */${file.bytes}`).send();
  }
  const stream = await storage.blobs.read(file.id, ...(range === null ? [] : [range]));
  if (stream === null) {
    throw new GroundwireError("not_found", `The bytes of ${file.id} are gone.`, {
      param: "file_id",
    });
  }
  if (range === null) return reply.header("content-length", file.bytes).send(stream);
  return reply
    .code(206)
    .header("content-range", `bytes ${range.start}-${range.end}/${file.bytes}`)
    .header("content-length", range.end - range.start + 1)
    .send(stream);
}

/** First and last byte, inclusive. Several ranges, or anything unknown, mean the whole file. */
function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (match === null || match[0] === "bytes=-") return null;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? "unsatisfiable" : { start, end };
}

/** RFC 6266: an ASCII name for old clients, the real one in UTF-8. */
function dispositionOf({ filename, mediaType }: FileRecord): string {
  const kind = mediaType === "application/pdf" ? "inline" : "attachment";
  const ascii = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(filename.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
