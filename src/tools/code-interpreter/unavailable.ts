import { GroundwireError } from "../../protocol/errors.ts";
import type { InterpreterStatus } from "./code-interpreter.ts";

/** Why exactly is for the operator: it tells of the machine. */
export function interpreterUnavailable({ state }: InterpreterStatus): GroundwireError {
  return new GroundwireError(
    "code_interpreter_unavailable",
    state === "off"
      ? "The code interpreter is switched off on this server."
      : "The code interpreter does not work on this server. Ask its operator to run `groundwire doctor`.",
  );
}
