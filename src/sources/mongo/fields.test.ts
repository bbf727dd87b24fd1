import { Binary, Decimal128, type Document, Long, ObjectId, UUID } from "mongodb";
import { describe, expect, it } from "vitest";

import { NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import { checkPaths, projectionOf, SCORE_FIELD, toPassages } from "./fields.ts";

const mapping = { ...NO_MAPPING, contentFields: ["text"], titleField: "title" };
const passagesOf = (...documents: Document[]) =>
  toPassages(documents, { mapping, relevanceOf: () => null });

describe("paths of fields", () => {
  it.each(["$where", "a.$b", "", "a..b", ".a", "a.", "a\0b", "x".repeat(600)])(
    "are refused as %j",
    (path) => {
      for (const wrong of [
        { contentFields: [path] },
        { vectorFields: [path] },
        { titleField: path },
      ])
        expect(() => checkPaths({ ...NO_MAPPING, ...wrong }, "mongo_db")).toThrow("fields_mapping");
    },
  );

  it.each(["text", "a.b.c", "Überschrift", "price in $", "a-b", "0"])("are taken as %j", (path) => {
    expect(() => checkPaths({ ...NO_MAPPING, contentFields: [path] }, "mongo_db")).not.toThrow();
  });

  it("are asked for once, an outer one for those within it", () => {
    const fields = { ...NO_MAPPING, contentFields: ["a.b", "a", "c.d", "_id"], titleField: "c.d" };
    expect(projectionOf(fields, "searchScore")).toEqual({
      _id: 1,
      chunk_id: 1,
      a: 1,
      "c.d": 1,
      [SCORE_FIELD]: { $meta: "searchScore" },
    });
  });
});

describe("documents as passages", () => {
  it.each([
    [new ObjectId("65f1c0ffee65f1c0ffee65f1"), "65f1c0ffee65f1c0ffee65f1"],
    ["a/b", "a/b"],
    [42, "42"],
    [Long.fromString("9007199254740993"), "9007199254740993"],
    [new UUID("0e6a1a52-9f0f-4a7c-8a52-1f0f4a7c8a52"), "0e6a1a52-9f0f-4a7c-8a52-1f0f4a7c8a52"],
    [{ file: "a.md", page: 3 }, '{"file":"a.md","page":3}'],
  ])("of id %j are called %s", (_id, id) => {
    expect(passagesOf({ _id, text: "x" })[0]?.id).toBe(id);
  });

  it("have dates and decimals as text, and no bytes", () => {
    const date = new Date("2026-01-02T03:04:05Z");
    const price = Decimal128.fromString("1.50");
    const text = [date, price, new Binary(Buffer.from("secret bytes")), null, "end"];
    expect(passagesOf({ _id: 1, text })[0]?.content).toBe("2026-01-02T03:04:05.000Z\n1.50\nend");
  });

  it("are not taken in by fields that are called like a type", () => {
    const hostile = { _bsontype: "ObjectId", toString: "no function", text: "x" };
    expect(passagesOf({ _id: hostile, ...hostile })[0]).toMatchObject({ content: "x" });
    expect(passagesOf({ _id: 1, text: hostile })).toEqual([]);
  });

  it("without text are left out", () => {
    expect(passagesOf({ _id: 1 }, { _id: 2, text: " " }, { _id: 3, text: {} })).toEqual([]);
  });

  it("have their own chunk id, or the first", () => {
    const found = passagesOf({ _id: 1, text: "x", chunk_id: 7 }, { _id: 2, text: "y" });
    expect(found.map(({ chunkId }) => chunkId)).toEqual(["7", "0"]);
  });
});
