import "@fontsource-variable/atkinson-hyperlegible-next/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "./ui/tokens.css";
import "./ui/base.css";

import { setupI18n } from "@lingui/core";
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { createChatFiles } from "./attachments/chat-files.ts";
import { createChatStore, untilRead } from "./attachments/chat-store-requests.ts";
import { createChats } from "./chat/chats.ts";
import { storeKey } from "./documents/store-queries.ts";
import { attach, deleteFile } from "./documents/store-requests.ts";
import { uploadFile } from "./documents/upload-file.ts";
import { createUploads } from "./documents/uploads.ts";
import { openPreferences } from "./preferences.ts";
import { isUnauthorized } from "./session.ts";
import { noticeEnd } from "./sign-in/notice-end.ts";
import { SOURCES_KEY } from "./sources/use-sources.ts";

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError(error, { queryKey }) {
      if (queryKey[0] !== SOURCES_KEY[0]) noticeEnd(queries, error);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // Without a connection a query fails and says so; a paused one would say nothing.
      networkMode: "always",
      retry: (failures, error) => failures < 1 && !isUnauthorized(error),
    },
    mutations: { networkMode: "always" },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App
        i18n={setupI18n()}
        queries={queries}
        preferences={openPreferences(localStorage)}
        chats={createChats(queries)}
        uploads={createUploads({
          send: uploadFile,
          attach,
          arrived: (storeId) => void queries.invalidateQueries({ queryKey: storeKey(storeId) }),
        })}
        chatFiles={createChatFiles({
          send: uploadFile,
          createStore: createChatStore,
          attach,
          untilRead,
          forget: deleteFile,
          arrived: () => void queries.invalidateQueries({ queryKey: SOURCES_KEY }),
          storage: localStorage,
        })}
      />
    </StrictMode>,
  );
}
