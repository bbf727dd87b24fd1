import { Agent } from "undici";

import type { UpstreamTarget } from "../upstream/target.ts";

/** A model's server at `base` (`http://127.0.0.1:…`) that is called with a bearer key. */
export function testTarget(base: string, more: Partial<UpstreamTarget> = {}): UpstreamTarget {
  const secret = more.secret ?? "sk-operator-secret";
  return {
    dispatcher: new Agent(),
    url: (operation) => new URL(`${base}/v1/${operation}?a=b`),
    credentials: async () => ({ authorization: `Bearer ${secret}` }),
    secret,
    modelInBody: null,
    firstByteMs: 10_000,
    idleMs: 10_000,
    ...more,
  };
}
