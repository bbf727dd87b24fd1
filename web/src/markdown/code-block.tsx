import { useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { memo, useCallback, useRef } from "react";
import { useCopy } from "../ui/use-copy.ts";
import { IconButton } from "../ui/button.tsx";
import styles from "./code-block.module.css";

/** Code of an answer, to be copied. */
export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const { t } = useLingui();
  const latest = useRef(code);
  latest.current = code;
  const read = useCallback(() => latest.current, []);
  return (
    <figure className={styles["block"]} dir="ltr">
      <figcaption className={styles["bar"]}>
        <span>{language ?? t`Code`}</span>
        <CopyButton read={read} />
      </figcaption>
      <pre className={styles["code"]} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}

/** Stays as it is while the code is being written. */
const CopyButton = memo(function CopyButton({ read }: { read: () => string }) {
  const { t } = useLingui();
  const { isCopied, copy } = useCopy();
  return (
    <IconButton
      label={isCopied ? t`Copied` : t`Copy the code`}
      icon={isCopied ? Check : Copy}
      onPress={() => copy(read())}
    />
  );
});
