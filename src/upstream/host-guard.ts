import { lookup as resolveHost, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import { GroundwireError } from "../protocol/errors.ts";
import { canonicalHost, type HostPattern, isNamedBy } from "../util/host-pattern.ts";
import { type AddressKind, kindOf } from "./addresses.ts";

/** Decides where this server connects for its callers: to public addresses, and to hosts its operator listed. */
export interface HostGuard {
  /**
   * For every host a caller names, before it is connected to. Addresses never reach `lookup`, so this is where they are refused.
   * @throws GroundwireError `host_not_allowed`
   */
  check(host: string, port: number, options?: CheckOptions): void;
  /**
   * For `net.connect` and whatever passes it on: resolves a name, refuses it unless every address may be connected to, and
   * answers those addresses, so that no second answer of a name server is ever used.
   */
  lookup(port: number): LookupFunction;
}

export interface CheckOptions {
  /** False: what is sent can be read on the way, which only a listed host is worth. True by default. */
  encrypted?: boolean;
}

export interface HostGuardOptions {
  /** What may be reached beside public addresses. */
  allowed: readonly HostPattern[];
  resolve?: Resolve;
}

/** All addresses of a name, as the system knows them. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

/** The system's resolver holds one of four threads, which files need too, for as long as a name server is silent. */
const MOST_LOOKUPS = 2;
const MOST_WAITING = 200;

export function createHostGuard({ allowed, resolve = lookupAll }: HostGuardOptions): HostGuard {
  const resolveInTurn = inTurn(resolve);

  function refuseAddress(address: string, host: string, port: number): void {
    const kind = kindOf(address);
    if (kind === "public" || allows(allowed, { kind, host, port })) return;
    throw notAllowed(host, port, "its address is not a public one");
  }

  async function addressesOf(name: string, port: number): Promise<LookupAddress[]> {
    const host = canonicalHost(name);
    if (host === null) throw notAllowed(name, port, "it is not the name of a host");
    const addresses = await resolveInTurn(host);
    for (const { address } of addresses) refuseAddress(address, host, port);
    return addresses;
  }

  return {
    check(name, port, { encrypted = true } = {}) {
      const host = canonicalHost(name);
      if (host === null) throw notAllowed(name, port, "it is not the name of a host");
      if (isIP(host) !== 0) refuseAddress(host, host, port);
      if (!encrypted && !isNamedBy(allowed, host, port)) {
        throw notAllowed(host, port, "keys and texts would travel unencrypted (use https or TLS)");
      }
    },
    lookup: (port) => (name, options, callback) => {
      addressesOf(name, port).then(
        (addresses) => {
          const [first] = addresses;
          if (options.all === true) callback(null, addresses);
          else callback(null, first?.address ?? "", first?.family ?? 0);
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      );
    },
  };
}

/** A listed name may lead into private networks; a special address must be listed itself. */
function allows(
  allowed: readonly HostPattern[],
  { kind, host, port }: { kind: AddressKind; host: string; port: number },
): boolean {
  return (kind === "private" || isIP(host) !== 0) && isNamedBy(allowed, host, port);
}

function inTurn(resolve: Resolve): Resolve {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (host) => {
    if (running < MOST_LOOKUPS) running++;
    else {
      if (waiting.length >= MOST_WAITING) {
        throw new GroundwireError(
          "data_source_unavailable",
          `The name ${host} cannot be looked up just now: too many others are being looked up. Try again.`,
        );
      }
      await new Promise<void>((begin) => waiting.push(begin));
    }
    try {
      return await resolve(host);
    } finally {
      // Whoever waits longest takes the place over.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

function lookupAll(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    resolveHost(host, { all: true }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });
}

function notAllowed(host: string, port: number, reason: string): GroundwireError {
  const shown = host.slice(0, 255);
  return new GroundwireError(
    "host_not_allowed",
    `This server does not connect to ${shown} for its callers: ${reason}.`,
    {
      advice: `Its operator can allow it with GROUNDWIRE_ALLOW_HOSTS=${shown.includes(":") ? `[${shown}]` : shown}:${port}.`,
      aspect: "reachable",
    },
  );
}
