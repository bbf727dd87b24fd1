import type { AnySource } from "../protocol/data-sources/parse.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { JsonClients } from "../upstream/json-client.ts";
import type { SourceContext, SourceDriver } from "./define-source.ts";
import type { Source } from "./source.ts";

export interface Sources {
  /** @throws GroundwireError `data_source_invalid` for a type without a driver. */
  open(source: AnySource): Source;
  /** Breaks off what is going on. */
  close(): Promise<void>;
}

export interface SourcesDependencies extends Omit<SourceContext, "http"> {
  clients: JsonClients;
}

/** The drivers of one process by the wire's own type. */
export function createSources(
  drivers: readonly SourceDriver[],
  { clients, ...context }: SourcesDependencies,
): Sources {
  const byType = new Map(drivers.map((driver) => [driver.type, driver]));
  return {
    open(source) {
      const driver = byType.get(source.type);
      if (driver === undefined) throw noDriver(source.type, [...byType.keys()]);
      return driver.open(source, { ...context, http: clients.clientFor(source.type) });
    },
    async close() {
      await Promise.all([...drivers, clients].map((one) => one.close()));
    },
  };
}

function noDriver(type: string, known: string[]): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `This build cannot search data sources of type '${type}' yet. It can search: ${known.join(", ")}.`,
  );
}
