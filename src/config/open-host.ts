import { ConfigurationError } from "./configuration-error.ts";

/** True for an address that only programs on this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

/**
 * Without keys everybody who can reach the port may read and delete everything.
 * @throws ConfigurationError saying how to close or to hide the server.
 */
export function refuseOpenHost(host: string, hasKeys: boolean): void {
  if (isLoopback(host) || hasKeys) return;
  throw new ConfigurationError(
    `HOST=${host} can be reached from other machines, so keys are required: make one with \`groundwire keys create --name NAME\`, set GROUNDWIRE_API_KEYS=name:key, let people sign in (sign_in in groundwire.yaml), or set HOST=127.0.0.1.`,
  );
}
