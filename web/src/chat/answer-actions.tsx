import { Trans, useLingui } from "@lingui/react/macro";
import {
  Check,
  Copy,
  GitBranch,
  Info,
  RefreshCw,
  ThumbsDown,
  ThumbsUp,
  Volume2,
  VolumeX,
} from "lucide-react";
import { useState } from "react";
import { useAnnounce } from "../app/announcer.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu, type MenuGroup } from "../ui/menu.tsx";
import { useCopy } from "../ui/use-copy.ts";
import { copyText, spokenWords } from "./copy-text.ts";
import styles from "./answer-view.module.css";
import { FeedbackDialog } from "./feedback-dialog.tsx";
import type { ShownAnswer } from "./shown-answer.ts";
import type { Turn } from "./turns.ts";
import { useReadAloud } from "./use-read-aloud.ts";
import type { Judgement, TurnActions } from "./use-turn-actions.ts";

interface AnswerActionsProps {
  turn: Turn;
  answer: ShownAnswer;
  order: number[];
  isBusy: boolean;
  actions: TurnActions;
  explain: () => void;
}

/** What can be done with an answer. */
export function AnswerActions(props: AnswerActionsProps) {
  const { turn, answer, order, isBusy, actions, explain } = props;
  const { t } = useLingui();
  const { id } = answer;
  return (
    <div className={styles["actions"]} role="toolbar" aria-label={t`Answer`}>
      <CopyMenu answer={answer} order={order} />
      <ReadAloud answer={answer} />
      <IconButton
        label={t`Answer again`}
        icon={RefreshCw}
        isDisabled={isBusy}
        onPress={() => actions.again(turn)}
      />
      {id === null ? null : (
        <>
          <Thumbs answer={answer} judge={(judgement) => actions.judge(id, judgement)} />
          <IconButton
            label={t`Branch into a new conversation`}
            icon={GitBranch}
            onPress={() => actions.fork(id)}
          />
          <IconButton label={t`How it was answered`} icon={Info} onPress={explain} />
        </>
      )}
      <span className={styles["caution"]}>
        {order.length === 0 ? (
          <Trans>Answers can be wrong.</Trans>
        ) : (
          <Trans>Answers can be wrong. Every number opens its source.</Trans>
        )}
      </span>
    </div>
  );
}

function ReadAloud({ answer }: { answer: ShownAnswer }) {
  const { t } = useLingui();
  const aloud = useReadAloud();
  if (aloud === null) return null;
  return aloud.isReading ? (
    <IconButton label={t`Stop reading`} icon={VolumeX} onPress={aloud.stop} />
  ) : (
    <IconButton
      label={t`Read aloud`}
      icon={Volume2}
      onPress={() => aloud.read(spokenWords(answer))}
    />
  );
}

function CopyMenu({ answer, order }: { answer: ShownAnswer; order: number[] }) {
  const { t } = useLingui();
  const { isCopied, copy } = useCopy();
  if (order.length === 0) {
    return (
      <IconButton
        label={isCopied ? t`Copied` : t`Copy`}
        icon={isCopied ? Check : Copy}
        onPress={() => copy(copyText(answer, null))}
      />
    );
  }
  const groups: MenuGroup[] = [
    {
      entries: [
        {
          id: "with",
          label: t`Copy with sources`,
          act: () => copy(copyText(answer, t`Sources`)),
        },
        { id: "without", label: t`Copy the text only`, act: () => copy(copyText(answer, null)) },
      ],
    },
  ];
  return (
    <Menu label={t`Copy`} groups={groups} placement="bottom start">
      <IconButton label={isCopied ? t`Copied` : t`Copy`} icon={isCopied ? Check : Copy} />
    </Menu>
  );
}

function Thumbs({
  answer: { feedback },
  judge,
}: {
  answer: ShownAnswer;
  judge: (judgement: Judgement | null) => Promise<void>;
}) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const thumb = feedback?.thumb ?? null;

  function say(judgement: Judgement | null): void {
    judge(judgement).then(
      () => announce(judgement === null ? t`Taken back` : t`Thank you`),
      () => announce(t`The server did not take that.`),
    );
  }

  return (
    <>
      <IconButton
        label={t`Good answer`}
        icon={ThumbsUp}
        aria-pressed={thumb === "up"}
        onPress={() => say(thumb === "up" ? null : { thumb: "up", reasons: [], text: null })}
      />
      <IconButton
        label={t`Bad answer`}
        icon={ThumbsDown}
        aria-pressed={thumb === "down"}
        onPress={() => (thumb === "down" ? say(null) : setIsAsking(true))}
      />
      <FeedbackDialog
        isOpen={isAsking}
        close={() => setIsAsking(false)}
        send={(reasons, text) => {
          setIsAsking(false);
          say({ thumb: "down", reasons, text });
        }}
      />
    </>
  );
}
