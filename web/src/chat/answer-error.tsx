import { Trans, useLingui } from "@lingui/react/macro";
import { Copy, RotateCw } from "lucide-react";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useCopy } from "../ui/use-copy.ts";
import styles from "./answer-view.module.css";
import type { AnswerError as ErrorFacts } from "./shown-answer.ts";

/** There was no answer, or one that speaks of keys only: the page has better words. */
const IS_TOLD_BETTER = new Set<number | null>([0, 401]);

/** What went wrong, where the answer would be: the cause, what to do, and how to try again. */
export function AnswerError({
  error,
  retry,
}: {
  error: ErrorFacts | null;
  retry: (() => void) | null;
}) {
  const { t } = useLingui();
  const { copy } = useCopy();
  const advice = useAdvice(error);
  const requestId = error?.requestId ?? null;
  return (
    <div className={styles["error"]} role="alert">
      <p className={styles["cause"]}>{advice.cause}</p>
      {error === null || IS_TOLD_BETTER.has(error.status) ? null : (
        <p className={styles["words"]} dir="auto">
          {error.message}
        </p>
      )}
      {advice.next === null ? null : <p>{advice.next}</p>}
      <div className={styles["errorFoot"]}>
        {retry === null ? null : (
          <Button look="outlined" onPress={retry}>
            <Icon of={RotateCw} />
            <Trans>Try again</Trans>
          </Button>
        )}
        {requestId === null ? null : (
          <span className={styles["request"]}>
            <Trans>Request {requestId}</Trans>{" "}
            <IconButton
              label={t`Copy the request id`}
              icon={Copy}
              onPress={() => copy(requestId)}
            />
          </span>
        )}
      </div>
    </div>
  );
}

function useAdvice(error: ErrorFacts | null): { cause: string; next: string | null } {
  const { t } = useLingui();
  const seconds = error?.retryAfter ?? null;
  switch (error?.status) {
    case 0:
      return {
        cause: t`The connection to the server is lost.`,
        next: t`Your question is kept. Try again when there is a connection.`,
      };
    case 401:
      return {
        cause: t`You are not signed in any more.`,
        next: t`Sign in again, then ask once more.`,
      };
    case 403:
      return {
        cause: t`You may not ask this.`,
        next: t`Ask whoever runs the server for a key with more rights.`,
      };
    case 404:
      return {
        cause: t`Something the question needs is not there.`,
        next: t`Choose another model or other sources.`,
      };
    case 409:
      return {
        cause: t`Another question of this conversation is being answered.`,
        next: t`Wait until it is, then try again.`,
      };
    case 429:
      return {
        cause: t`Too many questions at once.`,
        next:
          seconds === null
            ? t`Wait a moment, then try again.`
            : t`Try again in ${seconds} seconds.`,
      };
    default:
      return { cause: t`The answer failed.`, next: null };
  }
}
