import type { z } from "zod";

import { type HostPattern, parseHostPattern } from "../util/host-pattern.ts";

/** `search.corp.internal,10.0.0.5:9200,*.svc.cluster.local`; what is none of these is reported by its place. */
export function readAllowedHosts(list: string, context: z.RefinementCtx): HostPattern[] {
  const entries = list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries.flatMap((entry) => {
    const pattern = parseHostPattern(entry);
    if (pattern !== null) return [pattern];
    context.addIssue({
      code: "custom",
      message: `'${entry}' is not a host, a host with a port, or a suffix such as *.corp.internal`,
    });
    return [];
  });
}
