import type { AnySource } from "../protocol/data-sources/parse.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { HostGuard } from "../upstream/host-guard.ts";
import type { JsonClients } from "../upstream/json-client.ts";
import type { SourceDriver } from "./define-source.ts";
import type { Embed } from "./embed.ts";
import type { Source } from "./source.ts";

export interface Sources {
  /** @throws GroundwireError `data_source_invalid` for a type without a driver. */
  open(source: AnySource): Source;
  close(): Promise<void>;
}

export interface SourcesDependencies {
  guard: HostGuard;
  clients: JsonClients;
  embed: Embed;
}

/** The drivers of one process by the wire's own type. */
export function createSources(
  drivers: readonly SourceDriver[],
  { guard, clients, embed }: SourcesDependencies,
): Sources {
  const byType = new Map(drivers.map((driver) => [driver.type, driver]));
  return {
    open(source) {
      const driver = byType.get(source.type);
      if (driver === undefined) throw noDriver(source.type, [...byType.keys()]);
      return driver.open(source, { http: clients.clientFor(source.type), guard, embed });
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
    },
  };
}

function noDriver(type: string, known: string[]): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `This build cannot search data sources of type '${type}' yet. It can search: ${known.join(", ")}.`,
  );
}
