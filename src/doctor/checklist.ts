import type { CheckBody, CheckName, CheckStatus, DiagnosedBody } from "../protocol/diagnosis.ts";
import { GroundwireError } from "../protocol/errors.ts";

/** What a check came to. Detail alone: it is well. */
export interface Finding {
  detail: string;
  status?: CheckStatus;
  nextStep?: string;
}

/** The checks of one target, in order, with what each took. */
export interface Checklist {
  readonly checks: CheckBody[];
  /** Does the work and notes what it came to; null when it failed, which is noted as the check's failure. Rejects when aborted. */
  run<Result>(
    name: CheckName,
    work: () => Promise<Result>,
    finding: (result: Result) => Finding,
  ): Promise<Result | null>;
  add(name: CheckName, finding: Finding, ms?: number): void;
  /** Notes a failure, at its own aspect when it has one among `names`, else at the last of them; the others by what that says of them. */
  fail(error: unknown, among: Rungs): void;
}

/** Checks that one call answers all, in the order in which an engine makes them. */
export interface Rungs {
  names: readonly CheckName[];
  ms: number;
}

/** Where nothing better is known. */
const NEXT_STEPS: Partial<Record<CheckName, string>> = {
  reachable: "Check the address and the network between.",
  tls: "Check the certificate of the server, and NODE_EXTRA_CA_CERTS for an issuer of your own.",
  authenticated: "Check the credentials.",
  permitted: "Give who is named in 'authentication' the right to read the index.",
  index: "Check the name of the index and the address of the service.",
  model: "Check the name of the deployment, or of the model there.",
  fields: "Name the fields in 'fields_mapping'.",
  embedding: "Check 'embedding_dependency'.",
  query: "Read what the service says, and correct the parameters it names.",
  answer: "Read what the model's server says.",
};

export function createChecklist(signal: AbortSignal): Checklist {
  const checks: CheckBody[] = [];

  function add(name: CheckName, { detail, status = "ok", nextStep }: Finding, ms = 0): void {
    checks.push({ name, status, ms: Math.round(ms), detail, next_step: nextStep ?? null });
  }

  function addFailure(name: CheckName, error: unknown, ms: number): void {
    const { detail, nextStep } = explain(error);
    add(
      name,
      { status: "failed", detail, nextStep: nextStep ?? NEXT_STEPS[name] ?? "Read what it says." },
      ms,
    );
  }

  return {
    checks,
    add,
    async run(name, work, finding) {
      const began = performance.now();
      try {
        const result = await work();
        add(name, finding(result), performance.now() - began);
        return result;
      } catch (error) {
        signal.throwIfAborted();
        addFailure(name, error, performance.now() - began);
        return null;
      }
    },
    fail(error, { names, ms }) {
      signal.throwIfAborted();
      const aspect = error instanceof GroundwireError ? error.aspect : undefined;
      const known = aspect !== undefined && names.includes(aspect);
      const failed = known ? names.indexOf(aspect) : names.length - 1;
      for (const [position, name] of names.entries()) {
        if (position === failed) addFailure(name, error, ms);
        else if (position < failed && known) add(name, { detail: "as what follows shows" });
        else add(name, { status: "skipped", detail: "not known" });
      }
    },
  };
}

/** Errors that are no `GroundwireError` are this server's own; their words stay within. */
function explain(error: unknown): { detail: string; nextStep: string | undefined } {
  if (error instanceof GroundwireError) {
    return { detail: error.problem, nextStep: error.advice };
  }
  return {
    detail: `an unexpected error of this server (${error instanceof Error ? error.name : typeof error})`,
    nextStep: "Report it, with what was looked at.",
  };
}

const GRAVITY = ["ok", "warning", "failed"] as const;

/** The worst there is; what was skipped counts for nothing. */
export function worstOf(statuses: readonly CheckStatus[]): DiagnosedBody["status"] {
  return GRAVITY.findLast((status) => statuses.includes(status)) ?? "ok";
}
