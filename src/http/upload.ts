import type { MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";
import { storedPurpose, uploadFieldsSchema } from "../protocol/files.ts";
import { parseRequest } from "../protocol/validation.ts";
import type { FileRecord } from "../storage/storage.ts";
import { newId } from "../util/ids.ts";
import { mediaTypeOf } from "../util/media-types.ts";
import type { HttpServices } from "./services-type.ts";

/** Fields a form may have beside its file. */
const MAX_FIELDS = 16;
/** After an upload was refused, how long the client may go on sending before it is cut off. */
const REFUSED_UPLOAD_MS = 30_000;

interface Spooled {
  id: string;
  filename: string;
  mediaType: string;
  bytes: number;
}

/**
 * Takes an upload: fields in any order, the bytes straight to the blob store, the record last.
 * Whatever goes wrong, no bytes stay behind.
 */
export async function receiveUpload(
  services: HttpServices,
  request: FastifyRequest,
): Promise<FileRecord> {
  const received: { file: Spooled | null; fields: Map<string, string> } = {
    file: null,
    fields: new Map(),
  };
  try {
    await readForm(services, request, received);
    if (received.file === null) throw missing("file");
    return await createRecord(services, request, { file: received.file, fields: received.fields });
  } catch (error) {
    if (received.file !== null) await services.storage.blobs.delete(received.file.id);
    cutOffLater(request);
    throw isMalformedForm(error) ? malformedForm(error) : error;
  }
}

async function readForm(
  { storage, settings }: HttpServices,
  request: FastifyRequest,
  received: { file: Spooled | null; fields: Map<string, string> },
): Promise<void> {
  const parts = request.parts({
    limits: {
      fileSize: Number.MAX_SAFE_INTEGER,
      files: 1,
      fields: MAX_FIELDS,
      fieldSize: 4096,
      parts: MAX_FIELDS + 1,
    },
    // `requests` gives every entry of its `files=` a file name, also the purpose.
    isPartAFile: (name, _type, filename) =>
      name === "file" || (filename !== undefined && name !== "purpose"),
  });
  for await (const part of parts) {
    if (part.type === "field") {
      received.fields.set(part.fieldname, String(part.value));
    } else if (part.fieldname === "file") {
      const id = newId("file-");
      const { bytes } = await storage.blobs.write(
        id,
        upTo(settings.limits.maxFileBytes, part.file),
      );
      received.file = { id, bytes, ...describe(part) };
    } else {
      part.file.resume();
    }
  }
}

/** Stops reading at once when there are more bytes: the parser's own limit would read the rest first. */
async function* upTo(
  maxFileBytes: number,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const piece of bytes) {
    received += piece.length;
    if (received > maxFileBytes) throw tooLarge(maxFileBytes);
    yield piece;
  }
}

function describe({ filename, mimetype }: MultipartFile): { filename: string; mediaType: string } {
  // eslint-disable-next-line no-control-regex -- control characters have no place in a name that goes into headers
  const name = (filename ?? "").replaceAll(/[\u0000-\u001f\u007f]/g, "").slice(-255) || "file";
  return { filename: name, mediaType: mediaTypeOf(name, mimetype) };
}

async function createRecord(
  { storage, now }: HttpServices,
  request: FastifyRequest,
  { file, fields }: { file: Spooled; fields: Map<string, string> },
): Promise<FileRecord> {
  const form = parseRequest(uploadFieldsSchema, Object.fromEntries(fields));
  const createdAt = now();
  const seconds = form["expires_after[seconds]"];
  const record: FileRecord = {
    ...file,
    tenant: request.context.principal.tenant,
    purpose: storedPurpose(form.purpose),
    requestedPurpose: form.purpose,
    createdAt,
    expiresAt: seconds === undefined ? null : createdAt + seconds,
  };
  await storage.files.create(record);
  return record;
}

/** The answer goes out at once; what the client still sends is thrown away, for a while. */
function cutOffLater(request: FastifyRequest): void {
  const { raw } = request;
  if (raw.complete || raw.destroyed) return;
  raw.unpipe();
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), REFUSED_UPLOAD_MS);
  raw.once("close", () => clearTimeout(timer));
}

/** The form parser throws plain errors; those of disks and sockets have a code. */
function isMalformedForm(error: unknown): error is Error {
  return (
    error instanceof Error &&
    !(error instanceof GroundwireError) &&
    !("code" in error) &&
    /part|boundary/i.test(error.message)
  );
}

function malformedForm(cause: Error): GroundwireError {
  return new GroundwireError("invalid_request", `The form cannot be read: ${cause.message}.`, {
    cause,
    param: "file",
  });
}

function tooLarge(maxFileBytes: number): GroundwireError {
  return new GroundwireError(
    "payload_too_large",
    `The file is larger than the ${maxFileBytes} bytes this server accepts.`,
    { param: "file" },
  );
}

function missing(name: string): GroundwireError {
  return new GroundwireError("invalid_request", `Missing required parameter: '${name}'.`, {
    param: name,
  });
}
