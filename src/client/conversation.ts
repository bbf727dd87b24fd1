import type OpenAI from "openai";
import { collectStream, type Reply, toReply } from "./collect-reply.ts";
import type { Context, DataSource } from "./grounding.ts";
import { type Truncation, windowOf } from "./message-window.ts";
import { runTools, type Tool } from "./tools.ts";

type Message = OpenAI.ChatCompletionMessageParam;
type Parameters = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;

export interface ConversationOptions {
  /** `OpenAI` or `AzureOpenAI` of the official package, for Groundwire or any other server. */
  client: Pick<OpenAI, "chat">;
  /** Model or deployment. */
  model: string;
  /** Sent as a developer message before everything else. */
  instructions?: string;
  /** What answers are to rest on; none: nothing is sent, so that any server understands it. */
  dataSources?: DataSource[];
  tools?: Tool[];
  truncation?: Truncation;
  /** Further fields of every request: `reasoning_effort`, `max_completion_tokens` … */
  parameters?: Parameters;
  /** How often tools may be called for one question (8). */
  maxToolRounds?: number;
  /** Earlier messages to go on from, as `toJSON` gave them. */
  messages?: Message[];
}

export interface TurnOptions {
  signal?: AbortSignal;
  /** Instead of the conversation's own, for this question. */
  dataSources?: DataSource[];
  parameters?: Parameters;
}

export interface Answer {
  text: string;
  /** Citations and intent; null when the answer rests on no documents. */
  context: Context | null;
  finishReason: string;
  usage: OpenAI.CompletionUsage | null;
}

export type TurnEvent =
  | { type: "context"; context: Context }
  | { type: "text"; text: string }
  | { type: "tool-call"; name: string; argumentsText: string };

export interface Conversation {
  /** May be changed at any time; the next question goes with the new ones. */
  instructions: string | undefined;
  /** What has been said so far, without the instructions. */
  readonly messages: readonly Message[];
  /** Asks, runs tools until there is an answer, and keeps both. A question that fails is not kept. */
  ask(question: string, options?: TurnOptions): Promise<Answer>;
  /** The same, as it comes; the generator returns the answer. */
  stream(question: string, options?: TurnOptions): AsyncGenerator<TurnEvent, Answer>;
  /** For `messages` of a later conversation. */
  toJSON(): Message[];
}

const MOST_ROUNDS = 8;

/** A chat that keeps what was said, sends what fits, and runs the tools the model calls. */
export function startConversation(options: ConversationOptions): Conversation {
  const { client, model, tools = [], maxToolRounds = MOST_ROUNDS } = options;
  const messages = [...(options.messages ?? [])];

  function request(said: Message[], turn: TurnOptions): OpenAI.ChatCompletionCreateParams {
    const { instructions } = conversation;
    const sources = turn.dataSources ?? options.dataSources ?? [];
    const head: Message[] =
      instructions === undefined ? [] : [{ role: "developer", content: instructions }];
    return {
      ...options.parameters,
      ...turn.parameters,
      model,
      messages: windowOf([...head, ...said], options.truncation),
      ...(tools.length === 0
        ? {}
        : { tools: tools.map(({ definition }) => ({ type: "function", function: definition })) }),
      ...(sources.length === 0 ? {} : { data_sources: sources }),
    };
  }

  async function* reply(
    params: OpenAI.ChatCompletionCreateParams,
    { isStreamed, signal }: { isStreamed: boolean; signal: AbortSignal | undefined },
  ): AsyncGenerator<TurnEvent, Reply> {
    const { completions } = client.chat;
    const more = signal ? { signal } : {};
    if (!isStreamed) return toReply(await completions.create({ ...params, stream: false }, more));
    return yield* collectStream(await completions.create({ ...params, stream: true }, more));
  }

  async function* turn(
    question: string,
    turnOptions: TurnOptions,
    isStreamed: boolean,
  ): AsyncGenerator<TurnEvent, Answer> {
    const { signal } = turnOptions;
    const said: Message[] = [...messages, { role: "user", content: question }];
    for (let round = 0; ; round++) {
      const { message, context, finishReason, usage } = yield* reply(request(said, turnOptions), {
        isStreamed,
        signal,
      });
      said.push(message);
      const calls = message.tool_calls ?? [];
      if (calls.length === 0 || tools.length === 0) {
        messages.splice(0, messages.length, ...said);
        const text = typeof message.content === "string" ? message.content : "";
        return { text, context, finishReason, usage };
      }
      if (round === maxToolRounds) {
        throw new Error(`The model called tools ${maxToolRounds + 1} times without an answer.`);
      }
      for (const call of calls) {
        if (call.type !== "function") continue;
        const { name, arguments: argumentsText } = call.function;
        yield { type: "tool-call", name, argumentsText };
      }
      said.push(...(await runTools(calls, tools, signal)));
    }
  }

  const conversation: Conversation = {
    instructions: options.instructions,
    messages,
    async ask(question, turnOptions = {}) {
      const events = turn(question, turnOptions, false);
      for (;;) {
        const { value, done } = await events.next();
        if (done) return value;
      }
    },
    stream: (question, turnOptions = {}) => turn(question, turnOptions, true),
    toJSON: () => structuredClone(messages),
  };
  return conversation;
}
