/**
 * What the families of models take and refuse, by the name of the model or deployment. Sources: the service's own
 * tables for reasoning models and its recorded errors.
 */
export interface FamilyTraits {
  isReasoning: boolean;
  /** Role for instructions; null: none is understood, instructions go into the first user message. */
  instructionRole: "system" | "developer" | null;
  takesReasoningEffort: boolean;
  takesParallelToolCalls: boolean;
  /** Total window and longest answer in tokens. */
  window: number;
  output: number;
}

const REASONING: FamilyTraits = {
  isReasoning: true,
  instructionRole: "developer",
  takesReasoningEffort: true,
  takesParallelToolCalls: false,
  window: 200_000,
  output: 100_000,
};

const STANDARD: FamilyTraits = {
  isReasoning: false,
  instructionRole: "system",
  takesReasoningEffort: false,
  takesParallelToolCalls: true,
  window: 128_000,
  output: 16_384,
};

/** First match wins. */
const FAMILIES: [pattern: RegExp, traits: FamilyTraits][] = [
  [
    /(^|[^a-z0-9])o1-(?:preview|mini)/iu,
    {
      ...REASONING,
      instructionRole: null,
      takesReasoningEffort: false,
      window: 128_000,
      output: 32_768,
    },
  ],
  [/(^|[^a-z0-9])o[1-9](?:[^0-9]|$)/iu, REASONING],
  [/gpt-?5/iu, { ...REASONING, takesParallelToolCalls: true, window: 272_000, output: 128_000 }],
];

export function familyOf(name: string): FamilyTraits {
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? STANDARD;
}
