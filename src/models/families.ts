import { FAMILY_NAMES, type FamilyName } from "../config/settings.ts";

/**
 * What the models of a family take and refuse. Sources: the service's tables for reasoning models and its recorded
 * errors; what a model turns out to refuse beyond them is learnt (`learn.ts`).
 */
export interface FamilyTraits {
  isReasoning: boolean;
  /** First api-version of the service that served the family; null: all of them. */
  firstApiVersion: string | null;
  /** Roles for instructions it takes, best first; empty: none, instructions go into user messages. */
  instructionRoles: readonly ("developer" | "system")[];
  /** Names for the longest answer it takes, best first. */
  outputLimits: readonly OutputLimit[];
  /** Other parameters it refuses. */
  refused: readonly string[];
  /** Of `refused`, those it takes at their default value 1. */
  takenAtOne: readonly string[];
  /** Values of `reasoning_effort` it takes; empty: the parameter is refused. */
  efforts: readonly string[];
  /** False: answers come whole, and streams are made of them here. */
  streams: boolean;
  takesTools: boolean;
  /** Total window and longest answer in tokens. */
  window: number;
  output: number;
  /** Longest instructions of a caller that are taken beside documents, in tokens. */
  instructionTokens: number;
}

export type OutputLimit = "max_tokens" | "max_completion_tokens";

/** All values of `reasoning_effort` there are, least first. */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Sampling parameters no reasoning model takes. */
const SAMPLING = [
  "temperature",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "logit_bias",
];

const STANDARD: FamilyTraits = {
  isReasoning: false,
  firstApiVersion: null,
  instructionRoles: ["system"],
  outputLimits: ["max_tokens", "max_completion_tokens"],
  refused: [],
  takenAtOne: [],
  efforts: [],
  streams: true,
  takesTools: true,
  window: 128_000,
  output: 16_384,
  instructionTokens: 4_000,
};

const REASONING: FamilyTraits = {
  isReasoning: true,
  // Recorded for o1, o3-mini and o4-mini; UNVERIFIED for the others.
  firstApiVersion: "2024-12-01-preview",
  instructionRoles: ["developer", "system"],
  outputLimits: ["max_completion_tokens"],
  refused: [...SAMPLING, "parallel_tool_calls"],
  takenAtOne: [],
  efforts: ["low", "medium", "high"],
  streams: true,
  takesTools: true,
  window: 200_000,
  output: 100_000,
  instructionTokens: 4_000,
};

const PREVIEW: FamilyTraits = {
  ...REASONING,
  firstApiVersion: "2024-09-01-preview",
  instructionRoles: [],
  takenAtOne: ["temperature", "top_p"],
  efforts: [],
  streams: false,
  takesTools: false,
  window: 128_000,
  output: 32_768,
};

export const FAMILIES: Record<FamilyName, FamilyTraits> = {
  standard: STANDARD,
  "o1-preview": PREVIEW,
  "o1-mini": { ...PREVIEW, output: 65_536 },
  // Azure never streamed o1; other servers may, and are asked to.
  o1: { ...REASONING, streams: false },
  "o3-mini": REASONING,
  o3: REASONING,
  "o4-mini": REASONING,
  "gpt-5": {
    ...REASONING,
    refused: SAMPLING,
    takenAtOne: ["temperature", "top_p"],
    // Which of them a version takes differs; what one refuses is learnt.
    efforts: EFFORTS,
    window: 272_000,
    output: 128_000,
  },
  // Open weights: sampled like any other model, with an effort beside.
  "gpt-oss": {
    ...STANDARD,
    isReasoning: true,
    instructionRoles: ["developer", "system"],
    efforts: ["low", "medium", "high"],
  },
};

/** What a model is taken for that refuses `max_tokens` and whose name tells nothing. */
export const UNKNOWN_REASONING: FamilyTraits = {
  ...FAMILIES["gpt-5"],
  window: 200_000,
  output: 100_000,
};

/** First match wins. Names are those of models or, where nothing better is known, of deployments. */
const PATTERNS: [pattern: RegExp, family: FamilyName][] = [
  ...FAMILY_NAMES.filter((name) => name.includes("-") && name !== "gpt-5").map(
    (name): [RegExp, FamilyName] => {
      const spelling = name.replaceAll("-", "[-_ ]?");
      return [new RegExp(`(?:^|[^a-z0-9])${spelling}`, "iu"), name];
    },
  ),
  [/(?:^|[^a-z0-9])o1(?:[^0-9]|$)/iu, "o1"],
  [/(?:^|[^a-z0-9])o[2-9](?:[^0-9]|$)/iu, "o3"],
  // Chat variants take what chat models take.
  [/gpt[-_ ]?\d[^/]*-chat/iu, "standard"],
  // Deployments are often named without the point: gpt51 is 5.1, while gpt-35-turbo, gpt41 and gpt-16k are none of these.
  [/gpt[-_ ]?(?:[5-9]\d?|1\d)(?![\dk])/iu, "gpt-5"],
];

/** The family a name tells; `standard` when it tells none. */
export function familyOf(name: string): FamilyName {
  return PATTERNS.find(([pattern]) => pattern.test(name))?.[1] ?? "standard";
}
