import { cutTokens } from "../../ingest/tokens.ts";
import { codeArguments, codeTool } from "../../tools/code-interpreter/tool.ts";
import { isObject } from "../../protocol/validation.ts";
import { parseJson } from "../../util/parse-json.ts";
import type { HostedTool } from "./hosted-tool.ts";
import type { Interpreter } from "./interpreter.ts";

/** Lets the model run Python. */
export function codeInterpreterTool(interpreter: Interpreter): HostedTool {
  return {
    kind: "code_interpreter",
    definition: codeTool(interpreter.status, interpreter),
    async *call(argumentsText, { room, seconds }) {
      const given = codeArguments.safeParse(readArguments(argumentsText));
      if (!given.success) return 'The arguments should be JSON: {"code": "..."}, and not too long.';
      const { text } = yield* interpreter.run(given.data.code, seconds);
      return cutTokens(text, room);
    },
    close: () => interpreter.close(),
  };
}

/** Some models send the bare code. */
function readArguments(text: string): unknown {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : { code: text };
}
