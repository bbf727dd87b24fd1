import { describe, expect, it } from "vitest";

import type { ResponseRecord, ResponseRecords } from "../storage/response-records.ts";

const A = "tenant-a";
const B = "tenant-b";

function response(id: string, more: Partial<ResponseRecord> = {}): ResponseRecord {
  return {
    id,
    tenant: A,
    previousId: null,
    isRunning: false,
    input: "[]",
    body: "{}",
    expiresAt: 9_000,
    ...more,
  };
}

/** The part of `testStorage` about responses. `responses` gives those of an empty storage in each test. */
export function testResponseRecords(responses: () => ResponseRecords): void {
  describe("responses", () => {
    it("are given back as they were last put, to their tenant only", async () => {
      await responses().put(response("resp_1", { isRunning: true }));
      const ended = response("resp_1", { body: '{"status":"completed"}' });
      await responses().put(ended);
      expect(await responses().get(A, "resp_1")).toEqual(ended);
      expect(await responses().get(B, "resp_1")).toBeNull();
      expect(await responses().chain(B, "resp_1", 10)).toEqual([]);
      expect(await responses().delete(B, "resp_1")).toBe(false);
      expect(await responses().delete(A, "resp_1")).toBe(true);
      expect(await responses().delete(A, "resp_1")).toBe(false);
    });

    it("tell the conversation they go on with, oldest first and no longer than wanted", async () => {
      await responses().put(response("resp_1"));
      await responses().put(response("resp_2", { previousId: "resp_1" }));
      await responses().put(response("resp_3", { previousId: "resp_2" }));
      const idsOf = async (most: number): Promise<string[]> =>
        (await responses().chain(A, "resp_3", most)).map(({ id }) => id);
      expect(await idsOf(10)).toEqual(["resp_1", "resp_2", "resp_3"]);
      expect(await idsOf(2)).toEqual(["resp_2", "resp_3"]);
      await responses().delete(A, "resp_1");
      expect(await idsOf(10)).toEqual(["resp_2", "resp_3"]);
    });

    it("never go on with another tenant's", async () => {
      await responses().put(response("resp_1", { tenant: B }));
      await responses().put(response("resp_2", { previousId: "resp_1" }));
      expect((await responses().chain(A, "resp_2", 10)).map(({ id }) => id)).toEqual(["resp_2"]);
    });

    it("that are being written are known, and go when their time has passed", async () => {
      await responses().put(response("resp_1", { isRunning: true, expiresAt: 1_000 }));
      await responses().put(response("resp_2", { tenant: B }));
      expect((await responses().running()).map(({ id }) => id)).toEqual(["resp_1"]);
      expect(await responses().deleteExpired(999)).toBe(0);
      expect(await responses().deleteExpired(1_000)).toBe(1);
      expect(await responses().get(B, "resp_2")).not.toBeNull();
    });
  });
}
