import type { AnswerEvent } from "../../protocol/events.ts";
import { announce } from "../citations.ts";
import type { Conversation } from "../conversation.ts";
import type { Question } from "../question.ts";
import type { RankedCandidate } from "../rank.ts";
import { modelName, noteRefusal, refusalFor, usageOf } from "../refuse.ts";
import type { Run } from "../run.ts";
import { type PickedSentence, pickSentences } from "./pick.ts";

/** Below this relevance of its best passage, in scope, the built-in answerer does not answer. */
const LEAST_RELEVANCE = 0.5;

const NO_MODEL =
  "I am Groundwire's built-in answerer: I quote the sentences of your documents that answer a question, and this request names no documents. " +
  "Add a data source of type file_search to be answered from your documents, give the code_interpreter tool a table to have it summarised, or connect a language model with OPENAI_BASE_URL or AZURE_OPENAI_ENDPOINT.";

export interface ExtractiveInput {
  conversation: Conversation;
  /** The question as it stands alone. */
  asked: string;
  passages: RankedCandidate[];
  ranked: RankedCandidate[];
}

/** Answers without a model: quotes the sentences that answer, with their markers, or says that nothing does. */
export function* answerExtractively(run: Run, input: ExtractiveInput): Generator<AnswerEvent> {
  const { question } = run;
  const { conversation, asked, passages, ranked } = input;
  if (question.sources.length === 0) {
    yield* say(question, { prompt: conversation.question, pieces: [NO_MODEL] });
    return;
  }
  const picked = isCovered(question, passages)
    ? pickSentences(
        asked,
        passages.map(({ passage }) => passage),
        run.services.analyzer,
      )
    : [];
  if (picked.length === 0) {
    noteRefusal(run, { why: "not_covered", support: null });
    yield announce(run, { ranked, given: [] });
    const { text } = refusalFor(run, conversation.question);
    yield* say(question, { prompt: conversation.question, pieces: [text] });
    return;
  }
  yield announce(run, { ranked, given: passages });
  yield* say(question, { prompt: conversation.question, pieces: quote(picked) });
}

function isCovered({ sources }: Question, passages: RankedCandidate[]): boolean {
  const best = Math.max(0, ...passages.map(({ relevance }) => relevance));
  const inScope = sources.every(({ common }) => common.inScope);
  return best >= LEAST_RELEVANCE || (!inScope && passages.length > 0);
}

/** One piece a sentence. A marker stands after each run of sentences of one passage. */
function quote(picked: PickedSentence[]): string[] {
  return picked.map(({ text, passage }, index) => {
    const next = picked[index + 1];
    const marker = next?.passage === passage ? "" : ` [doc${passage + 1}]`;
    // What looks like a marker in a document is not one.
    const words = text.replaceAll(/\[(?=doc\d)/giu, "(");
    return `${index === 0 ? "" : "\n\n"}${words}${marker}`;
  });
}

/** Tokens are those of question and answer: no model reads the passages, and counting them would cost more than answering. */
function* say(
  question: Question,
  { prompt, pieces }: { prompt: string; pieces: string[] },
): Generator<AnswerEvent> {
  for (const text of pieces) yield { type: "text-delta", text };
  yield { type: "usage", usage: usageOf(prompt, pieces.join("")) };
  yield { type: "finish", reason: "stop", model: modelName(question) };
}
