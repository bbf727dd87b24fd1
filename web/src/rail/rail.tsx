import { Trans, useLingui } from "@lingui/react/macro";
import { FileText, PanelLeftClose, Plus, Search, X } from "lucide-react";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { usePageName } from "../app/abilities.ts";
import { useSources } from "../sources/use-sources.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { History } from "./history.tsx";
import styles from "./rail.module.css";
import { Settings } from "./settings.tsx";

interface RailProps {
  /** The rail lies over the page. */
  isOverlay: boolean;
  close: () => void;
}

/** Where to go: a new conversation, the documents, what was asked before. */
export function Rail({ isOverlay, close }: RailProps) {
  const { t } = useLingui();
  const pageName = usePageName();
  const [location] = useLocation();
  const [search, setSearch] = useState("");
  const found = useDeferredValue(search.trim());
  const leave = isOverlay ? close : undefined;

  return (
    <nav className={styles["rail"]} aria-label={t`Conversations`}>
      <header className={styles["bar"]}>
        <Link href="/" className={styles["name"] ?? ""} onClick={leave}>
          <Mark />
          <bdi>{pageName}</bdi>
        </Link>
        <IconButton label={t`Close the side bar`} icon={PanelLeftClose} onPress={close} />
      </header>
      <ul className={styles["places"]}>
        <li>
          <Link
            href="/"
            className={styles["place"] ?? ""}
            aria-current={location === "/" ? "page" : undefined}
            onClick={leave}
          >
            <Icon of={Plus} />
            <Trans>New conversation</Trans>
          </Link>
        </li>
        <li>
          <Link
            href="/documents"
            className={styles["place"] ?? ""}
            aria-current={location.startsWith("/documents") ? "page" : undefined}
            onClick={leave}
          >
            <Icon of={FileText} />
            <Trans>Documents</Trans>
            <DocumentCount />
          </Link>
        </li>
      </ul>
      <SearchField value={search} change={setSearch} />
      <History search={found} leave={leave} />
      <footer className={styles["foot"]}>
        <Settings />
      </footer>
    </nav>
  );
}

function DocumentCount() {
  const { i18n } = useLingui();
  const { data = [] } = useSources();
  const count = data.reduce((sum, { documents }) => sum + (documents ?? 0), 0);
  return count === 0 ? null : <span className={styles["count"]}>{i18n.number(count)}</span>;
}

function SearchField({ value, change }: { value: string; change: (value: string) => void }) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    function focus(event: KeyboardEvent): void {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    }
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);

  return (
    <search className={styles["search"]}>
      <Icon of={Search} />
      <input
        ref={input}
        type="text"
        dir="auto"
        role="searchbox"
        aria-label={t`Search conversations`}
        aria-keyshortcuts="Control+K Meta+K"
        placeholder={t`Search`}
        value={value}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            change("");
          }
        }}
      />
      {value === "" ? (
        <kbd className={styles["keys"]} aria-hidden="true">
          {navigator.platform.startsWith("Mac") ? "⌘K" : t`Ctrl K`}
        </kbd>
      ) : (
        <IconButton label={t`Clear the search`} icon={X} onPress={() => change("")} />
      )}
    </search>
  );
}
