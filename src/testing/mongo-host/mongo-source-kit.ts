import type { AnySource } from "../../protocol/data-sources/parse.ts";
import type { EmbeddingDependency } from "../../protocol/data-sources/parts.ts";
import type { SourceDriver } from "../../sources/define-source.ts";
import type { MongoAccessOptions } from "../../sources/mongo/access.ts";
import { openTestContext } from "../source-context.ts";
import { KIT_DIMENSIONS } from "../source-documents.ts";
import { testSource } from "../source-kit.ts";
import { HANDBOOK, READER, startFilledHost } from "./filled-host.ts";
import { type MongoFaultKit, SHORT_MONGO_LIMITS, testMongoFaults } from "./mongo-faults.ts";
import type { MongoHostOptions } from "./mongo-host.ts";

/** What the settings of a source are made of. */
export interface MongoSettings {
  address: string;
  password: string;
  tls: boolean;
  index: string;
  dimensions: number;
}

export interface MongoSourceKit extends Pick<MongoFaultKit, "discovery" | "search"> {
  type: AnySource["type"];
  flavour: MongoHostOptions["flavour"];
  createDriver(options: MongoAccessOptions): SourceDriver;
  settingsOf(settings: MongoSettings): AnySource;
}

/** Both kits for a driver over MongoDB's protocol: what every source must do, and what it must do when the host fails. */
export function testMongoSource(kit: MongoSourceKit): void {
  const { type, flavour, createDriver, settingsOf, discovery, search } = kit;
  const usual = {
    password: READER.password,
    tls: true,
    index: HANDBOOK.index,
    dimensions: KIT_DIMENSIONS,
  };

  async function start() {
    const host = await startFilledHost({ flavour });
    const context = openTestContext({ subject: type });
    const drivers: SourceDriver[] = [];
    return {
      host,
      secrets: [READER.password],
      openDriver(more: Partial<MongoSettings>) {
        const driver = createDriver({ limits: SHORT_MONGO_LIMITS });
        drivers.push(driver);
        const settings = settingsOf({ ...usual, address: host.address, ...more });
        return { driver, source: driver.open(settings, context) };
      },
      async [Symbol.asyncDispose]() {
        await Promise.all(drivers.map((driver) => driver.close()));
        await context[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  }

  testSource(type, {
    capabilities: createDriver({}).capabilities,
    async start() {
      const stand = await start();
      return {
        ...stand,
        open: ({
          secret: password = usual.password,
          index = usual.index,
          dimensions = usual.dimensions,
        } = {}) => stand.openDriver({ password, index, dimensions }).source,
      };
    },
  });
  testMongoFaults(type, {
    discovery,
    search,
    async start() {
      const stand = await start();
      return { ...stand, open: (more = {}) => stand.openDriver(more) };
    },
  });
}

/** The deployment of `openTestContext` that gives vectors of this length. */
export function wordsDeployment(
  dimensions = KIT_DIMENSIONS,
): Extract<EmbeddingDependency, { type: "deployment_name" }> {
  return { type: "deployment_name", deploymentName: `words-${dimensions}`, dimensions: null };
}
