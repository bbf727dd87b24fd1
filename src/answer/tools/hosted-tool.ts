import type { AnswerEvent } from "../../protocol/events.ts";
import type { HostedToolName } from "../../protocol/steps.ts";

/** A tool that a model calls and that runs here. */
export interface HostedTool {
  kind: HostedToolName;
  definition: ToolDefinition;
  /**
   * Does what the model asks, and answers what it reads. What the model did wrong is in that text; it throws only what ends the
   * whole answer.
   */
  call(
    argumentsText: string,
    circumstances: CallCircumstances,
  ): AsyncGenerator<AnswerEvent, string>;
  close(): Promise<void>;
}

/** A function as a model is told of it. */
export interface ToolDefinition {
  name: string;
  description: string;
  /** JSON Schema */
  parameters: Record<string, unknown>;
}

export interface CallCircumstances {
  /** Longest result, in tokens. */
  room: number;
  /** Longest work, in seconds. */
  seconds: number;
}
