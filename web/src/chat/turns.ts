import type { ChunkCitation } from "../../../src/client/http-client.ts";

/** One question with its answer. */
export interface Turn {
  id: number;
  question: string;
  answer: string;
  citations: ChunkCitation[];
  status: "searching" | "answering" | "done" | "stopped" | "failed";
  error: string | null;
}

export type TurnChange = Partial<Omit<Turn, "id" | "question">> & { more?: string };

/** The turn with what has just arrived. */
export function changed(turn: Turn, { more, ...change }: TurnChange): Turn {
  return { ...turn, ...change, answer: turn.answer + (more ?? "") };
}

/** The conversation as the API wants it, ending with this question. */
export function messagesOf(turns: Turn[], question: string): { role: string; content: string }[] {
  const past = turns
    .filter((turn) => turn.status === "done")
    .flatMap((turn) => [
      { role: "user", content: turn.question },
      { role: "assistant", content: turn.answer },
    ]);
  return [...past, { role: "user", content: question }];
}
