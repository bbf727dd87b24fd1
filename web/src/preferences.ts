import { createContext, useContext, useSyncExternalStore } from "react";
import { isLanguage, type Language } from "./i18n/locales.ts";

/** How someone wants the page; kept in this browser. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  contrast: "system" | "more";
  /** Null: that of the browser. */
  language: Language | null;
  isRailOpen: boolean;
  /** Pixels; null: as the window has it. */
  bayWidth: number | null;
  /** Null: the first there is. */
  model: string | null;
  effort: string | null;
  /** Ids of the sources chosen last, separated by commas; null: never chosen. */
  sources: string | null;
  /** Whether models may run code; null: when there are tables among the files of the conversation. */
  code: boolean | null;
}

const KEY = "groundwire-preferences";
const DEFAULTS: Preferences = {
  theme: "system",
  contrast: "system",
  language: null,
  isRailOpen: true,
  bayWidth: null,
  model: null,
  effort: null,
  sources: null,
  code: null,
};

export interface PreferenceStore {
  read: () => Preferences;
  change: (change: Partial<Preferences>) => void;
  subscribe: (listener: () => void) => () => void;
}

/** Preferences of this browser. Without storage (private windows) they last as long as the page. */
export function openPreferences(storage: Pick<Storage, "getItem" | "setItem">): PreferenceStore {
  let current = restore(storage);
  const listeners = new Set<() => void>();
  return {
    read: () => current,
    change(change) {
      current = { ...current, ...change };
      try {
        storage.setItem(KEY, JSON.stringify(current));
      } catch {
        // Full or forbidden: the page goes on with what it has.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function restore(storage: Pick<Storage, "getItem">): Preferences {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    const known = Object.keys(DEFAULTS);
    const entries = Object.entries(kept ?? {}).filter(([name]) => known.includes(name));
    // Written by `change`; the one value others rely on is checked.
    const restored = { ...DEFAULTS, ...(Object.fromEntries(entries) as Partial<Preferences>) };
    return { ...restored, language: isLanguage(restored.language) ? restored.language : null };
  } catch {
    return DEFAULTS;
  }
}

export const PreferenceContext = createContext<PreferenceStore | null>(null);

export function usePreferences(): [Preferences, PreferenceStore["change"]] {
  const store = useContext(PreferenceContext);
  if (store === null) throw new Error("usePreferences outside of the page");
  return [useSyncExternalStore(store.subscribe, store.read), store.change];
}
