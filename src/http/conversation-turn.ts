import type { FastifyRequest } from "fastify";
import type {
  ConversationRecord,
  ConversationStore,
  MessageRecord,
  Owner,
} from "../conversations/conversation-store.ts";
import { wordsOf } from "../conversations/export.ts";
import { titleOf } from "../conversations/title.ts";
import { pathTo } from "../protocol/branches.ts";
import type { StoredAnswer } from "../protocol/conversations.ts";
import { GroundwireError, toGroundwireError } from "../protocol/errors.ts";
import type { AnswerEvent, EarlierSummary } from "../protocol/events.ts";
import { isInstruction } from "../protocol/truncation.ts";
import { isObject } from "../protocol/validation.ts";
import { newId } from "../util/ids.ts";
import { contentOf, emptyAnswer, foldEvent, type FoldedAnswer } from "./encode/folded-answer.ts";
import type { Principal } from "../auth/principal.ts";
import type { Accounting } from "./accounting.ts";
import { type HeldTurn, holdTurn } from "./hold-turn.ts";
import type { HttpServices } from "./services-type.ts";

/** One question of a kept conversation and its answer. */
export interface ConversationTurn {
  conversationId: string;
  /** The request with the whole conversation in `messages`, and nothing of ours. */
  body: Record<string, unknown>;
  /** The summary that stands for its beginning; null: none has been written. */
  earlierSummary: EarlierSummary | null;
  /** Hands the answer on and keeps it, also when it breaks off. Ends the turn. */
  keep(events: AsyncGenerator<AnswerEvent>, accounting: Accounting): AsyncGenerator<AnswerEvent>;
  /** Ends a turn that is not answered. */
  abandon(): Promise<void>;
}

export function ownerOf({ tenant, keyName }: Principal): Owner {
  return { tenant, name: keyName ?? "" };
}

/**
 * Begins the turn a request with `conversation_id` asks for; null for other requests.
 * @throws GroundwireError `not_found`; `conflict` while another turn of the conversation is being answered; `invalid_request`.
 */
export async function beginTurn(
  { conversations, now, turnTimes }: HttpServices,
  request: FastifyRequest,
  body: Record<string, unknown>,
): Promise<ConversationTurn | null> {
  const { conversation_id: id, parent_message_id: parentId, ...rest } = body;
  if (id === undefined || id === null) return null;
  const owner = ownerOf(request.context.principal);
  const conversation = typeof id === "string" ? await conversations.get(owner, id) : null;
  if (conversation === null) throw noConversation(id);

  const held = await holdTurn(conversations, conversation.id, turnTimes);
  if (held === null) throw isBusy(conversation.id);
  try {
    const stored = await conversations.messages(owner, conversation.id);
    const { path, added } = placeOf({ conversation, stored, parentId, given: rest["messages"] });
    const answerId = newId("msg_");
    const records = toRecords(added, { parentId: path.at(-1)?.id ?? null, now: now() });
    request.context.conversationHeaders = {
      "x-groundwire-conversation-id": conversation.id,
      "x-groundwire-message-id": answerId,
    };
    const turn: OpenTurn = { conversation, owner, records, answerId, path, held };
    return {
      conversationId: conversation.id,
      earlierSummary: latestSummary(path),
      body: { ...rest, messages: messagesOf(path, added) },
      keep: (events, accounting) => keep(events, turn, { conversations, now, request, accounting }),
      abandon: () => held.end(),
    };
  } catch (error) {
    await held.end();
    throw error;
  }
}

interface OpenTurn {
  conversation: ConversationRecord;
  owner: Owner;
  /** What the caller adds. */
  records: MessageRecord[];
  answerId: string;
  path: MessageRecord[];
  held: HeldTurn;
}

interface Keeping {
  conversations: ConversationStore;
  now: () => number;
  request: FastifyRequest;
  accounting: Accounting;
}

async function* keep(
  events: AsyncGenerator<AnswerEvent>,
  turn: OpenTurn,
  { conversations, now, request, accounting }: Keeping,
): AsyncGenerator<AnswerEvent> {
  const { conversation, owner, records, answerId, held } = turn;
  const answer = emptyAnswer();
  const started = performance.now();
  let ending: Pick<StoredAnswer, "status" | "error"> = { status: "stopped", error: null };

  const add = (messages: MessageRecord[]): Promise<boolean> =>
    conversations.append(owner, conversation.id, { messages, now: now(), turn: held.token });

  async function save(): Promise<void> {
    const stored = toStoredAnswer(answer, { ...ending, started, accounting });
    const message = toAnswerMessage(answer);
    const parentId = records.at(-1)?.id ?? turn.path.at(-1)?.id ?? null;
    const record = {
      id: answerId,
      parentId,
      message: JSON.stringify(message),
      text: answer.text,
      answer: JSON.stringify(stored),
      feedback: null,
      createdAt: now(),
    };
    await add([record]);
  }

  try {
    // Kept before it is answered: whatever happens, the question is not lost.
    if (records.length > 0) await add(records);
    if (conversation.title === null) {
      const title = titleOf([...turn.path, ...records].find(isQuestion)?.text ?? "");
      await conversations.update(owner, conversation.id, { title });
    }
    for await (const event of events) {
      if (held.isLost()) throw isTakenOver(conversation.id);
      foldEvent(answer, event);
      yield event;
    }
    ending = { status: "completed", error: null };
  } catch (thrown) {
    if (!request.context.signal.aborted) {
      ending = { status: "failed", error: toGroundwireError(thrown).message };
    }
    throw thrown;
  } finally {
    // Also reached when the reader of these events stops.
    try {
      await save();
    } finally {
      await held.end();
    }
  }
}

