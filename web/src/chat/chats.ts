import type { QueryClient } from "@tanstack/react-query";
import { ClientError } from "../../../src/client/http-client.ts";
import type { SourceBody } from "../../../src/protocol/sources.ts";
import type { KeptConversation } from "../../../src/client/conversation-calls.ts";
import type { SentFile } from "../attachments/sent-file.ts";
import { dropDraft, keepDraft } from "../composer/use-draft.ts";
import { conversationKey } from "../conversations/conversation-key.ts";
import { refreshConversations } from "../conversations/use-conversations.ts";
import { connect } from "../session.ts";
import { withChunk } from "./live-answer.ts";
import {
  type AnswerError,
  differInWordsOnly,
  emptyAnswer,
  isRunning,
  type ShownAnswer,
} from "./shown-answer.ts";

/** What is asked, and where in the conversation it stands. */
export interface Asked {
  conversationId: string;
  question: string;
  /** What the question follows; null: it begins the conversation. With `questionId` not used. */
  parentId: string | null;
  /** It goes on wherever the conversation stands when the server gets it; else it follows `parentId`. */
  isNext: boolean;
  /** A question that is kept already is answered again. */
  questionId: string | null;
  sources: SourceBody["data_source"][];
  model: string;
  /** Null: what the server does by itself. */
  effort: string | null;
  /** What goes with the question. */
  files: SentFile[];
  /** Files that code may read; null: no code is run. */
  codeFiles: string[] | null;
}

/** A turn that is being answered, or failed without the server having kept it. */
export interface LiveTurn extends Asked {
  answer: ShownAnswer;
}

/** The turns that are being answered: one for each conversation at most. They go on while another conversation is shown. */
export interface Chats {
  live: (conversationId: string) => LiveTurn | null;
  /** The same, but the same object as long as only words are added: for whatever is not the text itself. */
  outline: (conversationId: string) => LiveTurn | null;
  /** Answers as they came, by message, with what the server does not keep. */
  seen: ReadonlyMap<string, ShownAnswer>;
  ask: (asked: Asked) => void;
  stop: (conversationId: string) => void;
  /** Takes a turn away that failed. */
  dismiss: (conversationId: string) => void;
  subscribe: (listener: () => void) => () => void;
}

/** Shortest time between two changes of what is shown: text that grows thirty times a second grows smoothly. Milliseconds. */
const SHOWN_MS = 30;
/** The server keeps an answer a moment after its last word. */
const SETTLE_TRIES = 20;
const SETTLE_MS = 150;

