import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useAnnounce } from "../app/announcer.tsx";

/** How long a button says that it has copied. */
const SAID_MS = 2000;

export function useCopy(): { isCopied: boolean; copy: (text: string) => void } {
  const { t } = useLingui();
  const announce = useAnnounce();
  const [isCopied, setIsCopied] = useState(false);

  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  function copy(text: string): void {
    navigator.clipboard.writeText(text).then(
      () => {
        setIsCopied(true);
        announce(t`Copied`);
      },
      () => announce(t`The browser does not let this page copy.`),
    );
  }
  return { isCopied, copy };
}
