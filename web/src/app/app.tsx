import type { I18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { I18nProvider as AriaI18nProvider } from "react-aria-components";
import { useEffect, useState } from "react";
import type { ChatFilesStore } from "../attachments/chat-files.ts";
import { ChatFilesContext } from "../attachments/use-chat-files.ts";
import type { Chats } from "../chat/chats.ts";
import { ChatsContext } from "../chat/use-chat.ts";
import { type Uploads, UploadsContext } from "../documents/uploads.ts";
import { loadCatalogues } from "../i18n/load-catalogues.ts";
import { chooseLanguage, directionOf, type Language } from "../i18n/locales.ts";
import { PreferenceContext, type PreferenceStore, usePreferences } from "../preferences.ts";
import { Gate } from "./gate.tsx";

interface AppProps {
  i18n: I18n;
  queries: QueryClient;
  preferences: PreferenceStore;
  chats: Chats;
  uploads: Uploads;
  chatFiles: ChatFilesStore;
}

/** Everything the page stands on: preferences, language, what the server said. */
export function App({ i18n, queries, preferences, chats, uploads, chatFiles }: AppProps) {
  return (
    <PreferenceContext value={preferences}>
      <QueryClientProvider client={queries}>
        <ChatsContext value={chats}>
          <UploadsContext value={uploads}>
            <ChatFilesContext value={chatFiles}>
              <Localized i18n={i18n} />
            </ChatFilesContext>
          </UploadsContext>
        </ChatsContext>
      </QueryClientProvider>
    </PreferenceContext>
  );
}

function Localized({ i18n }: { i18n: I18n }) {
  const [{ language: wanted, theme, contrast }] = usePreferences();
  const language = wanted ?? chooseLanguage(navigator.languages);
  const [spoken, setSpoken] = useState<Language | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void loadCatalogues(i18n, language).then(() => {
      if (!isCurrent) return;
      document.documentElement.lang = language;
      document.documentElement.dir = directionOf(language);
      setSpoken(language);
    });
    return () => {
      isCurrent = false;
    };
  }, [i18n, language]);

  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset["theme"] = theme;
    dataset["contrast"] = contrast;
  }, [theme, contrast]);

  if (spoken === null) return null;
  return (
    <I18nProvider i18n={i18n}>
      <AriaI18nProvider locale={spoken}>
        <Gate />
      </AriaI18nProvider>
    </I18nProvider>
  );
}
