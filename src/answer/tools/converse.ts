import { countTokens, estimateTokens } from "../../ingest/tokens.ts";
import type { ChatModel, ModelMessage } from "../../models/model.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import type { TracedCall } from "../../protocol/trace.ts";
import type { Run } from "../run.ts";
import { tenths } from "../trace.ts";
import { startBudget, type ToolBudget } from "./budget.ts";
import { linksFor } from "./link-gate.ts";
import { parametersFor, type Standing } from "./parameters.ts";
import type { Toolbox } from "./toolbox.ts";
import { type HostedCall, readTurn, type TextGate, type Turn } from "./turn.ts";

/** Most calls of one turn that are done. */
const MOST_CALLS = 16;
/** Longest result of one call, in tokens. */
const RESULT_TOKENS = 8_000;

/** The model turned out to take no tools, and was to run code. */
export class ToolsRefused extends Error {
  override name = "ToolsRefused";
}

export interface Talk {
  model: ChatModel;
  messages: ModelMessage[];
  toolbox: Toolbox;
  gate: TextGate;
}

/**
 * The model's turns until one of them is the answer, or calls a function of the caller. In between it uses hosted tools, as far as
 * the bounds allow; then it is asked once more, and may use none.
 */
export async function* converse(run: Run, talk: Talk): AsyncGenerator<AnswerEvent> {
  const { toolbox } = talk;
  const budget = startBudget(run.services.toolBounds);
  let messages = talk.messages;
  let shown = "";
  for (;;) {
    const endedBy = toolbox.definitions.length === 0 ? null : budget.endedBy();
    run.trace.tools_ended_by = endedBy;
    const standing = { hasUsedTools: messages !== talk.messages, isLast: endedBy !== null };
    const turn = yield* askModel(run, { ...talk, messages }, { standing, shown });
    shown += turn.text;
    if (turn.hosted.length === 0 || turn.callsFunctions || standing.isLast) {
      yield* finish(turn);
      return;
    }
    budget.spend(turn.usage);
    const results = yield* useTools(run, turn.hosted, { toolbox, budget, messages });
    messages = [...messages, callMessage(turn), ...results];
  }
}

/**
 * One turn of the model.
 * @throws ToolsRefused
 */
export async function* askModel(
  run: Run,
  { model, messages, toolbox, gate }: Talk,
  { standing, shown }: { standing: Standing; shown: string },
): AsyncGenerator<AnswerEvent, Turn> {
  const { question, signal, trace } = run;
  const started = performance.now();
  const call: TracedCall = {
    purpose: "answer",
    deployment: model.id,
    milliseconds: 0,
    usage: null,
  };
  trace.calls.push(call);
  const runsCode = toolbox.nameOf("code_interpreter") !== undefined;
  const parameters = parametersFor(question.chat, toolbox, standing);
  try {
    const events = model.generate({ messages, parameters }, signal);
    const turn = yield* readTurn(
      whenFirst(events, () => {
        // The model's server has refused them, and has been asked again without.
        if (runsCode && !model.family.takesTools) throw new ToolsRefused();
        question.onStage?.("model", performance.now() - started);
      }),
      {
        isHosted: (name) => toolbox.has(name),
        gate,
        separator: shown === "" ? "" : "\n\n",
        ending: (text) => linksBehind(text, { run, shown }),
      },
    );
    call.usage = turn.usage;
    const goesOn = turn.hosted.length > 0 && !turn.callsFunctions && !standing.isLast;
    if (goesOn) call.purpose = "tools";
    return withOwnIds(turn, messages);
  } finally {
    call.milliseconds = tenths(performance.now() - started);
  }
}

/** Tells when the first one comes. */
async function* whenFirst<T>(events: AsyncGenerator<T>, tell: () => void): AsyncGenerator<T> {
  let isFirst = true;
  for await (const event of events) {
    if (isFirst) tell();
    isFirst = false;
    yield event;
  }
}

/** Servers that give no ids would repeat them in the next turn. */
function withOwnIds(turn: Turn, { length }: ModelMessage[]): Turn {
  const hosted = turn.hosted.map((call) =>
    /^call_\d+$/u.test(call.id) ? { ...call, id: `call_${length}_${call.id.slice(5)}` } : call,
  );
  return { ...turn, hosted };
}

/** One after the other: code goes on from what ran before, and passages are numbered as they come. */
async function* useTools(
  run: Run,
  calls: HostedCall[],
  { toolbox, budget, messages }: { toolbox: Toolbox; budget: ToolBudget; messages: ModelMessage[] },
): AsyncGenerator<AnswerEvent, ModelMessage[]> {
  const results: ModelMessage[] = [];
  let room = roomFor(run, messages);
  for (const [position, { id, name, argumentsText }] of calls.entries()) {
    const tool = toolbox.find(name);
    const seconds = budget.secondsLeft();
    const content =
      tool === undefined
        ? `There is no tool named ${name.slice(0, 100)}.`
        : position >= MOST_CALLS || seconds <= 0
          ? "Not done: too many calls at once, or no time left."
          : yield* tool.call(argumentsText, { room: Math.min(RESULT_TOKENS, room), seconds });
    room -= countTokens(content);
    results.push({ role: "tool", tool_call_id: id, content });
  }
  return results;
}

/** Tokens of the window that are left for results. */
export function roomFor({ trace }: Run, messages: ModelMessage[]): number {
  const { prompt } = trace;
  if (prompt === null) return RESULT_TOKENS;
  const { window, answer_reserve: reserve, instructions, tools, history } = prompt;
  const { question, other, passages } = prompt;
  const asked = instructions + tools + history + question + other + passages;
  const since = messages
    .slice(messages.findLastIndex(({ role }) => role === "user") + 1)
    .reduce((total, message) => total + estimateTokens(JSON.stringify(message)), 0);
  return Math.max(0, window - reserve - asked - since);
}

function callMessage({ text, hosted }: Turn): ModelMessage {
  return {
    role: "assistant",
    content: text === "" ? null : text,
    tool_calls: hosted.map(({ id, name, argumentsText }) => ({
      id,
      type: "function",
      function: { name, arguments: argumentsText },
    })),
  };
}

/** Links to files that nothing links to yet. */
function linksBehind(
  text: string,
  { run: { question, produced }, shown }: { run: Run; shown: string },
): string {
  const links = isForMachines(question.chat) ? "" : linksFor(produced, shown + text);
  return links === "" || text === "" ? links : `\n\n${links}`;
}

/** The usage and the end. */
export function* finish({
  usage,
  finish: end,
  hosted,
  callsFunctions,
}: Turn): Generator<AnswerEvent> {
  if (usage !== null) yield { type: "usage", usage };
  if (end === null) return;
  // What it still asked for was not done: the answer is not whole.
  yield hosted.length > 0 && !callsFunctions ? { ...end, reason: "length" } : end;
}

/** The answer is to be in a format that more text would break. */
export function isForMachines(chat: Run["question"]["chat"]): boolean {
  const format = chat["response_format"];
  return (
    typeof format === "object" && format !== null && "type" in format && format.type !== "text"
  );
}
