import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown, ChevronUp } from "lucide-react";
import { IconButton } from "../ui/button.tsx";
import styles from "./bay.module.css";

export interface Steps {
  /** Which of the document's passages this is, counted from 0. */
  place: number;
  count: number;
  step: (by: 1 | -1) => void;
}

/** From passage to passage of one document. */
export function PassageSteps({ steps: { place, count, step } }: { steps: Steps }) {
  const { t } = useLingui();
  if (count < 2) return null;
  const number = place + 1;
  return (
    <div className={styles["steps"]} role="group" aria-label={t`Passages of this document`}>
      <IconButton
        label={t`Previous passage`}
        icon={ChevronUp}
        isDisabled={place <= 0}
        onPress={() => step(-1)}
      />
      <span role="status">
        <Trans>
          {number} of {count}
        </Trans>
      </span>
      <IconButton
        label={t`Next passage`}
        icon={ChevronDown}
        isDisabled={place >= count - 1}
        onPress={() => step(1)}
      />
    </div>
  );
}
