import { connect, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { GroundwireError } from "../protocol/errors.ts";
import { connectionFailureOf } from "./connection-failures.ts";

export interface ProbedHost {
  host: string;
  port: number;
}

export interface ProbeOptions {
  /** The guard's own, for hosts that callers name; the system's by default. */
  lookup?: LookupFunction;
  signal: AbortSignal;
}

/** A connection that carries nothing; whoever opened it destroys it. */
export interface Probe extends Disposable {
  /** `10.1.2.3:443` */
  remote: string;
  /** Shakes hands over the same connection, as every client of this server does: the certificate must hold. Answers its issuer and last day. */
  secure(signal: AbortSignal): Promise<{ protocol: string; validTo: string }>;
}

/** Looks the name up and connects. @throws GroundwireError with the aspect `reachable` (later `tls`); the signal's reason when aborted. */
export async function probe(target: ProbedHost, { lookup, signal }: ProbeOptions): Promise<Probe> {
  const { host, port } = target;
  const socket = connect({ host, port, ...(lookup === undefined ? {} : { lookup }) });
  await settled(socket, { event: "connect", aspect: "reachable", target, signal });
  const address = socket.remoteAddress ?? "";
  return {
    remote: `${address.includes(":") ? `[${address}]` : address}:${port}`,
    async secure(until) {
      // An address is no name a certificate could be asked for.
      const named = /^[\d.]+$|:/u.test(host) ? {} : { servername: host };
      const secured = connectTls({ socket, host, ...named });
      await settled(secured, { event: "secureConnect", aspect: "tls", target, signal: until });
      return {
        protocol: secured.getProtocol() ?? "TLS",
        validTo: secured.getPeerCertificate().valid_to,
      };
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

interface Settling {
  event: "connect" | "secureConnect";
  aspect: "reachable" | "tls";
  target: ProbedHost;
  signal: AbortSignal;
}

/** Resolves with the event; afterwards an error of the socket is nobody's any more. */
function settled(
  socket: Socket,
  { event, aspect, target: { host, port }, signal }: Settling,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void socket.destroy(signal.reason as Error);
    socket.once(event, resolve);
    socket.on("error", (cause) => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (cause instanceof GroundwireError) return reject(cause);
      const { code, words, ...advice } = connectionFailureOf(cause);
      reject(new GroundwireError(code, `${host}:${port} ${words}`, { ...advice, aspect, cause }));
    });
    socket.once("close", () => signal.removeEventListener("abort", onAbort));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
