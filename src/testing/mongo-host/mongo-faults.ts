import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GroundwireError } from "../../protocol/errors.ts";
import type { SourceDriver } from "../../sources/define-source.ts";
import type { MongoLimits } from "../../sources/mongo/access.ts";
import type { Source, SourceQuery } from "../../sources/source.ts";
import type { MongoFault, MongoHost } from "./mongo-host.ts";
import { eventually } from "../eventually.ts";

/** Short enough for tests that wait for the end of a host's silence. */
export const SHORT_MONGO_LIMITS = {
  totalMs: 1_000,
  connectMs: 400,
  mostResponseBytes: 1_000_000,
} satisfies Partial<MongoLimits>;

/** A host holding what the driver searches. */
export interface MongoStand extends AsyncDisposable {
  host: MongoHost;
  /** Opens a new driver on the host, or on another address, with or without TLS. */
  open(circumstances?: { address?: string; tls?: boolean }): {
    source: Source;
    driver: SourceDriver;
  };
  secrets: string[];
}

export interface MongoFaultKit {
  start(): Promise<MongoStand>;
  /** The command that looks at indexes first. */
  discovery: string;
  /** The command that searches, and how many of its kind come before. */
  search: { command: string; after: number };
}

const UNAVAILABLE = "data_source_unavailable";
const TIMEOUT = "data_source_timeout";
const INVALID = "data_source_invalid";

const FAULTS: [string, MongoFault, string][] = [
  ["silence", { type: "stall" }, TIMEOUT],
  ["work beyond maxTimeMS", { type: "overtime" }, TIMEOUT],
  ["a reset", { type: "reset", midReply: false }, UNAVAILABLE],
  ["a reset within the answer", { type: "reset", midReply: true }, UNAVAILABLE],
  ["an answer without end", { type: "oversized" }, INVALID],
  ["an answer of another protocol", { type: "nonsense" }, INVALID],
  ["a change of primary", { type: "error", code: 10107, message: "not primary" }, UNAVAILABLE],
  ["a shutdown", { type: "error", code: 11600, message: "interrupted" }, UNAVAILABLE],
  ["a throttle", { type: "error", code: 16500, message: "too fast" }, "data_source_throttled"],
  ["a missing role", { type: "error", code: 13, message: "not authorized" }, INVALID],
  ["a refusal", { type: "error", code: 2, message: "the stars are wrong" }, INVALID],
];

const HANDSHAKE_FAULTS: [string, string, MongoFault, string][] = [
  ["a silent host", "ismaster", { type: "stall" }, TIMEOUT],
  ["a host that hangs up", "ismaster", { type: "reset", midReply: false }, UNAVAILABLE],
  ["a host of another protocol", "ismaster", { type: "nonsense" }, INVALID],
  ["a host that never stops", "ismaster", { type: "oversized" }, INVALID],
  ["silence on the password", "saslContinue", { type: "stall" }, TIMEOUT],
  ["a hang-up on the password", "saslContinue", { type: "reset", midReply: false }, UNAVAILABLE],
];

const queryOf = (more: Partial<SourceQuery> = {}): SourceQuery => ({
  text: "How many days of annual leave do employees get?",
  limit: 10,
  allowPartial: false,
  signal: new AbortController().signal,
  ...more,
});

