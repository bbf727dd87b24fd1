import { createHash } from "node:crypto";

import type { AnySource } from "../protocol/data-sources/parse.ts";
import { secretsOf } from "../protocol/data-sources/secrets.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { HostGuard } from "../upstream/host-guard.ts";
import type { Identities } from "../upstream/identities.ts";
import type { JsonClient } from "../upstream/json-client.ts";
import { maskSecrets } from "../util/secrets.ts";
import { createTtlCache, type TtlCache } from "../util/ttl-cache.ts";
import type { Embed } from "./embed.ts";
import type { Source } from "./source.ts";

/** What a driver is given to reach the world with. There is no other way out. */
export interface SourceContext {
  /** JSON over HTTP to hosts the caller names; its errors begin with the type of the source. */
  http: JsonClient;
  /** For drivers with a protocol of their own: `check` every host before connecting, resolve by `lookup`. */
  guard: HostGuard;
  embed: Embed;
  /** For requests that want to be let in by a managed identity. */
  identities: Identities;
}

/** What a driver can do, for what is built upon it. */
export interface SourceCapabilities {
  /** A filter of the request reaches the engine. */
  filters: boolean;
  /** Ranks by the vectors of an embedding model. */
  vectors: boolean;
}

type SourceType = AnySource["type"];
type SettingsOf<Type extends SourceType> = Extract<AnySource, { type: Type }>;

export interface SourceDefinition<Type extends SourceType> {
  /** The wire's own name. */
  type: Type;
  capabilities: SourceCapabilities;
  /** Called for every question; connects to nothing yet. What is worth keeping (pools, caches) belongs to the driver. */
  open(settings: SettingsOf<Type>, context: SourceContext): Source;
  /** Gives back what the driver kept. */
  close?(): Promise<void>;
}

/** A definition without its type of settings, for the registry. */
export interface SourceDriver {
  readonly type: SourceType;
  readonly capabilities: SourceCapabilities;
  open(source: AnySource, context: SourceContext): Source;
  close(): Promise<void>;
}

/**
 * Makes a driver whose searches reject with the signal's reason once it is aborted, and else with a `GroundwireError`
 * whose message holds no secret of the settings, whatever the engine said.
 */
export function defineSource<Type extends SourceType>(
  definition: SourceDefinition<Type>,
): SourceDriver {
  const { type, capabilities } = definition;
  return {
    type,
    capabilities,
    open(source, context) {
      if (source.type !== type) throw new Error(`a ${source.type} given to the driver of ${type}`);
      // Just compared; the compiler does not narrow by a type parameter.
      const opened = definition.open(source as SettingsOf<Type>, context);
      const { inspect } = opened;
      async function guarded<Result>(
        signal: AbortSignal,
        work: () => Promise<Result>,
      ): Promise<Result> {
        signal.throwIfAborted();
        try {
          return await work();
        } catch (error) {
          signal.throwIfAborted();
          throw toSourceError(error, source);
        }
      }
      return {
        ...opened,
        search: (query) => guarded(query.signal, () => opened.search(query)),
        ...(inspect === undefined
          ? {}
          : {
              inspect: {
                addresses: (signal) => guarded(signal, () => inspect.addresses(signal)),
                describe: (signal) => guarded(signal, () => inspect.describe(signal)),
              },
            }),
      };
    },
    close: async () => definition.close?.(),
  };
}

function toSourceError(error: unknown, source: AnySource): unknown {
  if (!(error instanceof GroundwireError)) return error;
  const problem = maskSecrets(error.problem, secretsOf(source));
  if (problem === error.problem) return error;
  const { code, retryAfter, advice, aspect } = error;
  // Without its cause, which may say the same.
  return new GroundwireError(code, problem, {
    ...(advice === undefined ? {} : { advice }),
    ...(aspect === undefined ? {} : { aspect }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

const DISCOVERY_TTL_MS = 5 * 60_000;
const MOST_DISCOVERIES = 500;

/** What was found out about indexes: asked for once in five minutes, not with every question. */
export function createDiscoveries<Value>(): TtlCache<Value> {
  return createTtlCache({ ttlMs: DISCOVERY_TTL_MS, most: MOST_DISCOVERIES });
}

/** One key for everything a discovery depends on, the credentials among it: what one may see another may not. */
export function discoveryKey(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
