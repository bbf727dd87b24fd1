import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { Agent, buildConnector, type Dispatcher, errors, Pool } from "undici";

import { type ErrorCode, type ErrorDetails, GroundwireError } from "../protocol/errors.ts";
import { parseJson } from "../util/parse-json.ts";
import { maskSecrets } from "../util/secrets.ts";
import { addressOf } from "./address-of.ts";
import { connectionFailureOf, isBrokenOff, SILENT } from "./connection-failures.ts";
import type { HostGuard } from "./host-guard.ts";
import { retryAfterOf } from "./retry-after.ts";

/** JSON over HTTP to hosts that callers name. */
export interface JsonClient {
  /**
   * Answers whatever status there is. 429 and 503 are asked again while there is time, as the host wants it.
   * @throws GroundwireError naming the host: `host_not_allowed`, `data_source_unavailable`, `data_source_timeout`,
   *   `data_source_invalid` (no JSON, too large, a redirect); the signal's reason when aborted.
   */
  request(call: JsonCall): Promise<JsonReply>;
}

export interface JsonCall {
  /** GET without a body, POST with one by default. */
  method?: Dispatcher.HttpMethod;
  url: URL;
  /** What is in `authorization`, `api-key` and the like is masked wherever the answer repeats it. */
  headers?: Record<string, string>;
  body?: unknown;
  signal: AbortSignal;
}

export interface JsonReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** Parsed; undefined when an answer with an error status is no JSON. */
  body: unknown;
  /** The beginning of the body as it came, for quoting. */
  text: string;
}

export interface JsonClients {
  /** `subject` begins what its errors say: `azure_search`, `The embedding endpoint`. */
  clientFor(subject: string): JsonClient;
  /** Breaks off what is going on. */
  close(): Promise<void>;
}

export interface JsonLimits {
  /** Longest time for one call with all its tries. */
  totalMs: number;
  connectMs: number;
  /** Longest wait for the head of an answer. */
  headersMs: number;
  /** Longest silence within an answer. */
  idleMs: number;
  /** Pause before the second try of a host that does not say how long; twice as long each time. */
  firstBackoffMs: number;
  mostResponseBytes: number;
  mostRequestBytes: number;
}

export const DEFAULT_JSON_LIMITS: JsonLimits = {
  totalMs: 30_000,
  connectMs: 10_000,
  headersMs: 20_000,
  idleMs: 10_000,
  firstBackoffMs: 250,
  mostResponseBytes: 8 * 1024 * 1024,
  // What Azure AI Search takes.
  mostRequestBytes: 16 * 1024 * 1024,
};

const MOST_ATTEMPTS = 4;
/** Whoever asks for a longer pause is not waited for: the caller is told. */
const LONGEST_WAIT_MS = 10_000;
const MOST_CONNECTIONS_PER_HOST = 16;
const MOST_HOSTS = 500;
const QUOTED_CHARACTERS = 2_000;
const SECRET_HEADERS = ["authorization", "api-key"];

export interface JsonClientsOptions {
  guard: HostGuard;
  limits?: Partial<JsonLimits>;
  /** 0…1, for jitter. */
  random?: () => number;
}

/** One pool of connections a host, whoever asks; every connection goes where the guard lets it. */
export function createJsonClients({
  guard,
  limits: given,
  random = Math.random,
}: JsonClientsOptions): JsonClients {
  const limits = { ...DEFAULT_JSON_LIMITS, ...given };
  const dispatcher = new Agent({
    maxOrigins: MOST_HOSTS,
    connections: MOST_CONNECTIONS_PER_HOST,
    pipelining: 1,
    allowH2: false,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.idleMs,
    factory: (origin, options) =>
      new Pool(origin, {
        ...options,
        connect: buildConnector({
          allowH2: false,
          timeout: limits.connectMs,
          lookup: guard.lookup(addressOf(new URL(origin)).port),
        }),
      }),
  });
  return {
    clientFor: (subject) => ({
      async request(call) {
        refuseUrl(call.url, guard);
        return requestWithin(call, { dispatcher, subject, limits, random });
      },
    }),
    close: () => dispatcher.destroy(),
  };
}

interface Sending {
  dispatcher: Dispatcher;
  subject: string;
  limits: JsonLimits;
  random: () => number;
}

function refuseUrl(url: URL, guard: HostGuard): void {
  if (url.username !== "" || url.password !== "") {
    throw new GroundwireError(
      "host_not_allowed",
      `The address of ${url.host} must have no user name or password; credentials have a place of their own.`,
    );
  }
  const { host, port, tls } = addressOf(url);
  guard.check(host, port, { encrypted: tls });
}

