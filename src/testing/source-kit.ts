import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { GroundwireError } from "../protocol/errors.ts";
import type { SourceCapabilities } from "../sources/define-source.ts";
import type { Source, SourcePassage, SourceQuery } from "../sources/source.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS, type KitDocument } from "./source-documents.ts";
import { eventually } from "./eventually.ts";

/** An engine holding `KIT_DOCUMENTS`, and a driver to search it with. */
export interface SourceStand extends AsyncDisposable {
  /**
   * Opens the driver as the circumstances have it; with none of them it searches `KIT_DOCUMENTS` with everything right.
   * Give it a context of `openTestContext`, whose limits are short.
   */
  open(circumstances?: Circumstances): Source;
  /** Everything secret in what `open` uses, `WRONG_SECRET` aside. */
  secrets: string[];
}

export interface Circumstances {
  /** A URL to connect to instead of the engine's own. */
  url?: string;
  /** Credentials the engine does not know. */
  secret?: typeof WRONG_SECRET;
  /** The name of an index there is not. */
  index?: string;
  /** How many dimensions the query's vectors have, instead of `KIT_DIMENSIONS`. */
  dimensions?: number;
  /** Only documents of this group; `unreadable`: a filter the engine cannot understand. */
  filter?: { group: string } | "unreadable";
}

export const WRONG_SECRET = "wrong-secret-5f0c";

export interface SourceKit {
  capabilities: SourceCapabilities;
  /** False: the driver has no `inspect`. True by default. */
  inspects?: boolean;
  start(): Promise<SourceStand>;
}

const QUESTION = "How many days of annual leave do employees get?";

function queryOf(more: Partial<SourceQuery> = {}): SourceQuery {
  return {
    text: QUESTION,
    limit: 10,
    allowPartial: false,
    signal: new AbortController().signal,
    ...more,
  };
}

