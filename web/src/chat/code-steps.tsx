import { Trans } from "@lingui/react/macro";
import { memo } from "react";
import type { AnswerStep } from "../../../src/protocol/steps.ts";
import { CodeBlock } from "../markdown/code-block.tsx";
import { Duration } from "../ui/duration.tsx";
import styles from "./code-steps.module.css";

type CodeStep = Extract<AnswerStep, { tool: "code_interpreter" }>;

/** Code that was run on the way to an answer, folded away: what it was, and what came of it. */
export const CodeSteps = memo(function CodeSteps({ steps }: { steps: AnswerStep[] }) {
  const shown = steps.filter((step): step is CodeStep => step.tool === "code_interpreter");
  if (shown.length === 0) return null;
  return (
    <div className={styles["steps"]}>
      {shown.map((step) => (
        <Step key={step.index} step={step} />
      ))}
    </div>
  );
});

function Step({ step: { code, status, milliseconds, output } }: { step: CodeStep }) {
  return (
    <details className={styles["step"]}>
      <summary>
        {status === undefined ? <Trans>Running Python</Trans> : null}
        {status === "completed" ? <Trans>Ran Python</Trans> : null}
        {status === "failed" ? (
          <span className={styles["failed"]}>
            <Trans>Ran Python, which failed</Trans>
          </span>
        ) : null}
        {milliseconds === undefined ? null : (
          <>
            {" · "}
            <Duration milliseconds={milliseconds} />
          </>
        )}
      </summary>
      <div className={styles["inside"]}>
        <CodeBlock code={code.trimEnd()} language="python" />
        {output === undefined ? null : (
          <pre className={styles["output"]} dir="ltr" tabIndex={0}>
            {output}
          </pre>
        )}
      </div>
    </details>
  );
}