export function createChats(queries: QueryClient): Chats {
  const turns = new Map<string, LiveTurn>();
  const outlines = new Map<string, LiveTurn>();
  const running = new Map<string, AbortController>();
  const seen = new Map<string, ShownAnswer>();
  const listeners = new Set<() => void>();
  const notify = (): void => listeners.forEach((listener) => listener());

  function update(id: string, change: (answer: ShownAnswer) => ShownAnswer): void {
    const turn = turns.get(id);
    if (turn === undefined) return;
    const changed = { ...turn, answer: change(turn.answer) };
    turns.set(id, changed);
    const outline = outlines.get(id);
    if (outline === undefined || !differInWordsOnly(outline.answer, changed.answer))
      outlines.set(id, changed);
    notify();
  }

  function begin(turn: LiveTurn): void {
    turns.set(turn.conversationId, turn);
    outlines.set(turn.conversationId, turn);
  }

  function end(id: string): void {
    turns.delete(id);
    outlines.delete(id);
  }

  async function run(asked: Asked): Promise<void> {
    const { conversationId: id } = asked;
    const controller = new AbortController();
    running.set(id, controller);
    const commit = inFrames((change) => update(id, change));
    const ending = await stream(asked, controller.signal, commit.later);
    commit.now();
    // What never reached the server must not be gone with the page.
    const isLost = ending.status === "failed" && turns.get(id)?.answer.id == null;
    if (isLost && asked.questionId === null) keepDraft(id, asked.question);
    running.delete(id);
    update(id, (answer) => ({ ...answer, ...ending }));
    await settle(id);
  }

  /** Once the server has kept the turn, its own record is shown. */
  async function settle(id: string): Promise<void> {
    const answer = turns.get(id)?.answer;
    if (answer?.id) seen.set(answer.id, answer);
    for (let tries = 0; tries < SETTLE_TRIES; tries++) {
      await queries.invalidateQueries({ queryKey: conversationKey(id) });
      const kept = queries.getQueryData<KeptConversation>(conversationKey(id));
      const isKept = kept?.messages.some((message) => message.id === answer?.id) ?? false;
      if (isKept) end(id);
      if (isKept || answer?.id == null) break;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
    notify();
    await refreshConversations(queries);
  }

  return {
    live: (id) => turns.get(id) ?? null,
    outline: (id) => outlines.get(id) ?? null,
    seen,
    ask(asked) {
      if (running.has(asked.conversationId)) return;
      begin({ ...asked, answer: emptyAnswer(asked.question) });
      notify();
      void run(asked);
    },
    stop: (id) => running.get(id)?.abort(),
    dismiss(id) {
      const turn = turns.get(id);
      if (turn === undefined || isRunning(turn.answer)) return;
      end(id);
      notify();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Change = (answer: ShownAnswer) => ShownAnswer;

/** Changes that come in quick succession are shown together, in every second frame: scrolling and typing have the other one. */
function inFrames(apply: (change: Change) => void): {
  later: (change: Change) => void;
  now: () => void;
} {
  let waiting: Change[] = [];
  let frame: number | undefined;
  let shown = 0;
  function onFrame(time: number): void {
    if (time - shown < SHOWN_MS) {
      frame = requestAnimationFrame(onFrame);
      return;
    }
    shown = time;
    now();
  }
  function now(): void {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    const changes = waiting;
    waiting = [];
    if (changes.length > 0)
      apply((answer) => changes.reduce((last, change) => change(last), answer));
  }
  return {
    now,
    later(change) {
      waiting.push(change);
      // A page in the background draws no frames.
      if (document.hidden) now();
      else frame ??= requestAnimationFrame(onFrame);
    },
  };
}

/** Hands on what arrives; answers how it ended. */
async function stream(
  asked: Asked,
  signal: AbortSignal,
  change: (change: Change) => void,
): Promise<Partial<ShownAnswer>> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  try {
    const chunks = connect(signal).chat(bodyOf(asked), {
      trace: true,
      onHeaders(headers) {
        const id = headers.get("x-groundwire-message-id");
        change((answer) => ({ ...answer, id }));
        dropDraft(asked.conversationId, asked.question);
      },
    });
    for await (const chunk of chunks) {
      const now = elapsed();
      change((answer) => withChunk(answer, chunk, now));
    }
    return { status: "completed", milliseconds: elapsed() };
  } catch (error) {
    if (signal.aborted) return { status: "stopped", milliseconds: elapsed() };
    return { status: "failed", milliseconds: elapsed(), error: toAnswerError(error) };
  }
}

function bodyOf({ conversationId, question, questionId, parentId, ...asked }: Asked) {
  const contexts = ["citations", "intent", "all_retrieved_documents"];
  const place = asked.isNext ? {} : { parent_message_id: questionId ?? parentId };
  return {
    model: asked.model,
    conversation_id: conversationId,
    ...place,
    messages: questionId === null ? [toMessage(question, asked.files)] : [],
    stream_options: { include_usage: true },
    ...(asked.codeFiles === null
      ? {}
      : {
          tools: [{ type: "code_interpreter" }],
          tool_resources: { code_interpreter: { file_ids: asked.codeFiles } },
        }),
    ...(asked.effort === null ? {} : { reasoning_effort: asked.effort }),
    ...(asked.sources.length === 0
      ? {}
      : {
          data_sources: asked.sources.map(({ type, parameters }) => ({
            type,
            parameters: { ...parameters, include_contexts: contexts },
          })),
        }),
  };
}

function toMessage(question: string, files: SentFile[]): Record<string, unknown> {
  return {
    role: "user",
    content: question,
    ...(files.length === 0 ? {} : { attachments: files }),
  };
}

function toAnswerError(error: unknown): AnswerError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ClientError)) {
    return { message, status: 0, requestId: null, retryAfter: null };
  }
  const { status, requestId, retryAfter } = error;
  return { message, status, requestId, retryAfter };
}
