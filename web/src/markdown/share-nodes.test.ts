import { expect, test } from "vitest";
import type { AnswerNode, ElementName } from "./answer-tree.ts";
import { shareNodes } from "./share-nodes.ts";

const text = (value: string): AnswerNode => ({ type: "text", value });
const element = (name: ElementName, ...children: AnswerNode[]): AnswerNode => ({
  type: "element",
  name,
  children,
});
const list = (...items: string[]): AnswerNode[] => [
  element("ul", ...items.map((item) => element("li", text(item)))),
];
const itemsOf = ([first]: AnswerNode[]): AnswerNode[] =>
  first?.type === "element" ? first.children : [];

test("equal nodes are the same objects again, down to the list of them", () => {
  const before = list("one", "two");
  expect(shareNodes(before, list("one", "two"))).toBe(before);
});

test("of a list that has grown the items before are the same objects", () => {
  const before = list("one", "two");
  const after = shareNodes(before, list("one", "two", "three"));
  expect(after).toEqual(list("one", "two", "three"));
  expect(itemsOf(after).slice(0, 2)).toEqual(itemsOf(before));
  itemsOf(before).forEach((item, at) => expect(itemsOf(after)[at]).toBe(item));
});

test("what differs in a word, a number or a property is the new one", () => {
  const marker = (number: number): AnswerNode => ({ type: "citation", citation: 0, number });
  const start = (first: number): AnswerNode => ({
    type: "element",
    name: "ol",
    children: [],
    start: first,
  });
  const pairs: [AnswerNode, AnswerNode][] = [
    [text("a"), text("b")],
    [marker(1), marker(2)],
    [start(1), start(2)],
    [start(1), element("ol")],
    [element("em", text("a")), element("strong", text("a"))],
    [text("a"), element("p", text("a"))],
  ];
  for (const [before, after] of pairs) expect(shareNodes([before], [after])).toEqual([after]);
});
