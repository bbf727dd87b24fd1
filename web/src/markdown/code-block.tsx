import { useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useCopy } from "../ui/use-copy.ts";
import { IconButton } from "../ui/button.tsx";
import styles from "./code-block.module.css";

/** Code of an answer, to be copied. */
export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const { t } = useLingui();
  const { isCopied, copy } = useCopy();
  return (
    <figure className={styles["block"]} dir="ltr">
      <figcaption className={styles["bar"]}>
        <span>{language ?? t`Code`}</span>
        <IconButton
          label={isCopied ? t`Copied` : t`Copy the code`}
          icon={isCopied ? Check : Copy}
          onPress={() => copy(code)}
        />
      </figcaption>
      <pre className={styles["code"]} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