/** Where the turn goes on, and what it adds. Without messages the last question is answered again. */
function placeOf({
  conversation,
  stored,
  parentId,
  given,
}: {
  conversation: ConversationRecord;
  stored: MessageRecord[];
  parentId: unknown;
  given: unknown;
}): { path: MessageRecord[]; added: Record<string, unknown>[] } {
  const added = Array.isArray(given) ? given.filter(isObject) : [];
  const leafId = parentId === undefined ? conversation.leafId : parentId;
  const path = typeof leafId === "string" ? pathTo(stored, leafId) : [];
  if (typeof leafId === "string" && path.length === 0) {
    throw new GroundwireError(
      "invalid_request",
      `No message with id '${leafId.slice(0, 100)}' in conversation '${conversation.id}'.`,
      { param: "parent_message_id" },
    );
  }
  if (added.length > 0) return { path, added };
  const last = path.at(-1);
  const again = last?.answer === null ? path : path.slice(0, -1);
  if (again.length > 0) return { path: again, added };
  throw new GroundwireError(
    "invalid_request",
    "The conversation has no question yet: send one in 'messages'.",
    { param: "messages" },
  );
}

/** The conversation for the model, without what messages have for clients only: instructions that were sent last stand for all earlier ones; answers without a word are left out. */
function messagesOf(
  path: MessageRecord[],
  added: Record<string, unknown>[],
): Record<string, unknown>[] {
  // Written by `toRecords` and `toAnswerMessage`.
  const earlier = path.map(({ message }) => JSON.parse(message) as Record<string, unknown>);
  const turns = [...earlier, ...added]
    .filter((message) => !isInstruction(message))
    .map(({ attachments: _forClients, ...message }) => message);
  const fresh = added.filter(isInstruction);
  const instructions = fresh.length > 0 ? fresh : latestInstructions(earlier);
  return [...instructions, ...turns.filter((message) => !isSilent(message))];
}

/** Instructions that were sent with one turn follow each other without another message between. */
function latestInstructions(messages: Record<string, unknown>[]): Record<string, unknown>[] {
  const last = messages.findLastIndex(isInstruction);
  const before = messages.slice(0, last + 1).findLastIndex((message) => !isInstruction(message));
  return messages.slice(before + 1, last + 1);
}

function latestSummary(path: MessageRecord[]): EarlierSummary | null {
  const answers = path.flatMap(
    ({ answer }) => (answer === null ? [] : [JSON.parse(answer) as StoredAnswer]), // written by `toStoredAnswer`
  );
  return answers.findLast(({ summary }) => summary !== undefined)?.summary ?? null;
}

function isSilent({ role, content, tool_calls: calls }: Record<string, unknown>): boolean {
  return role === "assistant" && !content && calls === undefined;
}

function isQuestion({ message }: MessageRecord): boolean {
  return (JSON.parse(message) as { role?: unknown }).role === "user"; // written by `toRecords`
}

function toRecords(
  messages: Record<string, unknown>[],
  { parentId, now }: { parentId: string | null; now: number },
): MessageRecord[] {
  let parent = parentId;
  return messages.map((message) => {
    const record = {
      id: newId("msg_"),
      parentId: parent,
      message: JSON.stringify(message),
      text: isInstruction(message) ? "" : wordsOf(message["content"]),
      answer: null,
      feedback: null,
      createdAt: now,
    };
    parent = record.id;
    return record;
  });
}

function toAnswerMessage(answer: FoldedAnswer): Record<string, unknown> {
  return {
    role: "assistant",
    content: contentOf(answer),
    ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls } : {}),
  };
}

function toStoredAnswer(
  answer: FoldedAnswer,
  {
    status,
    error,
    started,
    accounting,
  }: Pick<StoredAnswer, "status" | "error"> & { started: number; accounting: Accounting },
): StoredAnswer {
  return {
    model: answer.finish?.model ?? "",
    status,
    finish_reason: answer.finish?.reason ?? null,
    citations: answer.citations ?? [],
    intent: answer.queries,
    retrieved: answer.retrieved,
    usage: answer.usage,
    cost: answer.usage && accounting.costOf(answer.usage),
    ...(answer.summary === null ? {} : { summary: answer.summary }),
    ...(answer.steps.length === 0 ? {} : { steps: answer.steps }),
    ...(answer.trace === null ? {} : { trace: answer.trace }),
    error,
    milliseconds: Math.round(performance.now() - started),
  };
}

export function noConversation(id: unknown): GroundwireError {
  return new GroundwireError(
    "not_found",
    `No conversation found with id '${String(id).slice(0, 100)}'.`,
    { param: "conversation_id" },
  );
}

function isBusy(id: string): GroundwireError {
  return new GroundwireError(
    "conflict",
    `Another question of conversation '${id}' is being answered. Ask again when it is, or stop it.`,
    { param: "conversation_id" },
  );
}

function isTakenOver(id: string): GroundwireError {
  return new GroundwireError(
    "conflict",
    `This answer was not kept: the server could not hold conversation '${id}' while it was written, and another question has been asked there. Ask again.`,
    { param: "conversation_id" },
  );
}
