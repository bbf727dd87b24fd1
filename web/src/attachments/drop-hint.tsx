import { Trans } from "@lingui/react/macro";
import styles from "./file-chips.module.css";
import { useAttachHint } from "./use-attach-hint.ts";

/** Over the chat while files are held above it. */
export function DropHint() {
  const hint = useAttachHint();
  return (
    <div className={styles["over"]}>
      <strong>
        <Trans>Drop files to ask about them</Trans>
      </strong>
      <small>{hint}</small>
    </div>
  );
}
