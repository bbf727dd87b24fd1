import { Trans, useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { useState } from "react";
import type { FeedbackReason } from "../../../../src/protocol/conversations.ts";
import { useAnnounce } from "../../app/announcer.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useReasonWords } from "../../ui/use-reason-words.ts";
import { Choice } from "../choice.tsx";
import { Problem, SectionHead } from "../section-head.tsx";
import { FeedbackEntry } from "./feedback-entry.tsx";
import { exportFeedback, type FeedbackFilter, useFeedback } from "./use-feedback.ts";
import styles from "./feedback.module.css";

type Thumb = "all" | "up" | "down";

/** What callers thought of their answers. */
export function FeedbackSection() {
  const { t } = useLingui();
  const announce = useAnnounce();
  const [thumb, setThumb] = useState<Thumb>("all");
  const [reason, setReason] = useState<FeedbackReason | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  const filter: FeedbackFilter = {
    ...(thumb === "all" ? {} : { thumb }),
    ...(reason === null ? {} : { reason }),
  };

  function save(): void {
    setFailure(null);
    exportFeedback(filter).then(
      () => announce(t`Exported`),
      (error: unknown) => setFailure(error as Error), // of the client
    );
  }
  return (
    <section>
      <SectionHead
        title={t`Feedback`}
        lead={
          <Trans>
            Answers that people judged, with the question and nothing else of their conversations.
            An export is a set of questions for “groundwire eval”.
          </Trans>
        }
      >
        <Button look="outlined" onPress={save}>
          <Icon of={Download} />
          <Trans>Export questions</Trans>
        </Button>
      </SectionHead>
      <div className={styles["filters"]}>
        <Choice
          label={t`Thumb`}
          value={thumb}
          choose={setThumb}
          options={[
            { value: "all", label: t`All` },
            { value: "up", label: t`Good` },
            { value: "down", label: t`Bad` },
          ]}
        />
        <ReasonSelect reason={reason} choose={setReason} />
      </div>
      <Problem error={failure} />
      <Entries filter={filter} />
    </section>
  );
}

interface ReasonSelectProps {
  /** Null: any. */
  reason: FeedbackReason | null;
  choose: (reason: FeedbackReason | null) => void;
}

function ReasonSelect({ reason, choose }: ReasonSelectProps) {
  const { t } = useLingui();
  const words = useReasonWords();
  return (
    <select
      className={styles["select"]}
      aria-label={t`Reason`}
      value={reason ?? ""}
      // One of the options below.
      onChange={({ target }) => choose((target.value || null) as FeedbackReason | null)}
    >
      <option value="">{t`Any reason`}</option>
      {Object.entries(words).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Entries({ filter }: { filter: FeedbackFilter }) {
  const { t } = useLingui();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useFeedback(filter);
  const entries = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div aria-busy={isPending}>
      <Problem error={error} />
      {data !== undefined && entries.length === 0 ? (
        <p className={styles["none"]}>
          {Object.keys(filter).length === 0 ? (
            <Trans>Nobody has judged an answer yet. The thumbs under an answer do that.</Trans>
          ) : (
            <Trans>Nothing was judged so.</Trans>
          )}
        </p>
      ) : null}
      <ol className={styles["entries"]} aria-label={t`Feedback`}>
        {entries.map((entry) => (
          <FeedbackEntry key={entry.id} of={entry} />
        ))}
      </ol>
      {hasNextPage ? (
        <Button
          look="outlined"
          isDisabled={isFetchingNextPage}
          onPress={() => void fetchNextPage()}
        >
          <Trans>Older feedback</Trans>
        </Button>
      ) : null}
    </div>
  );
}
