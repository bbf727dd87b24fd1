import { useLingui } from "@lingui/react/macro";
import { PanelLeftOpen } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "../ui/button.tsx";
import { usePageName } from "./abilities.ts";
import styles from "./page-bar.module.css";
import { useRail } from "./rail-state.ts";

/** The top of a page that is no conversation; also names the window. */
export function PageBar({ title }: { title: string }) {
  const { t } = useLingui();
  const { isBeside, open } = useRail();
  const pageName = usePageName();
  useEffect(() => {
    document.title = `${title} – ${pageName}`;
  }, [title, pageName]);
  return (
    <header className={styles["bar"]}>
      {isBeside ? null : (
        <IconButton label={t`Open the side bar`} icon={PanelLeftOpen} onPress={open} />
      )}
      <h1 className={styles["title"]}>{title}</h1>
    </header>
  );
}
