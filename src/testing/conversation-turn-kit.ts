import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ConversationStore, Owner } from "../conversations/conversation-store.ts";
import { conversation, message } from "./conversation-records.ts";

const ANN: Owner = { tenant: "acme", name: "ann" };

/** What the turns of a conversation promise, the same in every store. */
export function testConversationTurns(open: () => Promise<ConversationStore>): void {
  let store: ConversationStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe("turns", () => {
    const A_MINUTE = 60_000;
    /** Over by the time the next call is answered, or the one after. */
    const AN_INSTANT = 1;
    const begin = (token: string, milliseconds = A_MINUTE) =>
      store.beginTurn("conv_1", { token, milliseconds });
    const add = (id: string, turn: string) =>
      store.append(ANN, "conv_1", { messages: [message(id)], now: 1_000, turn });
    beforeEach(() => store.create(conversation("conv_1")));

    it("of one conversation follow each other", async () => {
      expect(await begin("a")).toBe(true);
      expect(await begin("b")).toBe(false);
      await store.endTurn("conv_1", "b");
      expect(await begin("b")).toBe(false);
      await store.endTurn("conv_1", "a");
      expect(await begin("b")).toBe(true);
      const unknown = { token: "a", milliseconds: A_MINUTE };
      expect(await store.beginTurn("conv_2", unknown)).toBe(false);
      expect(await store.renewTurn("conv_2", unknown)).toBe(false);
    });

    it("that nobody renews can be taken over", async () => {
      expect(await begin("a", AN_INSTANT)).toBe(true);
      await expect.poll(() => begin("b"), { interval: 1 }).toBe(true);
      await store.endTurn("conv_1", "a");
      expect(await begin("c")).toBe(false);
    });

    it("that are renewed last, also when their time had passed and nobody took over", async () => {
      await begin("a", AN_INSTANT);
      const lease = { token: "a", milliseconds: A_MINUTE };
      expect(await store.renewTurn("conv_1", lease)).toBe(true);
      expect(await begin("b")).toBe(false);
      expect(await store.renewTurn("conv_1", { ...lease, milliseconds: AN_INSTANT })).toBe(true);
      await expect.poll(() => begin("b"), { interval: 1 }).toBe(true);
      expect(await store.renewTurn("conv_1", lease)).toBe(false);
    });

    it("that were taken over, or have ended, add nothing", async () => {
      await begin("a", AN_INSTANT);
      expect(await add("msg_1", "a")).toBe(true);
      await expect.poll(() => begin("b"), { interval: 1 }).toBe(true);
      expect(await add("msg_2", "a")).toBe(false);
      expect(await add("msg_3", "b")).toBe(true);
      await store.endTurn("conv_1", "b");
      expect(await add("msg_4", "b")).toBe(false);
      const kept = await store.messages(ANN, "conv_1");
      expect(kept.map(({ id }) => id)).toEqual(["msg_1", "msg_3"]);
      expect(await store.get(ANN, "conv_1")).toMatchObject({ leafId: "msg_3" });
    });

    it("that begin at the same moment are one", async () => {
      const began = await Promise.all(Array.from({ length: 10 }, (_, index) => begin(`t${index}`)));
      expect(began.filter(Boolean)).toHaveLength(1);
    });
  });
}
