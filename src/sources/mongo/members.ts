import { Resolver } from "node:dns/promises";

import { GroundwireError } from "../../protocol/errors.ts";
import type { MongoMember } from "./address.ts";

/** What DNS knows of the name in a `mongodb+srv` address. */
export interface MongoMembers {
  members: MongoMember[];
  authSource: string | null;
}

export type ResolveMembers = (
  name: string,
  asking: { subject: string; signal: AbortSignal },
) => Promise<MongoMembers>;

const MOST_MEMBERS = 20;
const TRIES = { timeout: 2_000, tries: 2 };

/**
 * Asks the name servers of the system, or the ones given (`address:port`), for the members behind a name.
 * Rejects with a `GroundwireError` that begins with the subject and names it; with the signal's reason when aborted.
 */
export function createMemberResolver({ servers }: { servers?: string[] } = {}): ResolveMembers {
  return async (name, { subject, signal }) => {
    const at = `${subject} at ${name}`;
    signal.throwIfAborted();
    const resolver = new Resolver(TRIES);
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const [records, texts] = await Promise.all([
        resolver.resolveSrv(`_mongodb._tcp.${name}`),
        resolver.resolveTxt(name).catch(withoutTexts),
      ]);
      const members = records.map(({ name: host, port }) => ({ host: host.toLowerCase(), port }));
      if (members.length === 0 || members.length > MOST_MEMBERS) throw unknown(at);
      if (members.some(({ host }) => !isWithin(host, name))) {
        throw new GroundwireError(
          "data_source_invalid",
          `${at} cannot be reached: DNS names hosts outside of its own domain, which are not connected to.`,
        );
      }
      return { members, authSource: authSourceIn(texts) };
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof GroundwireError ? error : toFailure(error, at);
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
}

/** A name may lead to hosts beside it or below it, so that who controls one domain cannot send passwords to another. */
function isWithin(host: string, name: string): boolean {
  const labels = name.toLowerCase().split(".");
  const domain = (labels.length < 3 ? labels : labels.slice(1)).join(".");
  return host.endsWith(`.${domain}`);
}

function authSourceIn(texts: string[][]): string | null {
  const [first] = texts;
  return new URLSearchParams(first?.join("") ?? "").get("authSource");
}

function withoutTexts(error: unknown): string[][] {
  if (["ENODATA", "ENOTFOUND"].includes(codeOf(error))) return [];
  throw error;
}

function toFailure(error: unknown, at: string): GroundwireError {
  if (["ENODATA", "ENOTFOUND", "EBADNAME"].includes(codeOf(error))) return unknown(at);
  return new GroundwireError(
    "data_source_unavailable",
    `${at} cannot be looked up just now: the name server does not answer. Try again.`,
    { cause: error },
  );
}

function unknown(at: string): GroundwireError {
  return new GroundwireError(
    "data_source_unavailable",
    `${at} cannot be found: DNS knows no cluster by this name. Check its spelling, or give mongodb://host:port with the hosts themselves.`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
