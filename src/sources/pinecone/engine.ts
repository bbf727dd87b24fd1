import type { PineconeSource } from "../../protocol/data-sources/other-indexes.ts";
import { type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import type { HostGuard } from "../../upstream/host-guard.ts";
import type { JsonReply } from "../../upstream/json-client.ts";
import type { SourceContext } from "../define-source.ts";
import { statusError } from "../source-errors.ts";

const OWN_HOSTS = ".pinecone.io";
const CONTROL_PLANE = "https://api.pinecone.io";
/** The answers of every version differ; this is the newest of those that tell an index's dimension and metric at their top. */
const API_VERSION = "2026-04";

export interface Ask {
  path: string;
  /** GET without one. */
  body?: unknown;
  signal: AbortSignal;
}

/** One index of one project. Everything but 200 becomes a `GroundwireError`. */
export interface Engine {
  readonly indexName: string;
  /** For messages: `index 'policies'`. */
  readonly place: string;
  /** The index's own address, when the request names it instead of leaving it to be looked up. */
  readonly givenUrl: URL | null;
  /** What is asked first: that address, or the control plane's. */
  readonly firstUrl: URL;
  askControl(ask: Ask): Promise<unknown>;
  askIndex(url: URL, ask: Ask): Promise<unknown>;
  /** The address an index has by the control plane. @throws GroundwireError when the key must not be sent there. */
  indexUrl(host: string): URL;
  invalid(problem: string, details?: ErrorDetails): GroundwireError;
}

export function openEngine(
  { environment, indexName, authentication }: PineconeSource,
  { http, guard }: SourceContext,
): Engine {
  const place = `index '${indexName.slice(0, 255)}'`;
  const { control, index } = addressesIn(environment);
  const headers = { "Api-Key": authentication.key, "X-Pinecone-API-Version": API_VERSION };

  async function ask(base: URL, { path, body, signal }: Ask): Promise<unknown> {
    const url = new URL(path, base);
    const reply = await http.request({ url, headers, body, signal });
    if (reply.status === 200) return reply.body;
    throw statusError(reply, {
      subject: "pinecone",
      url,
      place,
      explanation: explanationIn(reply),
      ...adviceFor(reply.status),
    });
  }
  const invalid = (problem: string, details: ErrorDetails = {}): GroundwireError =>
    new GroundwireError(
      "data_source_invalid",
      `pinecone at ${(index ?? control).host} ${problem}`,
      details,
    );
  // They would be taken for steps within the path.
  if (indexName === "." || indexName === "..") throw invalid(`cannot have an ${place}.`);
  return {
    indexName,
    place,
    givenUrl: index,
    firstUrl: index ?? control,
    askControl: (one) => ask(control, one),
    askIndex: ask,
    indexUrl(host) {
      // Without a scheme; one that stands in for Pinecone has indexes beside it, spoken to as itself.
      const url = urlOf(host, host.endsWith(OWN_HOSTS) ? "https:" : control.protocol);
      if (url !== null && isTrusted(url, guard)) return url;
      throw new GroundwireError(
        "host_not_allowed",
        `The control plane of Pinecone says that ${place} is at '${host.slice(0, 255)}', which is no host of Pinecone's. Its key is not sent there, unless the operator lists the host in GROUNDWIRE_ALLOW_HOSTS.`,
      );
    },
    invalid,
  };
}

/** `environment` once was the region of an index's pods, from which clients made its address; today a control plane knows it. */
function addressesIn(environment: string): { control: URL; index: URL | null } {
  const standard = new URL(CONTROL_PLANE);
  const isUrl = /^https?:\/\//iu.test(environment);
  // `{index}-{project}.svc.{environment}.pinecone.io`
  const isIndex = /\.svc\./iu.test(environment);
  const url = isUrl || isIndex ? urlOf(environment, "https:") : null;
  if (url === null) return { control: standard, index: null };
  return isIndex ? { control: standard, index: url } : { control: url, index: null };
}

/** With a slash at its end; null when it is no address. */
function urlOf(host: string, protocol: string): URL | null {
  const text = /^https?:\/\//iu.test(host) ? host : `${protocol}//${host}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/u, "/")}`);
}

/** The control plane's answer decides where the key goes: to Pinecone's own hosts, or to one the operator has listed. */
function isTrusted({ protocol, hostname, port }: URL, guard: HostGuard): boolean {
  if (protocol === "https:" && hostname.endsWith(OWN_HOSTS)) return true;
  try {
    const standard = protocol === "https:" ? 443 : 80;
    // Only a listed host may be spoken to in the clear.
    guard.check(hostname, port === "" ? standard : Number(port), { encrypted: false });
    return true;
  } catch {
    return false;
  }
}

/** `{"error":{"code","message"}}` of the control plane, `{"code","message"}` of an index, or text. */
function explanationIn({ body, text }: JsonReply): string {
  const error = isObject(body) && isObject(body["error"]) ? body["error"] : body;
  const message = isObject(error) ? error["message"] : undefined;
  return typeof message === "string" ? message : text;
}

function adviceFor(status: number): { advice?: string } {
  switch (status) {
    case 401:
      return { advice: "Check 'authentication': the API key is unknown, or of another project." };
    case 402:
      return { advice: "The plan of the Pinecone project is used up." };
    case 404:
      return { advice: "Check 'index_name': indexes belong to the project of the API key." };
    default:
      return {};
  }
}
