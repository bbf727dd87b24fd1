import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import type { KeptConversation } from "../../../src/client/conversation-calls.ts";
import { type ChatFile, isTable } from "../attachments/chat-files.ts";
import { type SentFile, sentFilesOf } from "../attachments/sent-file.ts";
import { useAbilities } from "../app/abilities.ts";
import { type Attaching, useChatFiles } from "../attachments/use-chat-files.ts";
import { usePreferences } from "../preferences.ts";

/** Where a conversation keeps which store its own files are in. */
export const STORE = "files";

export interface Attached {
  /** Files that go with the next question. */
  attached: Attaching;
  /** The store that holds files of earlier questions; null: there is none. */
  ownStore: string | null;
  /** Whether code may be run; null: the server runs none. */
  usesCode: boolean | null;
  chooseCode: (uses: boolean) => void;
  /** Files that code may read; null: none is run. */
  codeFiles: string[] | null;
}

/** The files of a conversation, and whether code may read them. */
export function useAttached(id: string | null, kept: KeptConversation | undefined): Attached {
  const { t } = useLingui();
  const [{ code }, change] = usePreferences();
  const { code_interpreter: canRunCode } = useAbilities();
  const ownStore = kept?.metadata[STORE] ?? null;
  const attached = useChatFiles(id, { storeId: ownStore, said: t`Files are being attached.` });
  const { files } = attached;
  const tables = useMemo(() => tablesOf(kept, files), [kept, files]);
  return useMemo(() => {
    const usesCode = canRunCode ? (code ?? tables.length > 0) : null;
    return {
      attached,
      ownStore,
      usesCode,
      chooseCode: (uses) => change({ code: uses }),
      codeFiles: usesCode === true ? tables : null,
    };
  }, [attached, ownStore, canRunCode, code, change, tables]);
}

/** Those that have arrived, as a question's message names them. */
export function toSentFiles(files: readonly ChatFile[]): SentFile[] {
  return files.flatMap(({ fileId, name, status }) =>
    fileId === null || status !== "ready" ? [] : [{ file_id: fileId, filename: name }],
  );
}

/** What code can compute with, of all the conversation's questions and of the next one. */
function tablesOf(kept: KeptConversation | undefined, files: readonly ChatFile[]): string[] {
  const sent = kept?.messages.flatMap(({ message }) => sentFilesOf(message)) ?? [];
  const tables = [...sent, ...toSentFiles(files)].filter(({ filename }) => isTable(filename));
  return [...new Set(tables.map(({ file_id: fileId }) => fileId))];
}
