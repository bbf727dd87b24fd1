import { Trans, useLingui } from "@lingui/react/macro";
import { Paperclip, X } from "lucide-react";
import { ProgressBar } from "react-aria-components";
import { Bytes } from "../documents/bytes.tsx";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { ChatFile } from "./chat-files.ts";
import styles from "./file-chips.module.css";

/** The files that go with the next question, with how far each is. */
export function FileChips({
  files,
  remove,
}: {
  files: readonly ChatFile[];
  remove: (key: string) => void;
}) {
  const { t } = useLingui();
  if (files.length === 0) return null;
  return (
    <ul className={styles["chips"]} aria-label={t`Attached files`}>
      {files.map((file) => (
        <Chip key={file.key} file={file} remove={() => remove(file.key)} />
      ))}
    </ul>
  );
}

function Chip({ file, remove }: { file: ChatFile; remove: () => void }) {
  const { t } = useLingui();
  const { name, status, progress } = file;
  const isBroken = status === "failed" || status === "too_large";
  return (
    <li className={styles["chip"]} data-broken={isBroken} data-status={status}>
      <Icon of={Paperclip} size={14} />
      <span className={styles["name"]} dir="auto">
        {name}
      </span>
      <span className={styles["state"]} role={isBroken ? "alert" : undefined}>
        <State file={file} />
      </span>
      <IconButton label={t`Remove ${name}`} icon={X} onPress={remove} />
      {status === "uploading" ? (
        <ProgressBar
          className={styles["progress"] ?? ""}
          value={progress * 100}
          aria-label={t`Uploading ${name}`}
        >
          {({ percentage = 0 }) => <i style={{ inlineSize: `${percentage}%` }} />}
        </ProgressBar>
      ) : null}
    </li>
  );
}

function State({ file: { status, bytes, error } }: { file: ChatFile }) {
  switch (status) {
    case "uploading":
    case "ready":
      return <Bytes value={bytes} />;
    case "reading":
      return <Trans>Being read</Trans>;
    case "too_large":
      return <Trans>Too large</Trans>;
    case "failed":
      return <Trans>Not added: {error}</Trans>;
  }
}
