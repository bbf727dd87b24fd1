import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";

/** Boundary lines are at most 70 characters by RFC 2046; more is no boundary line. */
const LONGEST_BOUNDARY_LINE = 256;

/**
 * `requests` keeps a caller's `Content-Type: application/json` on a multipart body and then never announces the
 * boundary. Looks at the first line of such a body and puts the label right, before a body parser is chosen.
 * @throws GroundwireError `invalid_request` when the body is no form.
 */
export async function relabelMultipart(request: FastifyRequest): Promise<void> {
  const { headers } = request.raw;
  if (/^multipart\/form-data/i.test(headers["content-type"] ?? "")) return;
  const boundary = /^--([^"\\]{1,200})$/.exec(await peekLine(request.raw))?.[1];
  if (boundary === undefined) {
    throw new GroundwireError(
      "invalid_request",
      "The body must be multipart/form-data with the fields 'file' and 'purpose'.",
      { param: "file" },
    );
  }
  headers["content-type"] = `multipart/form-data; boundary="${boundary}"`;
}

/** The first line of a stream, which afterwards still yields every byte. "" when it is empty. */
async function peekLine(stream: Readable): Promise<string> {
  let seen = Buffer.alloc(0);
  while (!seen.includes("\n") && seen.length < LONGEST_BOUNDARY_LINE) {
    const piece = await nextPiece(stream);
    if (piece === null) break;
    seen = Buffer.concat([seen, piece]);
  }
  if (seen.length > 0) stream.unshift(seen);
  const end = seen.indexOf("\n");
  return seen.toString("latin1", 0, end === -1 ? seen.length : end).trimEnd();
}

async function nextPiece(stream: Readable): Promise<Buffer | null> {
  for (;;) {
    // Without an encoding set, a request yields buffers.
    const piece = stream.read() as Buffer | null;
    if (piece !== null) return piece;
    if (stream.readableEnded || stream.destroyed) return null;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        for (const event of ["readable", "end", "close", "error"]) stream.off(event, wake);
        resolve();
      };
      for (const event of ["readable", "end", "close", "error"]) stream.on(event, wake);
    });
  }
}
