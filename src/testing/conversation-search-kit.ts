import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ConversationStore, Owner } from "../conversations/conversation-store.ts";
import { conversation, message } from "./conversation-records.ts";

const ANN: Owner = { tenant: "acme", name: "ann" };
const BOB: Owner = { tenant: "acme", name: "bob" };

/** What a search of conversations promises, the same in every store. */
export function testConversationSearch(open: () => Promise<ConversationStore>): void {
  let store: ConversationStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const find = async (search: string, query: { after?: string; limit?: number } = {}) =>
    store.list(ANN, { limit: 10, ...query, search });
  const idsOf = async (search: string, query: { after?: string; limit?: number } = {}) =>
    (await find(search, query)).data.map(({ id }) => id);
  const say = (id: string, text: string, now = 1_000) =>
    store.append(ANN, id, { messages: [message(`msg_${id}_${now}`, { text })], now });

  describe("a search", () => {
    it.each([
      ["one character", "月", "来月の予定は？"],
      ["two characters, without spaces", "年假", "员工的年假是多少天"],
      ["the middle of a word", "achtun", "Übernachtung"],
      ["words across a line break", "days\nof", "27 days\nof leave"],
      ["small letters for large ones", "straẞe".toLowerCase(), "Hafenstraße"],
      ["a word without its accents", "ubernachtung", "Eine ÜBERNACHTUNG"],
      ["accents where the text has none", "résumé", "Send your resume"],
      ["accents written as characters of their own", "e\u0301t\u00e9", "L'\u00e9te\u0301 dernier"],
      ["Greek at the end of a word", "ΟΔΟΣ", "η οδός"],
      ["Korean in parts", "\u1112\u1161\u11ab국", "한국어"],
      ["Arabic", "السنوية", "كم عدد أيام الإجازة السنوية؟"],
      ["signs that patterns are made of", '"100%_\\*', 'It says "100%_\\*" there'],
      ["an emoji", "🦓", "a 🦓 crosses"],
      ["the end of a long text", "needle", `${"Some hay, and more of it. ".repeat(900)}needle`],
      [
        "what stands between two parts of a long text",
        "in the middle",
        `${"x".repeat(990)} in the middle ${"y".repeat(900)}`,
      ],
    ])("finds %s", async (_name, search, text) => {
      await store.create(conversation("conv_1"));
      await say("conv_1", "Something else.");
      await say("conv_1", text, 2_000);
      await store.create(conversation("conv_2", { title: "Nothing of it" }));
      expect((await find(search)).data).toMatchObject([{ id: "conv_1", match: text }]);
      expect(await idsOf(`${search}q`)).toEqual([]);
    });

    it("finds titles, and then has no text", async () => {
      await store.create(conversation("conv_1", { title: "Übernachtung" }));
      await say("conv_1", "Die Übernachtung kostet");
      expect((await find("nachtung")).data).toMatchObject([{ id: "conv_1", match: null }]);
    });

    it("goes by what conversations say now: renamed, gone on, deleted, expired", async () => {
      await store.create(conversation("conv_1", { title: "Harbour" }));
      expect(await idsOf("harbour")).toEqual(["conv_1"]);
      await store.update(ANN, "conv_1", { title: "Airships" });
      expect([await idsOf("harbour"), await idsOf("airship")]).toEqual([[], ["conv_1"]]);
      await store.update(ANN, "conv_1", { isPinned: true });
      expect(await idsOf("airship")).toEqual(["conv_1"]);
      await store.update(ANN, "conv_1", { title: null });
      expect(await idsOf("airship")).toEqual([]);
      await say("conv_1", "A zeppelin leaves", 2_000);
      await say("conv_1", "and lands", 3_000);
      expect([await idsOf("zeppelin"), await idsOf("lands")]).toEqual([["conv_1"], ["conv_1"]]);
      await store.delete(ANN, "conv_1");
      await store.create(conversation("conv_1"));
      expect(await idsOf("zeppelin")).toEqual([]);
      await say("conv_1", "A zeppelin again", 4_000);
      expect(await store.deleteUnchangedSince(5_000)).toBe(1);
      await store.create(conversation("conv_1"));
      expect(await idsOf("zeppelin")).toEqual([]);
      await say("conv_1", "One more zeppelin", 6_000);
      expect(await store.deleteAll(ANN)).toBe(1);
      await store.create(conversation("conv_1"));
      expect(await idsOf("zeppelin")).toEqual([]);
    });

    it("finds what belongs to the owner only", async () => {
      await store.create(conversation("conv_1"));
      await store.create(conversation("conv_2", { owner: BOB, title: "A zeppelin" }));
      await say("conv_1", "A zeppelin");
      expect(await idsOf("zeppelin")).toEqual(["conv_1"]);
    });

    it("gives pages in the order of the list, whether much is found or little", async () => {
      const ids = Array.from({ length: 230 }, (_, index) => `conv_${100 + index}`);
      await Promise.all(
        ids.map(async (id, index) => {
          await store.create(conversation(id));
          await say(id, index % 20 === 0 ? "rare and common" : "common", 2_000 + index);
        }),
      );
      await store.update(ANN, "conv_120", { isPinned: true });
      for (const [search, step] of [
        ["common", 1],
        ["rare", 20],
      ] as const) {
        const found = ids.filter((_id, index) => index % step === 0).toReversed();
        const expected = ["conv_120", ...found.filter((id) => id !== "conv_120")];
        const paged: string[] = [];
        for (let hasMore = true; hasMore;) {
          const after = paged.at(-1);
          const page = await find(search, { limit: 7, ...(after === undefined ? {} : { after }) });
          paged.push(...page.data.map(({ id }) => id));
          hasMore = page.hasMore;
        }
        expect(paged).toEqual(expected);
      }
    });
  });
}
