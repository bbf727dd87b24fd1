import { hostedToolsOf, offersFunctions } from "../../protocol/hosted-tools.ts";
import type { HostedToolName } from "../../protocol/steps.ts";
import type { Citable } from "../citable.ts";
import type { Run } from "../run.ts";
import { codeInterpreterTool } from "./code-tool.ts";
import type { HostedTool, ToolDefinition } from "./hosted-tool.ts";
import { openInterpreter } from "./interpreter.ts";
import { fileSearchTool } from "./search-tool.ts";

/** The hosted tools of one answer, under names that are no functions of the caller. */
export interface Toolbox extends AsyncDisposable {
  definitions: ToolDefinition[];
  has(name: string): boolean;
  find(name: string): HostedTool | undefined;
  /** The name a hosted tool goes by; undefined: it is not there. */
  nameOf(kind: HostedToolName): string | undefined;
}

/** For models that take none. */
export const NO_TOOLS: Toolbox = {
  definitions: [],
  has: () => false,
  find: () => undefined,
  nameOf: () => undefined,
  [Symbol.asyncDispose]: async () => {},
};

/**
 * Opens the tools that the request names and that the model may call.
 * @throws GroundwireError `code_interpreter_unavailable`
 */
export async function openToolbox(run: Run, citable: Citable): Promise<Toolbox> {
  const { chat, sources } = run.question;
  const hosted = hostedToolsOf(chat);
  const tools = [
    ...(hosted.has("file_search") && sources.length > 0 ? [fileSearchTool(run, citable)] : []),
    ...(hosted.has("code_interpreter") ? [codeInterpreterTool(await openInterpreter(run))] : []),
  ];
  const taken = new Set((chat.tools ?? []).flatMap((tool) => functionName(tool)));
  const named = new Map(tools.map((tool) => [freeName(tool.definition.name, taken), tool]));
  // What only looks like a function of nobody's is answered here, so that the model can go on.
  const ownsUnknown = tools.length > 0 && !offersFunctions(chat);
  return {
    definitions: [...named].map(([name, { definition }]) => ({ ...definition, name })),
    has: (name) => named.has(name) || ownsUnknown,
    find: (name) => named.get(name),
    nameOf: (kind) => [...named].find(([, tool]) => tool.kind === kind)?.[0],
    async [Symbol.asyncDispose]() {
      await Promise.all(tools.map((tool) => tool.close()));
    },
  };
}

function functionName(tool: NonNullable<Run["question"]["chat"]["tools"]>[number]): string[] {
  return tool.type === "function" ? [tool.function.name] : [];
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
}
