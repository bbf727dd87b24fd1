import type { ModelMessage } from "../../models/model.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import type { Run } from "../run.ts";
import { askModel, converse, finish, roomFor, type Talk, ToolsRefused } from "./converse.ts";
import type { HostedTool } from "./hosted-tool.ts";
import { NO_TOOLS } from "./toolbox.ts";
import type { Turn } from "./turn.ts";

const FENCE = /^[ \t]*```[ \t]*(?:python3?|py)[ \t]*\r?\n(.*?)^[ \t]*```[ \t]*$/gimsu;

/** The Python of the only such block in a text; null without one, and with several. */
export function fencedCode(text: string): string | null {
  const [only, ...others] = [...text.matchAll(FENCE)];
  const code = only?.[1]?.trim() ?? "";
  return others.length > 0 || code === "" ? null : code;
}

/** A conversation with code in it, by calls of a tool where the model takes tools, else by a block in its answer. */
export async function* converseWithCode(
  run: Run,
  talk: Talk,
  interpreter: HostedTool,
): AsyncGenerator<AnswerEvent> {
  if (talk.model.family.takesTools) {
    try {
      yield* converse(run, talk);
      return;
    } catch (error) {
      // It is known only now that it does not; it has said nothing yet.
      if (!(error instanceof ToolsRefused)) throw error;
    }
  }
  yield* converseInBlocks(run, talk, interpreter);
}

/** An answer that holds one block of Python is not shown: the code is run, once, and the model answers again with what it gave. */
async function* converseInBlocks(
  run: Run,
  talk: Talk,
  interpreter: HostedTool,
): AsyncGenerator<AnswerEvent> {
  const bare = { ...talk, toolbox: NO_TOOLS };
  const messages = [instruction(talk, interpreter), ...talk.messages];
  const standing = { hasUsedTools: false, isLast: false };
  const { turn, held } = yield* withoutText(
    askModel(run, { ...bare, messages }, { standing, shown: "" }),
  );
  const code = fencedCode(turn.text);
  if (code === null) {
    yield* held;
    yield* finish(turn);
    return;
  }
  const call = run.trace.calls.at(-1);
  if (call) call.purpose = "tools";
  const { seconds } = run.services.toolBounds;
  const room = roomFor(run, messages);
  const output = yield* interpreter.call(JSON.stringify({ code }), { room, seconds });
  const further = [
    ...messages,
    { role: "assistant" as const, content: turn.text },
    {
      role: "user" as const,
      content: `Your code has been run. What it gave:\n\n${output}\n\nNow answer, in words. No more code is run.`,
    },
  ];
  const last = yield* askModel(run, { ...bare, messages: further }, { standing, shown: "" });
  yield* finish(last);
}

/** Holds the text of a turn back. */
async function* withoutText(
  events: AsyncGenerator<AnswerEvent, Turn>,
): AsyncGenerator<AnswerEvent, { turn: Turn; held: AnswerEvent[] }> {
  const held: AnswerEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done) return { turn: value, held };
    if (value.type === "text-delta") held.push(value);
    else yield value;
  }
}

function instruction({ model }: Talk, { definition }: HostedTool): ModelMessage {
  return {
    role: model.family.instructionRoles[0] ?? "user",
    content: `You can have Python run before you answer: reply with nothing but one block of code, fenced by \`\`\`python and \`\`\`, and you are given what it prints. ${definition.description} Do so only when the question needs it.`,
  };
}
