import type { Messages } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useEffect, useState } from "react";

/** Fetched with the settings: few readers ever open them. */
const CATALOGUES = import.meta.glob<{ messages: Messages }>("./locales/*.po");

/** Whether the settings can be shown in the language of the page. */
export function useWords(): boolean {
  const { i18n } = useLingui();
  const { locale } = i18n;
  const [spoken, setSpoken] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void CATALOGUES[`./locales/${locale}.po`]?.().then(({ messages }) => {
      if (!isCurrent) return;
      i18n.load(locale, messages);
      setSpoken(locale);
    });
    return () => {
      isCurrent = false;
    };
  }, [i18n, locale]);
  return spoken === locale;
}
