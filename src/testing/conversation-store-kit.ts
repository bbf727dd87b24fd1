import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type {
  ConversationStore,
  FeedbackQuery,
  FeedbackRecord,
  Owner,
} from "../conversations/conversation-store.ts";
import { conversation, message } from "./conversation-records.ts";
import { testConversationSearch } from "./conversation-search-kit.ts";
import { testConversationTurns } from "./conversation-turn-kit.ts";

const ANN: Owner = { tenant: "acme", name: "ann" };
const OTHERS: Owner[] = [
  { tenant: "acme", name: "bob" },
  { tenant: "globex", name: "ann" },
];

/** What every store of conversations promises. `open` gives an empty one for each test; the kit closes it. */
export function testConversationStore(open: () => Promise<ConversationStore>): void {
  testConversationSearch(open);
  testConversationTurns(open);

  let store: ConversationStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const idsOf = async (query: { search?: string; after?: string; limit?: number } = {}) =>
    (await store.list(ANN, { limit: 10, ...query })).data.map(({ id }) => id);

  describe("conversations", () => {
    it("are given back as they were created and changed", async () => {
      const created = conversation("conv_1", { title: "Leave", metadata: { model: "o1" } });
      await store.create(created);
      expect(await store.get(ANN, "conv_1")).toEqual(created);
      const change = { title: "Annual leave", isPinned: true, metadata: {} };
      expect(await store.update(ANN, "conv_1", change)).toEqual({ ...created, ...change });
      expect(await store.get(ANN, "conv_1")).toEqual({ ...created, ...change });
      expect(await store.update(ANN, "conv_2", change)).toBeNull();
      expect(await store.delete(ANN, "conv_1")).toBe(true);
      expect(await store.delete(ANN, "conv_1")).toBe(false);
      expect(await store.get(ANN, "conv_1")).toBeNull();
    });

    it("belong to their owner: for nobody else they are there", async () => {
      await store.create(conversation("conv_1"));
      await store.append(ANN, "conv_1", { messages: [message("msg_1")], now: 1_000 });
      for (const other of OTHERS) {
        expect(await store.get(other, "conv_1")).toBeNull();
        expect((await store.list(other, { limit: 10, search: "text" })).data).toEqual([]);
        expect(await store.update(other, "conv_1", { title: "Mine" })).toBeNull();
        expect(await store.messages(other, "conv_1")).toEqual([]);
        expect(
          await store.append(other, "conv_1", { messages: [message("msg_2")], now: 2_000 }),
        ).toBe(false);
        const place = { id: "conv_1", messageId: "msg_1" };
        expect(await store.setFeedback(other, place, null)).toBe(false);
        expect(await store.deleteAll(other)).toBe(0);
        expect(await store.delete(other, "conv_1")).toBe(false);
      }
      expect(await store.messages(ANN, "conv_1")).toHaveLength(1);
    });

    it("are listed page by page: pinned ones first, then the one changed last", async () => {
      await store.create(conversation("conv_1", { updatedAt: 1_000 }));
      await store.create(conversation("conv_2", { updatedAt: 3_000 }));
      await store.create(conversation("conv_3", { updatedAt: 2_000 }));
      await store.create(conversation("conv_4", { updatedAt: 2_000 }));
      await store.update(ANN, "conv_1", { isPinned: true });
      expect(await idsOf()).toEqual(["conv_1", "conv_2", "conv_4", "conv_3"]);
      expect(await store.list(ANN, { limit: 2 })).toMatchObject({ hasMore: true });
      expect(await idsOf({ limit: 2, after: "conv_2" })).toEqual(["conv_4", "conv_3"]);
      expect(await store.list(ANN, { limit: 2, after: "conv_2" })).toMatchObject({
        hasMore: false,
      });
      expect(await idsOf({ after: "conv_unknown" })).toEqual([]);
    });

    it("of one owner are all deleted at once, with their messages", async () => {
      await store.create(conversation("conv_1"));
      await store.create(conversation("conv_2"));
      await store.create(conversation("conv_3", { owner: OTHERS[0] ?? ANN }));
      await store.append(ANN, "conv_1", { messages: [message("msg_1")], now: 1_000 });
      expect(await store.deleteAll(ANN)).toBe(2);
      expect(await idsOf()).toEqual([]);
      expect(await store.messages(ANN, "conv_1")).toEqual([]);
      expect(await store.get(OTHERS[0] ?? ANN, "conv_3")).not.toBeNull();
      await store.create(conversation("conv_1"));
      expect(await idsOf({ search: "text of" })).toEqual([]);
    });

    it("that are shared are found by anybody, until they are not any more or gone", async () => {
      await store.create(conversation("conv_1", { title: "Leave", metadata: { a: "b" } }));
      const share = {
        secret: "Zebra secret",
        messageId: "msg_1",
        groups: ["hr"],
        createdAt: 2_000,
      };
      expect(await store.shared("conv_1")).toBeNull();
      for (const other of OTHERS) expect(await store.setShare(other, "conv_1", share)).toBe(false);
      expect(await store.setShare(ANN, "conv_2", share)).toBe(false);
      expect(await store.shared("conv_1")).toBeNull();

      expect(await store.setShare(ANN, "conv_1", share)).toBe(true);
      await store.update(ANN, "conv_1", { title: "Annual leave" });
      await store.append(ANN, "conv_1", { messages: [message("msg_1")], now: 3_000 });
      const shared = await store.shared("conv_1");
      expect(shared).toEqual({ conversation: await store.get(ANN, "conv_1"), share });
      expect(shared?.conversation).toMatchObject({ title: "Annual leave", owner: ANN });

      const later = { ...share, messageId: "msg_2", groups: null };
      await store.setShare(ANN, "conv_1", later);
      expect((await store.shared("conv_1"))?.share).toEqual(later);
      expect(await store.setShare(ANN, "conv_1", null)).toBe(true);
      expect(await store.shared("conv_1")).toBeNull();

      await store.setShare(ANN, "conv_1", share);
      await store.delete(ANN, "conv_1");
      expect(await store.shared("conv_1")).toBeNull();
      await store.create(conversation("conv_1"));
      expect(await store.shared("conv_1")).toBeNull();
    });

    it("that nobody changes any more go", async () => {
      await store.create(conversation("conv_1", { updatedAt: 1_000 }));
      await store.create(conversation("conv_2", { updatedAt: 2_000 }));
      expect(await store.deleteUnchangedSince(2_000)).toBe(1);
      expect(await idsOf()).toEqual(["conv_2"]);
    });
  });

  describe("messages", () => {
    it("are kept in the order they were added, whatever branch they are on", async () => {
      await store.create(conversation("conv_1"));
      const first = message("msg_1");
      const second = message("msg_2", { parentId: "msg_1", answer: '{"model":"o1"}' });
      const branch = message("msg_3", { parentId: "msg_1" });
      expect(await store.append(ANN, "conv_1", { messages: [first, second], now: 5_000 })).toBe(
        true,
      );
      expect(await store.get(ANN, "conv_1")).toMatchObject({ leafId: "msg_2", updatedAt: 5_000 });
      await store.append(ANN, "conv_1", { messages: [branch], now: 6_000 });
      expect(await store.messages(ANN, "conv_1")).toEqual([first, second, branch]);
      await store.update(ANN, "conv_1", { leafId: "msg_2" });
      expect(await store.get(ANN, "conv_1")).toMatchObject({ leafId: "msg_2", updatedAt: 6_000 });
      expect(await store.append(ANN, "conv_2", { messages: [message("msg_4")], now: 6_000 })).toBe(
        false,
      );
    });

    it("carry feedback, which whoever runs the server can read", async () => {
      await store.create(conversation("conv_1"));
      await store.append(ANN, "conv_1", {
        messages: [message("msg_1"), message("msg_2")],
        now: 1_000,
      });
      const up = { thumb: "up" as const, reasons: [], text: null, createdAt: 2_000 };
      const down = {
        thumb: "down" as const,
        reasons: ["citations wrong"],
        text: "Page 7",
        createdAt: 3_000,
      };
      await store.setFeedback(ANN, { id: "conv_1", messageId: "msg_1" }, up);
      await store.setFeedback(ANN, { id: "conv_1", messageId: "msg_2" }, down);
      const entries = await store.feedback({ limit: 10 });
      expect(entries).toMatchObject([
        { conversationId: "conv_1", owner: ANN, message: { id: "msg_2" }, feedback: down },
        { message: { id: "msg_1" }, feedback: up },
      ]);
      expect(await store.feedback({ limit: 10, before: 3_000 })).toHaveLength(1);
      const place = { id: "conv_1", messageId: "msg_2" };
      expect(await store.setFeedback(ANN, place, null)).toBe(true);
      expect(await store.feedback({ limit: 10 })).toHaveLength(1);
      expect(await store.setFeedback(ANN, { ...place, messageId: "msg_9" }, up)).toBe(false);
    });
  });

  describe("feedback", () => {
    const judge = (messageId: string, feedback: FeedbackRecord | null) =>
      store.setFeedback(ANN, { id: "conv_1", messageId }, feedback);
    const up = (createdAt: number): FeedbackRecord => ({
      thumb: "up",
      reasons: [],
      text: null,
      createdAt,
    });
    const down = (createdAt: number, ...reasons: string[]): FeedbackRecord => ({
      thumb: "down",
      reasons,
      text: null,
      createdAt,
    });
    const judged = async (query: Partial<FeedbackQuery> = {}) =>
      (await store.feedback({ limit: 10, ...query })).map(({ message: { id } }) => id);

    beforeEach(async () => {
      await store.create(conversation("conv_1"));
      const ids = ["msg_1", "msg_2", "msg_3", "msg_4"];
      await store.append(ANN, "conv_1", { messages: ids.map((id) => message(id)), now: 1_000 });
    });

    it("is listed page by page, also where some was given in the same second", async () => {
      await judge("msg_1", up(2_000));
      await judge("msg_2", up(3_000));
      await judge("msg_3", up(3_000));
      await judge("msg_4", up(4_000));
      const pages = [];
      let after: string | undefined;
      for (let page = 0; page < 4; page++) {
        pages.push(...(await judged({ limit: 1, ...(after === undefined ? {} : { after }) })));
        after = pages.at(-1);
      }
      expect(pages.toSorted()).toEqual(["msg_1", "msg_2", "msg_3", "msg_4"]);
      expect([pages[0], pages[3]]).toEqual(["msg_4", "msg_1"]);
      expect(await judged({ after: "msg_1" })).toEqual([]);
      expect(await judged({ after: "msg_unknown" })).toEqual([]);
      await judge("msg_2", null);
      expect(await judged({ after: "msg_2" })).toEqual([]);
    });

    it("is found by its thumb and by any of its reasons", async () => {
      await judge("msg_1", down(2_000, "inaccurate"));
      await judge("msg_2", up(3_000));
      await judge("msg_3", down(4_000, "citations wrong", "inaccurate"));
      await judge("msg_4", down(5_000, "other"));
      expect(await judged({ thumb: "up" })).toEqual(["msg_2"]);
      expect(await judged({ thumb: "down" })).toEqual(["msg_4", "msg_3", "msg_1"]);
      expect(await judged({ reason: "inaccurate" })).toEqual(["msg_3", "msg_1"]);
      expect(await judged({ thumb: "up", reason: "inaccurate" })).toEqual([]);
      expect(await judged({ reason: "inaccurate", after: "msg_3" })).toEqual(["msg_1"]);
      expect(await judged({ thumb: "down", before: 5_000, limit: 1 })).toEqual(["msg_3"]);
      expect(await judged({ reason: "inaccurate' OR 1=1" })).toEqual([]);
    });

    it("stands once, where it was last changed, and goes with its conversation", async () => {
      await judge("msg_1", up(2_000));
      await judge("msg_2", up(3_000));
      await judge("msg_1", down(4_000));
      expect(await judged()).toEqual(["msg_1", "msg_2"]);
      await store.delete(ANN, "conv_1");
      expect(await judged()).toEqual([]);
    });

    it("is found among much that is not wanted", async () => {
      const many = Array.from({ length: 250 }, (_, index) => `msg_many_${index}`);
      await store.append(ANN, "conv_1", { messages: many.map((id) => message(id)), now: 1_000 });
      await judge("msg_1", down(1_500));
      for (const [index, id] of many.entries()) await judge(id, up(2_000 + index));
      expect(await judged({ thumb: "down" })).toEqual(["msg_1"]);
      expect(await judged({ thumb: "up", limit: 300 })).toHaveLength(250);
    });
  });
}
