import { useLingui } from "@lingui/react/macro";
import type { FeedbackReason } from "../../../src/protocol/conversations.ts";

/** What is wrong with an answer, as the page says it. */
export function useReasonWords(): Record<FeedbackReason, string> {
  const { t } = useLingui();
  return {
    "citations missing": t`Citations are missing`,
    "citations wrong": t`Citations are wrong`,
    "not from my data": t`It is not from my documents`,
    inaccurate: t`It is inaccurate`,
    other: t`Something else`,
  };
}
