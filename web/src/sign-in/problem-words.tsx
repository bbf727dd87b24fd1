import { Trans } from "@lingui/react/macro";
import type { SignInProblem } from "../../../src/protocol/sign-in.ts";

const PROBLEMS: SignInProblem[] = [
  "not_configured",
  "unavailable",
  "expired",
  "refused",
  "not_allowed",
  "failed",
];

/** Null: none that the page knows. */
export function problemOf(value: string | null): SignInProblem | null {
  return PROBLEMS.find((problem) => problem === value) ?? null;
}

/** Why nobody was signed in, and what to do. */
export function ProblemWords({ problem, name }: { problem: SignInProblem; name: string }) {
  switch (problem) {
    case "not_configured":
      return (
        <Trans>
          This server has no provider to sign in with. Whoever runs it can name one as sign_in in
          groundwire.yaml.
        </Trans>
      );
    case "unavailable":
      return <Trans>{name} cannot be reached just now. Try again in a moment.</Trans>;
    case "expired":
      return (
        <Trans>
          Nobody was signed in: it took too long, or was begun in another window. Try again.
        </Trans>
      );
    case "refused":
      return <Trans>{name} did not let you sign in, or you said no there.</Trans>;
    case "not_allowed":
      return (
        <Trans>{name} knows you, but you are not let in here. Ask whoever runs the server.</Trans>
      );
    case "failed":
      return (
        <Trans>
          What {name} answered cannot be trusted, so nobody was signed in. Tell whoever runs the
          server.
        </Trans>
      );
  }
}
