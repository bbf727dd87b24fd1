import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import type { KeptConversation } from "../../../src/client/conversation-calls.ts";
import type { SourceBody } from "../../../src/protocol/sources.ts";
import { refreshConversations } from "../conversations/use-conversations.ts";
import { usePreferences } from "../preferences.ts";
import { connect } from "../session.ts";
import { noticeEnd } from "../sign-in/notice-end.ts";
import { modelsQuery, sourcesQuery, useModels, useSources } from "../sources/use-sources.ts";
import { conversationKey } from "../conversations/conversation-key.ts";
import type { Asked } from "./chats.ts";
import { type Attached, STORE, toSentFiles, useAttached } from "./use-attached.ts";
import { useChats } from "./use-chat.ts";

/** What the server takes for a deployment it does not know when it answers by itself. */
const ANY_MODEL = "groundwire";
/** Where a conversation keeps which sources it asks; ids, separated by commas. */
const SOURCES = "sources";
/** Longest value of `metadata`. */
const LONGEST = 512;

/** What questions of a conversation go with, and how one is sent. */
export interface Asking extends Omit<Attached, "codeFiles" | "ownStore"> {
  sources: SourceBody[];
  /** Ids of those that are asked. */
  chosen: string[];
  chooseSources: (ids: string[]) => void;
  models: string[];
  model: string;
  chooseModel: (model: string) => void;
  effort: string | null;
  chooseEffort: (effort: string | null) => void;
  /** What can be asked is known. */
  isReady: boolean;
  /** A question where the conversation stands. Rejects when none can be begun. */
  ask: (question: string) => Promise<void>;
  send: (question: Placed) => Promise<void>;
}

type Placed = Pick<Asked, "question" | "questionId" | "parentId" | "isNext">;

export function useAsking(id: string | null, kept: KeptConversation | undefined): Asking {
  const chats = useChats();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [preferences, change] = usePreferences();
  const { data: sources = [], isSuccess } = useSources();
  const { data: models = [], isPending: isWaitingForModels } = useModels();
  const names = models.map((model) => model.id);
  const { model, effort } = preferences;
  const { attached, ownStore, usesCode, chooseCode, codeFiles } = useAttached(id, kept);
  const wanted = kept?.metadata[SOURCES] ?? preferences.sources;
  const chosen = chosenOf(sources, wanted);

  const send = useCallback(
    async (placed: Placed) => {
      // Who asks at once has the sources and models, too.
      const known = await queries.ensureQueryData(sourcesQuery);
      const [first] = await queries.ensureQueryData(modelsQuery);
      const { storeId, files } = placed.questionId === null ? attached : NOTHING_ATTACHED;
      const isNewStore = storeId !== null && storeId !== ownStore;
      const chosenBefore = chosenOf(known, wanted).split(",").filter(Boolean);
      const asked = isNewStore ? [...chosenBefore, storeId] : chosenBefore;
      const metadata = {
        ...kept?.metadata,
        [SOURCES]: asked.join(","),
        ...(storeId === null ? {} : { [STORE]: storeId }),
      };
      const conversationId = id ?? (await begin(queries, metadata));
      if (id !== null && isNewStore) await keepMetadata(queries, id, metadata);
      if (placed.questionId === null) attached.clear();
      chats.ask({
        ...placed,
        conversationId,
        sources: asked.map((sourceId) => dataSourceOf(known, sourceId)),
        files: toSentFiles(files),
        codeFiles,
        model: model ?? first?.id ?? ANY_MODEL,
        effort,
      });
      if (id === null) {
        navigate(`/c/${conversationId}`);
        await refreshConversations(queries);
      }
    },
    [chats, queries, navigate, id, kept, wanted, model, effort, attached, ownStore, codeFiles],
  );

  const chooseSources = useCallback(
    (ids: string[]) => {
      const value = ids.join(",").slice(0, LONGEST);
      // Other conversations have nothing to do with the files of this one.
      const own = sources.filter((source) => source.of_conversation).map((source) => source.id);
      change({ sources: ids.filter((chosenId) => !own.includes(chosenId)).join(",") });
      if (id === null) return;
      const metadata = { ...kept?.metadata, [SOURCES]: value };
      void keepMetadata(queries, id, metadata);
    },
    [change, queries, id, kept, sources],
  );

  return useMemo(
    () => ({
      // Of other conversations' files nothing is offered here.
      sources: sources.filter(
        (source) =>
          !source.of_conversation || source.id === ownStore || source.id === attached.storeId,
      ),
      chosen: chosen === "" ? [] : chosen.split(","),
      chooseSources,
      models: names,
      model: model ?? names[0] ?? ANY_MODEL,
      chooseModel: (name) => change({ model: name }),
      effort,
      chooseEffort: (value) => change({ effort: value }),
      attached,
      usesCode,
      chooseCode,
      isReady: isSuccess && !isWaitingForModels,
      ask: (question) =>
        send({
          question,
          questionId: null,
          parentId: kept?.leaf_message_id ?? null,
          isNext: true,
        }),
      send,
    }),
    [
      sources,
      chosen,
      chooseSources,
      names.join(","),
      model,
      effort,
      attached,
      usesCode,
      ownStore,
      change,
      isSuccess,
      isWaitingForModels,
      send,
      kept,
    ],
  );
}

async function begin(queries: QueryClient, metadata: Record<string, string>): Promise<string> {
  try {
    return (await connect().createConversation(metadata)).id;
  } catch (error) {
    noticeEnd(queries, error);
    throw error;
  }
}

async function keepMetadata(
  queries: QueryClient,
  id: string,
  metadata: Record<string, string>,
): Promise<void> {
  queries.setQueryData<KeptConversation>(conversationKey(id), (shown) =>
    shown === undefined ? shown : { ...shown, metadata },
  );
  await connect().changeConversation(id, { metadata });
}

const NOTHING_ATTACHED = { storeId: null, files: [] };

function dataSourceOf(known: SourceBody[], id: string): SourceBody["data_source"] {
  // A store that was made a moment ago need not be among those that are known.
  return (
    known.find((source) => source.id === id)?.data_source ?? {
      type: "file_search",
      parameters: { vector_store_id: id },
    }
  );
}

/** The kept choice without what is gone; else the first source that holds something. */
function chosenOf(sources: SourceBody[], kept: string | null): string {
  const ids = (kept ?? "").split(",").filter((id) => sources.some((source) => source.id === id));
  if (ids.length > 0 || kept === "") return ids.join(",");
  const general = sources.filter((source) => !source.of_conversation);
  const first = general.find(({ documents }) => documents !== 0) ?? general[0];
  return first?.id ?? "";
}
