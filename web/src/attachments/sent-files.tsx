import { useLingui } from "@lingui/react/macro";
import { Paperclip } from "lucide-react";
import { Icon } from "../ui/icon.tsx";
import styles from "./file-chips.module.css";
import type { SentFile } from "./sent-file.ts";

/** The files that went with a question. */
export function SentFiles({ files }: { files: readonly SentFile[] }) {
  const { t } = useLingui();
  if (files.length === 0) return null;
  return (
    <ul className={styles["sent"]} aria-label={t`Attached files`}>
      {files.map(({ file_id: id, filename }) => (
        <li key={id}>
          <Icon of={Paperclip} size={14} />
          <bdi>{filename}</bdi>
        </li>
      ))}
    </ul>
  );
}
