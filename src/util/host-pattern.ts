import { isIPv6 } from "node:net";

/** Hosts that an operator lets callers reach. */
export interface HostPattern {
  /** As `canonicalHost` writes it; of a suffix what stands behind the star, dot included. */
  host: string;
  isSuffix: boolean;
  /** Null: every port. */
  port: number | null;
}

/** `search.corp.internal`, `10.0.0.5:9200`, `[fd00::5]:9200`, `*.corp.internal`; null when it is none of these. */
export function parseHostPattern(text: string): HostPattern | null {
  const isSuffix = text.startsWith("*.");
  const bare = isSuffix ? text.slice(2) : text;
  const [, name = bare, digits] = isIPv6(bare) ? [] : (/^(.+?)(?::(\d{1,5}))?$/u.exec(bare) ?? []);
  const host = canonicalHost(name);
  const port = digits === undefined ? null : Number(digits);
  if (host === null || (port !== null && (port < 1 || port > 65_535))) return null;
  return { host: isSuffix ? `.${host}` : host, isSuffix, port };
}

/** True when one of the patterns names this canonical host and port. */
export function isNamedBy(patterns: readonly HostPattern[], host: string, port: number): boolean {
  return patterns.some(
    (pattern) =>
      (pattern.port ?? port) === port &&
      (pattern.isSuffix ? host.endsWith(pattern.host) : host === pattern.host),
  );
}

/**
 * One spelling for every way to write a host: lower case, no dot at the end, no brackets, IPv4 in four decimal parts (from
 * decimal, octal and hexadecimal forms). Null when it is no host, or more than one (a path, a port, a user name).
 */
export function canonicalHost(host: string): string | null {
  const bare = host.replace(/^\[(.*)\]$/u, "$1");
  if (isIPv6(bare)) return hostnameOf(`[${bare}]`)?.slice(1, -1) ?? null;
  if (/[/\\?#@:*\s]/u.test(host)) return null;
  return hostnameOf(host)?.replace(/\.$/u, "") || null;
}

function hostnameOf(host: string): string | null {
  const text = `http://${host}/`;
  return URL.canParse(text) ? new URL(text).hostname : null;
}
