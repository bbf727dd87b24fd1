import { useLingui } from "@lingui/react/macro";
import type { KeyScope } from "../../../../src/protocol/keys.ts";

/** What a scope lets its holder do. */
export function useScopeWords(): Record<KeyScope, { label: string; hint: string }> {
  const { t } = useLingui();
  return {
    chat: { label: t`Ask`, hint: t`Chat, conversations, embeddings and the list of models` },
    files: { label: t`Manage documents`, hint: t`Files and stores of its tenant` },
    admin: {
      label: t`Run the server`,
      hint: t`Keys, health, usage and feedback of all tenants`,
    },
  };
}