/** Tries until an answer is to be taken as it is, or the time is used up. */
async function requestWithin(call: JsonCall, sending: Sending): Promise<JsonReply> {
  const { limits, random } = sending;
  const endsAt = performance.now() + limits.totalMs;
  const deadline = AbortSignal.timeout(limits.totalMs);
  const signal = AbortSignal.any([call.signal, deadline]);
  try {
    for (let attempt = 1; ; attempt++) {
      const reply = await send({ ...call, signal }, sending, attempt);
      if (reply === null) continue;
      if (reply.status !== 429 && reply.status !== 503) return reply;
      const wait = waitAfter(reply.headers, limits.firstBackoffMs * 2 ** (attempt - 1), random);
      if (attempt === MOST_ATTEMPTS || wait > LONGEST_WAIT_MS) return reply;
      if (performance.now() + wait >= endsAt) return reply;
      await sleep(wait, undefined, { signal });
    }
  } catch (error) {
    call.signal.throwIfAborted();
    if (deadline.aborted)
      throw failure(call, sending, { code: "data_source_timeout", words: SILENT });
    throw error;
  }
}

/** One try. Null: a connection that had been kept open was closed meanwhile; another try is due. */
async function send(call: JsonCall, sending: Sending, attempt: number): Promise<JsonReply | null> {
  const { url, body, method = body === undefined ? "GET" : "POST", signal } = call;
  const text = body === undefined ? null : JSON.stringify(body);
  if (text !== null && Buffer.byteLength(text) > sending.limits.mostRequestBytes) {
    throw invalid(call, sending, "is not asked: the request would be too large.");
  }
  let reply: Dispatcher.ResponseData;
  try {
    reply = await sending.dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        accept: "application/json",
        "accept-encoding": "identity",
        "user-agent": "groundwire",
        ...(text === null ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      body: text,
      signal,
    });
  } catch (cause) {
    if (attempt === 1 && isBrokenOff(cause) && !signal.aborted) return null;
    throw toFailure(cause, call, sending);
  }
  return readReply(reply, call, sending);
}

async function readReply(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  call: JsonCall,
  sending: Sending,
): Promise<JsonReply> {
  if (status >= 300 && status < 400) {
    // Destroying it is an error to whoever reads it; nobody does.
    body.on("error", () => {}).destroy();
    throw invalid(
      call,
      sending,
      `answers with a redirect (${status}), which is not followed. Give the address it leads to.`,
    );
  }
  const bytes = await readBytes(body, call, sending);
  const text = maskSecrets(bytes.toString("utf8"), secretsIn(call));
  const parsed = parseJson(text);
  if (parsed === undefined && status < 300) {
    throw invalid(
      call,
      sending,
      `answered with something that is no JSON (status ${status}). Check that the address is that of the service.`,
    );
  }
  return { status, headers, body: parsed, text: text.slice(0, QUOTED_CHARACTERS) };
}

async function readBytes(
  body: AsyncIterable<Buffer>,
  call: JsonCall,
  sending: Sending,
): Promise<Buffer> {
  const { mostResponseBytes } = sending.limits;
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.length;
      if (length > mostResponseBytes) {
        throw invalid(
          call,
          sending,
          `sent an answer of more than ${mostResponseBytes} bytes. Ask it for less.`,
        );
      }
      pieces.push(piece);
    }
  } catch (cause) {
    throw toFailure(cause, call, sending);
  }
  return Buffer.concat(pieces);
}

/** The values of the headers that let us in, with and without their scheme. */
function secretsIn({ headers = {} }: JsonCall): string[] {
  return Object.entries(headers)
    .filter(([name]) => SECRET_HEADERS.includes(name.toLowerCase()))
    .flatMap(([, value]) => [value, value.replace(/^\w+ /u, "")]);
}

/** Milliseconds: what the host asks for, at least. */
function waitAfter(headers: IncomingHttpHeaders, backoff: number, random: () => number): number {
  const asked = retryAfterOf(headers);
  return asked === null ? backoff * (1 - random() / 4) : asked * 1000 + (random() * backoff) / 4;
}

function toFailure(cause: unknown, call: JsonCall, sending: Sending): unknown {
  if (cause instanceof GroundwireError) return cause;
  if (call.signal.aborted) return call.signal.reason;
  // What cannot be sent is repeated by its cause.
  const isUnsendable = cause instanceof errors.InvalidArgumentError;
  return failure(call, sending, {
    ...connectionFailureOf(cause),
    ...(isUnsendable ? {} : { cause }),
  });
}

function invalid(call: JsonCall, sending: Sending, words: string): GroundwireError {
  return failure(call, sending, { code: "data_source_invalid", words });
}

interface Failure extends Pick<ErrorDetails, "advice" | "cause"> {
  code: ErrorCode;
  /** Follows the name of the host. */
  words: string;
}

function failure(
  { url }: JsonCall,
  { subject }: Sending,
  { code, words, ...details }: Failure,
): GroundwireError {
  return new GroundwireError(code, `${subject} at ${url.host} ${words}`, details);
}
