import { useLingui } from "@lingui/react/macro";
import type { CheckName } from "../../../../src/protocol/diagnosis.ts";

export function useCheckWords(): Record<CheckName, string> {
  const { t } = useLingui();
  return {
    configuration: t`Configuration`,
    storage: t`Data folder`,
    disk: t`Room on the disk`,
    code_interpreter: t`Sandbox for code`,
    shape: t`Reading the request`,
    reachable: t`Network`,
    tls: t`Certificate`,
    authenticated: t`Sign-in`,
    permitted: t`Rights`,
    model: t`Model`,
    index: t`Index`,
    fields: t`Fields`,
    embedding: t`Embedding`,
    dimensions: t`Dimensions`,
    query: t`Search`,
    answer: t`Answer`,
  };
}
