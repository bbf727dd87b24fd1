import { hostedToolsOf, offersFunctions } from "../../protocol/hosted-tools.ts";
import type { Question } from "../question.ts";
import type { Run } from "../run.ts";

/** Functions have been called for the last question, and their results are there. */
export function hasResults({ chat: { messages } }: Question): boolean {
  const question = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(question + 1).some(({ role }) => role === "tool");
}

/** Whether the answer may rest on more than the passages found ahead of it, so that finding none is no reason to refuse. */
export function mayRestOnMore({ question }: Run): boolean {
  const { chat, deployment } = question;
  if (hasResults(question)) return true;
  const hosted = hostedToolsOf(chat);
  if (deployment.kind === "extractive") return hosted.has("code_interpreter");
  if (!deployment.model.family.takesTools) return hosted.has("code_interpreter");
  return hosted.size > 0 || offersFunctions(chat);
}
