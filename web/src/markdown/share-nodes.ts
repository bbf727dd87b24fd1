import type { AnswerNode } from "./answer-tree.ts";

/** `after` with the objects of `before` wherever they are equal, so that what did not change is not drawn anew. */
export function shareNodes(before: AnswerNode[], after: AnswerNode[]): AnswerNode[] {
  const nodes = after.map((node, index) => shareNode(before[index], node));
  const isSame = nodes.length === before.length && nodes.every((node, at) => node === before[at]);
  return isSame ? before : nodes;
}

function shareNode(before: AnswerNode | undefined, after: AnswerNode): AnswerNode {
  if (before === undefined || before.type !== after.type) return after;
  if (before.type !== "element" || after.type !== "element") {
    return areEqual(before, after) ? before : after;
  }
  const children = shareNodes(before.children, after.children);
  const shared = { ...after, children };
  return areEqual(before, shared) ? before : shared;
}

/** Of what has no objects in it but those that are shared already. */
function areEqual(before: object, after: object): boolean {
  const [left, right] = [Object.entries(before), new Map<string, unknown>(Object.entries(after))];
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
