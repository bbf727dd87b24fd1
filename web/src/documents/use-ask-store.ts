import { useLocation } from "wouter";
import { keepDraft } from "../composer/use-draft.ts";
import { usePreferences } from "../preferences.ts";

/** Goes to a new conversation that asks the store; `draft` stands in the composer. */
export function useAskStore(): (storeId: string, draft?: string) => void {
  const [, change] = usePreferences();
  const [, navigate] = useLocation();
  return (storeId, draft) => {
    change({ sources: storeId });
    if (draft !== undefined) keepDraft(null, draft);
    navigate("/");
  };
}
