import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type FeedbackQuery, queryOf } from "../../../../src/client/operator-calls.ts";
import { connect, download } from "../../session.ts";
import { isWorthAnotherTry } from "../requests.ts";

const PAGE = 20;

/** What is shown of all that callers judged. */
export type FeedbackFilter = Pick<FeedbackQuery, "thumb" | "reason">;

/** Judged answers of all callers, newest judgement first, page by page. */
export function useFeedback(filter: FeedbackFilter) {
  return useInfiniteQuery({
    queryKey: ["operator", "feedback", filter],
    initialPageParam: undefined as string | undefined, // the type of the ids that follow
    queryFn: ({ pageParam, signal }) =>
      connect(signal).feedback({ ...filter, limit: PAGE, after: pageParam }),
    getNextPageParam: (page) => (page.has_more ? (page.last_id ?? undefined) : undefined),
    placeholderData: keepPreviousData,
    retry: isWorthAnotherTry,
  });
}

/** Saves all of it, also what is not shown yet, as questions of an evaluation. */
export function exportFeedback(filter: FeedbackFilter): Promise<void> {
  return download(`/groundwire/feedback/export${queryOf(filter)}`, "feedback.jsonl");
}
