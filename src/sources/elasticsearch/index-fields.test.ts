import { expect, test } from "vitest";

import { fieldsOfCapabilities, fieldsOfMapping } from "./index-fields.ts";

const TEXT = { type: "text" };

function mapping(properties: unknown): unknown {
  return { index: { mappings: { properties } } };
}

test("a mapping tells of objects, nested objects, other analyses and aliases", () => {
  const fields = fieldsOfMapping(
    mapping({
      title: { type: "text", fields: { raw: { type: "keyword" } } },
      name: { type: "alias", path: "title" },
      meta: { properties: { author: TEXT } },
      parts: { type: "nested", properties: { text: TEXT, deep: { properties: { text: TEXT } } } },
    }),
  );
  const told = [...fields.values()].map(({ path, sourcePath, nested }) => [
    path,
    sourcePath,
    nested,
  ]);
  expect(told).toEqual([
    ["title", "title", null],
    ["title.raw", "title", null],
    ["name", "title", null],
    ["meta.author", "meta.author", null],
    ["parts.text", "parts.text", "parts"],
    ["parts.deep.text", "parts.deep.text", "parts"],
  ]);
});

test("a field of several indices has the vectors of all where its type is the same", () => {
  const vector = (dims: number): unknown => ({
    mappings: {
      properties: { v: { type: "dense_vector", dims, similarity: "cosine", index: true } },
    },
  });
  const fields = fieldsOfMapping({
    a: vector(3),
    b: { mappings: { properties: { v: { type: "keyword" } } } },
    c: vector(4),
  });
  expect(fields.get("v")?.vectors).toEqual([
    { dimensions: 3, similarity: "cosine", elementType: "float", isIndexed: true },
    { dimensions: 4, similarity: "cosine", elementType: "float", isIndexed: true },
  ]);
});

test.each([
  ["text", "long"],
  ["dense_vector", "keyword"],
  ["semantic_text", "keyword"],
])(
  "of a field that is %s in one index and %s in another the first counts, in any order",
  (type, other) => {
    const index = (one: string): unknown => ({ mappings: { properties: { f: { type: one } } } });
    for (const [first, second] of [
      [type, other],
      [other, type],
    ] as const) {
      expect(fieldsOfMapping({ a: index(first), b: index(second) }).get("f")?.type).toBe(type);
      const capabilities = { fields: { f: { [first]: {}, [second]: {} } } };
      expect(fieldsOfCapabilities(capabilities).get("f")?.type).toBe(type);
    }
  },
);

test("capabilities tell the same, as far as they can", () => {
  const fields = fieldsOfCapabilities({
    fields: {
      _id: { _id: {} },
      title: { text: {} },
      "title.raw": { keyword: {} },
      meta: { object: {} },
      "meta.author": { text: {} },
      parts: { nested: {} },
      "parts.text": { text: {} },
    },
  });
  const told = [...fields.values()].map(({ path, sourcePath, nested }) => [
    path,
    sourcePath,
    nested,
  ]);
  expect(told).toEqual([
    ["title", "title", null],
    ["title.raw", "title", null],
    ["meta.author", "meta.author", null],
    ["parts.text", "parts.text", "parts"],
  ]);
});

test.each([
  undefined,
  null,
  [],
  "text",
  { index: null },
  { index: { mappings: 1 } },
  { fields: [1] },
])("%j has no fields", (body) => {
  expect(fieldsOfMapping(body).size).toBe(0);
  expect(fieldsOfCapabilities(body).size).toBe(0);
});
