import type { CodeInterpreterSettings } from "../../config/settings.ts";
import type { InterpreterStatus, Tried } from "./code-interpreter.ts";
import type { Sandbox, SandboxName } from "./sandbox.ts";

export type Choice = { sandbox: Sandbox | null; status: InterpreterStatus };

/** Strongest first. */
const ORDER: SandboxName[] = ["python", "pyodide"];

/**
 * Takes the sandbox that is set, or with `auto` the strongest that works. What is set and does not work is not replaced by
 * another one.
 */
export async function chooseSandbox(
  setting: CodeInterpreterSettings["sandbox"],
  drivers: Record<SandboxName, () => Sandbox>,
  signal: AbortSignal,
): Promise<Choice> {
  if (setting === "off") return { sandbox: null, status: { state: "off" } };
  const tried: Tried[] = [];
  for (const name of setting === "auto" ? ORDER : [setting]) {
    const sandbox = drivers[name]();
    const report = await sandbox.probe(signal);
    if (report.works) {
      return { sandbox, status: { state: "ready", sandbox: name, report, passedOver: tried } };
    }
    tried.push({ sandbox: name, reason: report.reason });
  }
  return { sandbox: null, status: { state: "broken", tried } };
}

/** For operators: the first line is the verdict. */
export function describeStatus(status: InterpreterStatus): string[] {
  switch (status.state) {
    case "off":
      return ["Code interpreter: off."];
    case "broken":
      return [
        "Code interpreter: no sandbox works.",
        ...status.tried.map(({ sandbox, reason }) => `${sandbox} does not work: ${reason}`),
      ];
    case "ready": {
      const { sandbox, report, passedOver } = status;
      const libraries = Object.entries(report.libraries).map(
        ([name, version]) => `${name} ${version}`,
      );
      return [
        `Code interpreter: ${sandbox}, Python ${report.python}, ${libraries.join(", ") || "standard library only"}.`,
        ...passedOver.map(
          ({ sandbox: name, reason }) => `${name} would be stronger but does not work: ${reason}`,
        ),
        ...report.weaknesses.map((weakness) => `Weaker than it could be: ${weakness}`),
        ...report.walls.map((wall) => `Protected by ${wall}`),
      ];
    }
  }
}
