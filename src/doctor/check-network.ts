import type { LookupFunction } from "node:net";

import { GroundwireError } from "../protocol/errors.ts";
import type { NetworkAddress } from "../sources/source.ts";
import { type Probe, probe } from "../upstream/probe.ts";
import type { Checklist } from "./checklist.ts";

/** Longest wait for a connection, and for a handshake. */
const PATIENCE_MS = 10_000;

export interface NetworkOptions {
  /** Throws where this server may not connect. */
  check?: (address: NetworkAddress) => void;
  lookup?: (port: number) => LookupFunction;
  signal: AbortSignal;
}

interface Reached {
  address: NetworkAddress;
  /** What went wrong instead. */
  outcome: Probe | GroundwireError;
}

/**
 * Looks up, connects and shakes hands with each address; false when none lets us through. Of the members of a cluster one is
 * enough.
 */
export async function checkNetwork(
  list: Checklist,
  addressesOf: () => Promise<NetworkAddress[]>,
  options: NetworkOptions,
): Promise<boolean> {
  using opened = new DisposableStack();
  const reached = await list.run(
    "reachable",
    async () => {
      const addresses = await addressesOf();
      const all = await Promise.all(addresses.map((address) => reach(address, options)));
      for (const { outcome } of all) if (isProbe(outcome)) opened.use(outcome);
      const [first] = all;
      if (first !== undefined && !isProbe(first.outcome) && !all.some(isOpen)) throw first.outcome;
      return all;
    },
    (all) => summary(all, (probed) => probed.remote),
  );
  if (reached === null) {
    list.add("tls", { status: "skipped", detail: "not reached" });
    return false;
  }
  const open = reached.filter(isOpen);
  if (!open.some(({ address }) => address.tls)) {
    list.add("tls", { status: "skipped", detail: "spoken to without TLS, as the address says" });
    return true;
  }
  const secured = await list.run(
    "tls",
    async () => {
      const all = await Promise.all(open.map((one) => secure(one, options.signal)));
      const [first] = all;
      if (first?.outcome instanceof GroundwireError && all.every(isRefused)) throw first.outcome;
      return all;
    },
    (all) => summary(all, ({ protocol, validTo }) => `${protocol}, certificate until ${validTo}`),
  );
  return secured !== null;
}

async function reach(
  address: NetworkAddress,
  { check, lookup, signal }: NetworkOptions,
): Promise<Reached> {
  const { host, port } = address;
  try {
    check?.(address);
    const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const outcome = await probe(address, {
      signal: until,
      ...(lookup === undefined ? {} : { lookup: lookup(port) }),
    });
    return { address, outcome };
  } catch (error) {
    return { address, outcome: toFailure(error, { signal, at: `${host}:${port}` }) };
  }
}

async function secure(
  { address, outcome }: Reached & { outcome: Probe },
  signal: AbortSignal,
): Promise<{
  address: NetworkAddress;
  outcome: { protocol: string; validTo: string } | GroundwireError;
}> {
  try {
    const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    return { address, outcome: await outcome.secure(until) };
  } catch (error) {
    const at = `${address.host}:${address.port}`;
    return { address, outcome: toFailure(error, { signal, at }) };
  }
}

/** Our own patience is a failure of the host. */
function toFailure(
  error: unknown,
  { signal, at }: { signal: AbortSignal; at: string },
): GroundwireError {
  signal.throwIfAborted();
  if (error instanceof GroundwireError) return error;
  return new GroundwireError(
    "data_source_timeout",
    `${at} has not answered within ${PATIENCE_MS / 1000} seconds.`,
    { advice: "Check its address, its port and the network between.", aspect: "reachable" },
  );
}

function isProbe(outcome: Probe | GroundwireError): outcome is Probe {
  return !(outcome instanceof GroundwireError);
}

function isOpen(reached: Reached): reached is Reached & { outcome: Probe } {
  return isProbe(reached.outcome);
}

function isRefused({ outcome }: { outcome: unknown }): boolean {
  return outcome instanceof GroundwireError;
}

function summary<Result extends object>(
  all: { address: NetworkAddress; outcome: Result | GroundwireError }[],
  describe: (result: Result) => string,
): { detail: string; status?: "warning"; nextStep?: string } {
  const lines = all.map(({ address: { host, port }, outcome }) =>
    outcome instanceof GroundwireError ? outcome.problem : `${host}:${port} (${describe(outcome)})`,
  );
  const failed = all.find(({ outcome }) => outcome instanceof GroundwireError)?.outcome;
  if (!(failed instanceof GroundwireError)) return { detail: lines.join("; ") };
  return {
    detail: lines.join("; "),
    status: "warning",
    nextStep: failed.advice ?? "Look after the members that do not answer.",
  };
}
