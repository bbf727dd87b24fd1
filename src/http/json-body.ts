import type { FastifyInstance, FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";

/**
 * Reads JSON bodies and keeps their bytes for handing on. Only `application/json` is taken: any other type could be
 * sent by a foreign web page without asking first.
 */
export function registerJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      request.context.rawBody = body;
      return body.length === 0 ? undefined : parseJson(body);
    },
  );
}

function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new GroundwireError("invalid_json", "The request body is not valid UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof SyntaxError ? positionOf(error) : "";
    throw new GroundwireError("invalid_json", `The request body is not valid JSON${detail}.`);
  }
}

/** V8's text quotes the body, which may hold secrets: only the place is passed on. */
function positionOf(error: SyntaxError): string {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  return position === undefined ? "" : ` (at position ${position})`;
}
