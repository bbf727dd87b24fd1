import type { IdentitySettings } from "../config/settings.ts";
import type { SourceContext } from "../sources/define-source.ts";
import { createEmbed } from "../sources/embed.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { createHostGuard, type HostGuardOptions } from "../upstream/host-guard.ts";
import { createIdentities } from "../upstream/identities.ts";
import { createJsonClients, type JsonLimits } from "../upstream/json-client.ts";
import { parseHostPattern } from "../util/host-pattern.ts";
import { wordVector } from "./word-vector.ts";

export interface TestContext extends SourceContext, AsyncDisposable {
  /** Texts given to each deployment. */
  embedded: { deployment: string; texts: string[] }[];
}

export interface TestContextOptions {
  /** Of the source, as errors begin. */
  subject: string;
  /** What may be reached beside public addresses; this machine by default. */
  allowed?: string[];
  limits?: Partial<JsonLimits>;
  resolve?: HostGuardOptions["resolve"];
  identities?: IdentitySettings[];
}

/** Short enough for tests that wait for the end of a host's silence. */
export const SHORT_LIMITS: Partial<JsonLimits> = {
  totalMs: 2_000,
  headersMs: 300,
  idleMs: 300,
  firstBackoffMs: 10,
  mostResponseBytes: 1_000_000,
};

/**
 * What a driver is given, over real sockets. The deployment `words-N` embeds with `wordVector` in N dimensions; there is no other.
 */
export function openTestContext({
  subject,
  allowed = ["127.0.0.1", "localhost"],
  limits = SHORT_LIMITS,
  resolve,
  identities: configured = [],
}: TestContextOptions): TestContext {
  const embedded: TestContext["embedded"] = [];
  const guard = createHostGuard({
    allowed: allowed.map((text) => parseHostPattern(text)).filter((pattern) => pattern !== null),
    ...(resolve === undefined ? {} : { resolve }),
  });
  const clients = createJsonClients({ guard, limits });
  const identities = createIdentities(configured);
  return {
    http: clients.clientFor(subject),
    guard,
    identities,
    embedded,
    embed: createEmbed({
      http: clients.clientFor("The embedding endpoint"),
      identities,
      embeddingModel(deployment) {
        const [, length] = /^words-(\d+)$/u.exec(deployment) ?? [];
        if (length === undefined) {
          throw new GroundwireError("deployment_not_found", `There is no '${deployment}'.`);
        }
        return {
          id: deployment,
          maxBatch: 100,
          async embed(texts, { signal }) {
            signal.throwIfAborted();
            embedded.push({ deployment, texts });
            return texts.map((text) => Float32Array.from(wordVector(text, Number(length))));
          },
        };
      },
    }),
    [Symbol.asyncDispose]: () => clients.close(),
  };
}