/** What every driver of a source must do, in the words of `source.ts`. */
export function testSource(
  name: string,
  { capabilities, inspects = true, start }: SourceKit,
): void {
  describe(`source: ${name}`, () => {
    let stand: SourceStand;
    beforeAll(async () => {
      stand = await start();
    });
    afterAll(() => stand[Symbol.asyncDispose]());

    const failureOf = async (circumstances: Circumstances): Promise<GroundwireError> => {
      const error: unknown = await stand
        .open(circumstances)
        .search(queryOf())
        .then(
          () => null,
          (thrown: unknown) => thrown,
        );
      expect(error).toBeInstanceOf(GroundwireError);
      // Asserted just above.
      return error as GroundwireError;
    };
    const expectNoSecret = ({ message }: GroundwireError): void => {
      for (const secret of [...stand.secrets, WRONG_SECRET]) expect(message).not.toContain(secret);
    };

    it("finds the document that answers first, the others after it, each once", async () => {
      const passages = await stand.open().search(queryOf());
      expect(passages[0]?.title).toBe("Annual leave");
      const scores = passages.map(({ rerankScore, score }) => rerankScore ?? score);
      expect(scores).toEqual(scores.toSorted((left, right) => right - left));
      expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
    });

    it("hands the fields of a document on", async () => {
      const [passage] = await stand.open().search(queryOf());
      const { content, title, url, filepath } = KIT_DOCUMENTS[0] as KitDocument;
      const expected: Partial<SourcePassage> = { content, matched: content, title, url, filepath };
      expect(passage).toMatchObject(expected);
      expect(typeof passage?.chunkId).toBe("string");
    });

    it("answers at most as many as are wanted, the best of them", async () => {
      const all = await stand.open().search(queryOf());
      const two = await stand.open().search(queryOf({ limit: 2 }));
      expect(two.map(({ id }) => id)).toEqual(all.slice(0, 2).map(({ id }) => id));
    });

    it("says relevance between 0 and 1, or nothing", async () => {
      for (const { relevance } of await stand.open().search(queryOf())) {
        if (relevance === null) continue;
        expect(relevance).toBeGreaterThanOrEqual(0);
        expect(relevance).toBeLessThanOrEqual(1);
      }
    });

    it("rejects with the signal's reason when that is aborted beforehand", async () => {
      const reason = new Error("left");
      const search = stand.open().search(queryOf({ signal: AbortSignal.abort(reason) }));
      await expect(search).rejects.toBe(reason);
    });

    it("refuses credentials the engine does not know, without telling them", async () => {
      const error = await failureOf({ secret: WRONG_SECRET });
      expect(error).toMatchObject({ code: "data_source_invalid", aspect: "authenticated" });
      expectNoSecret(error);
    });

    it("refuses an index that is not there, by its name", async () => {
      const error = await failureOf({ index: "no-such-index" });
      expect(error).toMatchObject({ code: "data_source_invalid", aspect: "index" });
      expect(error.message).toContain("no-such-index");
      expectNoSecret(error);
    });

    if (capabilities.vectors) {
      it("refuses vectors of another length than the index has, naming both", async () => {
        const error = await failureOf({ dimensions: 7 });
        expect(error).toMatchObject({ code: "data_source_invalid", aspect: "dimensions" });
        expect(error.message).toContain(String(KIT_DIMENSIONS));
        expect(error.message).toContain("7");
      });
    }

    if (inspects) {
      it("tells where it is asked and what it found out about the index", async () => {
        const { inspect } = stand.open();
        const { signal } = new AbortController();
        const [address] = (await inspect?.addresses(signal)) ?? [];
        expect(address?.port).toBeGreaterThan(0);
        const described = await inspect?.describe(signal);
        expect(described?.content).toHaveLength(1);
        if (!capabilities.vectors) return;
        const lengths = described?.vectors.map(({ dimensions }) => dimensions);
        expect(lengths).toContain(KIT_DIMENSIONS);
      });

      it("tells what is at fault also when the index is only looked at, without a secret", async () => {
        const { signal } = new AbortController();
        for (const [circumstances, aspect] of [
          [{ secret: WRONG_SECRET }, "authenticated"],
          [{ index: "no-such-index" }, "index"],
        ] as const) {
          const error: GroundwireError | undefined = await stand
            .open(circumstances)
            .inspect?.describe(signal)
            .then(
              () => undefined,
              (thrown: GroundwireError) => thrown,
            );
          expect(error?.aspect).toBe(aspect);
          expect(error?.advice).toBeTruthy();
          if (error) expectNoSecret(error);
        }
      });
    }

    if (capabilities.filters) {
      it("finds nothing that the filter leaves out", async () => {
        const passages = await stand.open({ filter: { group: "sales" } }).search(queryOf());
        const kept = KIT_DOCUMENTS.filter(({ group }) => group === "sales").map(
          ({ title }) => title,
        );
        expect(passages.length).toBeGreaterThan(0);
        for (const { title } of passages) expect(kept).toContain(title);
      });

      it("refuses a filter that cannot be understood", async () => {
        const error = await failureOf({ filter: "unreadable" });
        expect(error.code).toBe("data_source_invalid");
      });
    }
  });
}

const UNAVAILABLE = "data_source_unavailable";
const TIMEOUT = "data_source_timeout";
const INVALID = "data_source_invalid";

const FAULTS: [string, Fault, string][] = [
  ["401", { type: "status", status: 401 }, INVALID],
  ["403", { type: "status", status: 403 }, INVALID],
  ["404", { type: "status", status: 404 }, INVALID],
  ["429 without a word on when", { type: "status", status: 429 }, "data_source_throttled"],
  ["503", { type: "status", status: 503, body: "<html>overloaded</html>" }, UNAVAILABLE],
  ["500 with text", { type: "status", status: 500, body: "oops" }, UNAVAILABLE],
  ["silence", { type: "slow-headers" }, TIMEOUT],
  ["silence within an answer", { type: "slow-body" }, TIMEOUT],
  ["a reset before an answer", { type: "reset", midBody: false }, UNAVAILABLE],
  ["a reset within an answer", { type: "reset", midBody: true }, UNAVAILABLE],
  ["half an answer", { type: "truncated" }, UNAVAILABLE],
  ["an answer without end", { type: "oversized" }, INVALID],
  ["a page instead of JSON", { type: "not-json" }, INVALID],
  ["a redirect", { type: "redirect", location: "http://127.0.0.1:1/" }, INVALID],
];

