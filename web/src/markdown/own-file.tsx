import { useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { request } from "../documents/request.ts";
import { download } from "../session.ts";
import { Icon } from "../ui/icon.tsx";
import type { FileNode } from "./answer-tree.ts";
import styles from "./own-file.module.css";

/** A file that code has made: a picture in its place, and a button that saves it. Keys are sent in a header, which addresses cannot. */
export function OwnFile({ file: { id, name, isPicture } }: { file: FileNode }) {
  const { t } = useLingui();
  const [isLost, setIsLost] = useState(false);
  const path = `/openai/v1/files/${id}/content`;
  const save = (
    <button
      type="button"
      className={styles["save"]}
      aria-label={t`Download ${name}`}
      onClick={() => void download(path, name).catch(() => setIsLost(true))}
    >
      <Icon of={Download} />
      <bdi>{name}</bdi>
    </button>
  );
  return (
    <span className={styles["file"]}>
      {isPicture ? <Picture path={path} name={name} lost={() => setIsLost(true)} /> : null}
      {save}
      {isLost ? <span role="status">{t`The file could not be loaded.`}</span> : null}
    </span>
  );
}

function Picture({ path, name, lost }: { path: string; name: string; lost: () => void }) {
  const { t } = useLingui();
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    let shown: string | null = null;
    request(path, { signal: controller.signal })
      .then(async (response) => {
        shown = URL.createObjectURL(await response.blob());
        setAddress(shown);
      })
      .catch(() => {
        if (!controller.signal.aborted) lost();
      });
    return () => {
      controller.abort();
      if (shown !== null) URL.revokeObjectURL(shown);
    };
    // What to do when it is lost is new with every drawing, and always the same.
  }, [path]);
  return address === null ? null : (
    <img className={styles["picture"]} src={address} alt={t`Picture: ${name}`} />
  );
}
