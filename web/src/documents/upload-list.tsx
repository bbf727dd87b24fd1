import { Trans, useLingui } from "@lingui/react/macro";
import { RotateCw, X } from "lucide-react";
import { ProgressBar } from "react-aria-components";
import { IconButton } from "../ui/button.tsx";
import { Bytes } from "./bytes.tsx";
import styles from "./upload-list.module.css";
import { type Upload, useUploads } from "./uploads.ts";

/** Rows shown at most: of thousands that fail nobody reads more. */
const MOST_ROWS = 50;

/** What is on its way into the store, and what did not get there. */
export function UploadList({ storeId }: { storeId: string }) {
  const { t } = useLingui();
  const [all, uploads] = useUploads();
  const own = all.filter((upload) => upload.storeId === storeId);
  const waiting = own.filter(({ status }) => status === "waiting").length;
  const shown = own.filter(({ status }) => status !== "waiting").slice(0, MOST_ROWS);
  if (own.length === 0) return null;
  return (
    <div className={styles["uploads"]}>
      <ul aria-label={t`Uploads`}>
        {shown.map((upload) => (
          <UploadRow
            key={upload.id}
            upload={upload}
            retry={() => uploads.retry(upload.id)}
            dismiss={() => uploads.dismiss(upload.id)}
          />
        ))}
      </ul>
      {waiting === 0 ? null : (
        <p className={styles["waiting"]}>
          <Trans>Waiting: {waiting}</Trans>
        </p>
      )}
    </div>
  );
}

interface UploadRowProps {
  upload: Upload;
  retry: () => void;
  dismiss: () => void;
}

function UploadRow({ upload: { file, status, progress, error }, retry, dismiss }: UploadRowProps) {
  const { t } = useLingui();
  const { name, size } = file;
  return (
    <li className={styles["row"]}>
      <span className={styles["name"]} dir="auto">
        {name}
      </span>
      <span className={styles["size"]}>
        <Bytes value={size} />
      </span>
      <span className={styles["tools"]}>
        {status === "failed" ? (
          <IconButton label={t`Try ${name} again`} icon={RotateCw} onPress={retry} />
        ) : null}
        <IconButton
          label={status === "failed" ? t`Dismiss ${name}` : t`Stop ${name}`}
          icon={X}
          onPress={dismiss}
        />
      </span>
      {error === null ? (
        <ProgressBar
          className={styles["progress"] ?? ""}
          value={progress * 100}
          aria-label={t`Uploading ${name}`}
        >
          {({ percentage = 0 }) => <i style={{ inlineSize: `${percentage}%` }} />}
        </ProgressBar>
      ) : (
        <span role="alert" className={styles["error"]}>
          <Trans>Not added: {error}</Trans>
        </span>
      )}
    </li>
  );
}
