import { Plural, useLingui } from "@lingui/react/macro";
import { Button } from "react-aria-components";
import { pageOf, shorten, titleOf } from "./citation-place.ts";
import { useSourceName } from "./marker.tsx";
import styles from "./references.module.css";
import type { ShownAnswer } from "./shown-answer.ts";

interface ReferencesProps {
  answer: ShownAnswer;
  /** Positions of the citations that are used, in the order of their numbers. */
  order: number[];
  openIndex: number | null;
  open: (index: number) => void;
}

/** What an answer rests on. */
export function References({ answer, order, openIndex, open }: ReferencesProps) {
  const { t } = useLingui();
  if (order.length === 0) return null;
  return (
    <section className={styles["references"]} aria-label={t`Sources of this answer`}>
      <h3 className="visually-hidden">
        <Plural value={order.length} one="# source" other="# sources" />
      </h3>
      <ul className={styles["list"]}>
        {order.map((index, position) => (
          <Reference
            key={index}
            citation={answer.citations[index]}
            number={position + 1}
            isOpen={openIndex === index}
            open={() => open(index)}
          />
        ))}
      </ul>
    </section>
  );
}

function Reference({
  citation,
  number,
  isOpen,
  open,
}: {
  citation: ShownAnswer["citations"][number] | undefined;
  number: number;
  isOpen: boolean;
  open: () => void;
}) {
  const { t } = useLingui();
  const name = useSourceName(number, citation);
  if (citation === undefined) return null;
  const page = pageOf(citation);
  return (
    <li>
      <Button
        className={styles["chip"] ?? ""}
        aria-pressed={isOpen}
        {...(isOpen ? { "aria-controls": "document-bay" } : {})}
        onPress={open}
      >
        <span className="visually-hidden">{name}</span>
        <span className={styles["number"]} aria-hidden>
          {number}
        </span>
        <bdi className={styles["name"]} aria-hidden>
          {shorten(titleOf(citation) ?? t`Passage`)}
        </bdi>
        {page === null ? null : <span className={styles["page"]} aria-hidden>{t`p. ${page}`}</span>}
      </Button>
    </li>
  );
}
