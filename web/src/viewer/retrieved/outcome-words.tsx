import { Trans } from "@lingui/react/macro";
import type { Outcome } from "./entries.ts";

/** What became of a passage, and why. */
export function OutcomeWords({ outcome }: { outcome: Outcome }) {
  switch (outcome) {
    case "used":
      return <Trans>Used</Trans>;
    case "strictness":
      return <Trans>Left out: not relevant enough for this strictness</Trans>;
    case "duplicate":
      return <Trans>Left out: its words are there already</Trans>;
    case "top_n":
      return <Trans>Left out: enough better passages</Trans>;
    case "budget":
      return <Trans>Left out: no room left in the prompt</Trans>;
    case "refused":
      return <Trans>Not used: the answer was a refusal</Trans>;
    case "left":
      return <Trans>Left out</Trans>;
  }
}
