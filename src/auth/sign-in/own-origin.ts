import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "../../config/open-host.ts";
import type { SignInSettings } from "../../config/sign-in-settings.ts";

/**
 * The origin that browsers know this server by: as configured, else a name of this machine they asked for it under.
 * Null: another name, which no configuration vouches for. What a proxy says in headers of its own is never believed.
 */
export function ownOrigin(
  { publicUrl }: Pick<SignInSettings, "publicUrl">,
  { host = "" }: IncomingHttpHeaders,
): string | null {
  if (publicUrl !== null) return publicUrl;
  const url = URL.parse(`http://${host}`);
  const name = (url?.hostname ?? "").replace(/^\[(.*)\]$/u, "$1");
  return url !== null && isLoopback(name) ? url.origin : null;
}

/** An address of this server that `path` leads to; its first page when it would lead elsewhere. */
export function addressWithin(origin: string, path: string | undefined): string {
  const first = `${origin}/`;
  if (path === undefined || !path.startsWith("/")) return first;
  const url = URL.parse(path, first);
  // Whole, so that no browser reads a path of two slashes as another host.
  return url !== null && url.origin === origin ? url.href : first;
}