/** What drivers over MongoDB's protocol must do when the host, or what is between, fails. */
export function testMongoFaults(name: string, { start, discovery, search }: MongoFaultKit): void {
  const places = [{ command: discovery, after: 0 }, search];
  describe(`mongo source behind faults: ${name}`, () => {
    let stand: MongoStand;
    beforeAll(async () => {
      stand = await start();
    });
    afterAll(() => stand[Symbol.asyncDispose]());

    /** Every test has a driver of its own, whose connections must all be gone afterwards. */
    async function withDriver(
      run: (source: Source) => Promise<void>,
      circumstances: { address?: string; tls?: boolean } = {},
    ): Promise<void> {
      const { source, driver } = stand.open(circumstances);
      try {
        await run(source);
      } finally {
        for (const command of [discovery, search.command, "ismaster", "saslContinue"])
          stand.host.fault(command, { type: "stall" }, { times: 0 });
        await driver.close();
      }
      await eventually(() => expect(stand.host.connections()).toBe(0));
    }

    async function failureOf(source: Source): Promise<GroundwireError> {
      const error: unknown = await source.search(queryOf()).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(GroundwireError);
      // Asserted just above.
      const { message } = error as GroundwireError;
      for (const secret of stand.secrets) expect(message).not.toContain(secret);
      return error as GroundwireError;
    }

    const cases = FAULTS.flatMap(([what, fault, code]) =>
      places.map((place) => [what, place, fault, code] as const),
    );
    it.each(cases)("%s at %j is reported, naming the host", (_what, place, fault, code) =>
      withDriver(async (source) => {
        stand.host.fault(place.command, fault, { after: place.after });
        const error = await failureOf(source);
        expect(error).toMatchObject({
          code,
          message: expect.stringContaining(stand.host.address),
        });
      }),
    );

    it.each(HANDSHAKE_FAULTS)("%s is reported, naming the host", (_what, command, fault, code) =>
      withDriver(async (source) => {
        stand.host.fault(command, fault);
        const error = await failureOf(source);
        expect(error).toMatchObject({
          code,
          message: expect.stringContaining(stand.host.address),
        });
      }),
    );

    it("one broken connection is no failure: the search is sent again", () =>
      withDriver(async (source) => {
        const { command, after } = search;
        stand.host.fault(command, { type: "reset", midReply: true }, { after, times: 1 });
        expect((await source.search(queryOf()))[0]?.title).toBe("Annual leave");
      }));

    it.each(places)("aborted at %j it rejects at once, and the host knows", (place) =>
      withDriver(async (source) => {
        const { host } = stand;
        const before = host.abandoned.length;
        host.fault(place.command, { type: "stall" }, { after: place.after });
        const controller = new AbortController();
        const reason = new Error("left");
        const outcome = expect(source.search(queryOf({ signal: controller.signal }))).rejects.toBe(
          reason,
        );
        await eventually(() => expect(host.stalled()).toBe(1));
        const began = performance.now();
        controller.abort(reason);
        await outcome;
        expect(performance.now() - began).toBeLessThan(200);
        await eventually(() => expect(host.abandoned.slice(before)).toContain(place.command));
      }),
    );

    it("aborted while it connects it rejects at once and hangs up", () =>
      withDriver(async (source) => {
        stand.host.fault("ismaster", { type: "stall" });
        const controller = new AbortController();
        const reason = new Error("left");
        const search = expect(source.search(queryOf({ signal: controller.signal }))).rejects.toBe(
          reason,
        );
        await eventually(() => expect(stand.host.connections()).toBeGreaterThan(0));
        controller.abort(reason);
        await search;
        await eventually(() => expect(stand.host.connections()).toBe(0));
      }));

    it("a host that is not there is reported at once, naming it", async () => {
      const port = await freePort();
      await withDriver(
        async (source) => {
          const began = performance.now();
          expect(await failureOf(source)).toMatchObject({
            code: UNAVAILABLE,
            message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port} refuses`, "u")),
          });
          expect(performance.now() - began).toBeLessThan(SHORT_MONGO_LIMITS.connectMs);
        },
        { address: `127.0.0.1:${port}` },
      );
    });

    it("a name that is not known is reported", () =>
      withDriver(
        async (source) => {
          expect(await failureOf(source)).toMatchObject({
            code: UNAVAILABLE,
            message: expect.stringContaining("no-such-host.invalid:27017 cannot be found"),
          });
        },
        { address: "no-such-host.invalid:27017" },
      ));

    it("a host that expects TLS is reported when there is none", () =>
      withDriver(
        async (source) => {
          expect((await failureOf(source)).message).toContain(stand.host.address);
        },
        { tls: false },
      ));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  // A TCP server's address is an object.
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
