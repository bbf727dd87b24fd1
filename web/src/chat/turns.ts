import { pathTo } from "../../../src/protocol/branches.ts";
import type { ListedMessageBody } from "../../../src/protocol/conversations.ts";
import { type SentFile, sentFilesOf } from "../attachments/sent-file.ts";
import { type ShownAnswer, toShownAnswer } from "./shown-answer.ts";

/** A question with its answer. */
export interface Turn {
  /** For places in the page. */
  key: string;
  /** Of the question's message; null until it is kept. */
  questionId: string | null;
  question: string;
  /** What went with it. */
  files: SentFile[];
  /** What the question follows; null: it begins the conversation. */
  parentId: string | null;
  /** Null: the question was never answered. While it is written, without its newest words. */
  answer: ShownAnswer | null;
  /** The conversation in which it is being answered; null: that is over. */
  liveIn: string | null;
  /** Other questions at this place and other answers to them: the last message of each, oldest first. */
  versions: string[];
  /** Which of them this is. */
  version: number;
}

export interface Kept {
  messages: ListedMessageBody[];
  leafId: string | null;
}

/** The turns of the branch that ends in the leaf, from the tree the server keeps. */
export function turnsOf(
  { messages, leafId }: Kept,
  seen: ReadonlyMap<string, ShownAnswer>,
): Turn[] {
  const nodes = messages.map((message) => ({ ...message, parentId: message.parent_id }));
  const path = pathTo(nodes, leafId);
  const children = Map.groupBy(messages, (message) => message.parent_id);
  return path.flatMap((node, index) => {
    if (node.message.role !== "user") return [];
    const next = path[index + 1];
    const answer = next?.answer ? next : null;
    const question = textOf(node);
    const versions = versionsAt(children, node.parent_id);
    const turn: Turn = {
      key: node.id,
      questionId: node.id,
      question,
      files: sentFilesOf(node.message),
      parentId: node.parent_id,
      answer: answer === null ? null : toShownAnswer(answer, question, seen.get(answer.id)),
      liveIn: null,
      versions,
      version: versions.indexOf(answer?.id ?? node.id),
    };
    return [turn];
  });
}

/** Every answer to every question that follows `parentId`; a question without an answer stands for itself. */
function versionsAt(
  children: ReadonlyMap<string | null, ListedMessageBody[]>,
  parentId: string | null,
): string[] {
  const questions = (children.get(parentId) ?? []).filter(({ message }) => message.role === "user");
  return questions.flatMap(({ id }) => {
    const answers = (children.get(id) ?? []).filter(({ answer }) => answer !== null);
    return answers.length === 0 ? [id] : answers.map((answer) => answer.id);
  });
}

/** The id of a question that was kept at this place and never answered; null: there is none. */
export function unanswered(
  messages: ListedMessageBody[],
  { question, parentId }: Pick<Turn, "question" | "parentId">,
): string | null {
  const found = messages.find(
    (one) =>
      one.parent_id === parentId &&
      one.message.role === "user" &&
      textOf(one) === question &&
      !messages.some(({ parent_id: parent }) => parent === one.id),
  );
  return found?.id ?? null;
}

/** Where the conversation goes on when a version is chosen: the newest message that grew from it. */
export function leafUnder(messages: ListedMessageBody[], id: string): string {
  let leaf = id;
  for (let steps = 0; steps < messages.length; steps++) {
    const child = messages.findLast(({ parent_id: parent }) => parent === leaf);
    if (child === undefined) break;
    leaf = child.id;
  }
  return leaf;
}

/** The words of a message; parts that are not text are left out. */
export function textOf({ message: { content } }: Pick<ListedMessageBody, "message">): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts: unknown[] = content;
  return parts
    .flatMap((part) =>
      typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
        ? [part.text]
        : [],
    )
    .join("\n");
}