export interface HttpSourceKit {
  /** As for `testSource`; `url` of the circumstances is the proxy's. */
  start(): Promise<SourceStand & { /** Of the engine. */ url: string }>;
  /** Requests of a search before the query itself, with everything right: each of them may fail as well. */
  requestsBefore: number;
  tls?: { key: string; cert: string };
}

/** What drivers over HTTP must do when the engine, or what is between, fails: at the first request and at the query itself. */
export function testHttpFaults(name: string, { start, requestsBefore, tls }: HttpSourceKit): void {
  describe(`source behind faults: ${name}`, () => {
    let stand: Awaited<ReturnType<HttpSourceKit["start"]>>;
    let proxy: FaultProxy;
    beforeAll(async () => {
      stand = await start();
    });
    afterAll(() => stand[Symbol.asyncDispose]());

    async function withProxy(run: () => Promise<void>): Promise<void> {
      proxy = await startFaultProxy({ target: stand.url, ...(tls ? { tls } : {}) });
      try {
        await run();
        await eventually(() => expect(proxy.busy()).toBe(0));
      } finally {
        await proxy[Symbol.asyncDispose]();
      }
    }

    const places = [...new Set([0, requestsBefore])];
    const cases = FAULTS.flatMap(([what, fault, code]) =>
      places.map((after) => [what, after, fault, code] as const),
    );
    it.each(cases)(
      "%s after %i requests is reported, naming the host",
      (_what, after, fault, code) =>
        withProxy(async () => {
          proxy.fault(fault, { after });
          const error: unknown = await stand
            .open({ url: proxy.url })
            .search(queryOf())
            .then(
              () => null,
              (thrown: unknown) => thrown,
            );
          expect(error).toBeInstanceOf(GroundwireError);
          expect(error).toMatchObject({ code });
          const { message } = error as GroundwireError;
          expect(message).toContain(new URL(proxy.url).host);
          for (const secret of stand.secrets) expect(message).not.toContain(secret);
        }),
    );

    it.each(places)("a short pause is waited for after %i requests", (after) =>
      withProxy(async () => {
        const headers = { "retry-after-ms": "20" };
        proxy.fault({ type: "status", status: 429, headers }, { after, times: 2 });
        const passages = await stand.open({ url: proxy.url }).search(queryOf());
        expect(passages[0]?.title).toBe("Annual leave");
        expect(proxy.counts.faults).toBe(2);
      }),
    );

    it("a long pause is the caller's, who is told how long", () =>
      withProxy(async () => {
        proxy.fault({ type: "status", status: 429, headers: { "retry-after": "55" } });
        const search = stand.open({ url: proxy.url }).search(queryOf());
        await expect(search).rejects.toMatchObject({
          code: "data_source_throttled",
          retryAfter: 55,
        });
        expect(proxy.counts.faults).toBe(1);
      }));

    it.each(places)("aborted after %i requests it rejects at once and leaves the engine", (after) =>
      withProxy(async () => {
        const controller = new AbortController();
        proxy.fault({ type: "slow-headers" }, { after });
        const search = stand
          .open({ url: proxy.url })
          .search(queryOf({ signal: controller.signal }));
        const outcome = expect(search).rejects.toThrow("left");
        await eventually(() => expect(proxy.counts.faults).toBe(1));
        const began = performance.now();
        controller.abort(new Error("left"));
        await outcome;
        expect(performance.now() - began).toBeLessThan(200);
      }),
    );

    it("an engine that is not there is reported, naming the host", async () => {
      const gone = await startFaultProxy({});
      await gone[Symbol.asyncDispose]();
      const search = stand.open({ url: gone.url }).search(queryOf());
      await expect(search).rejects.toMatchObject({
        code: UNAVAILABLE,
        message: expect.stringContaining(`127.0.0.1:${gone.port}`),
      });
    });

    it("a name that is not known is reported", async () => {
      const search = stand.open({ url: "https://no-such-host.invalid" }).search(queryOf());
      await expect(search).rejects.toMatchObject({
        code: UNAVAILABLE,
        message: expect.stringContaining("no-such-host.invalid"),
      });
    });
  });
}
