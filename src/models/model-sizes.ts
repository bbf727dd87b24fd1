import type { FamilyTraits } from "./families.ts";

type Sizes = Pick<FamilyTraits, "window" | "output" | "instructionTokens">;

/**
 * Older models are smaller than their family. First match wins; names are those of models as Azure and OpenAI write them.
 * Sources: the service's table of system text; the models' published windows.
 */
const SIZES: [pattern: RegExp, sizes: Sizes][] = [
  [/gpt-?3\.?5-turbo-0301/iu, { window: 4_096, output: 4_096, instructionTokens: 400 }],
  [/gpt-?3\.?5-turbo-16k/iu, { window: 16_384, output: 16_384, instructionTokens: 1_000 }],
  [/gpt-?3\.?5-turbo-(?:0125|1106)/iu, { window: 16_385, output: 4_096, instructionTokens: 2_000 }],
  [/gpt-?3\.?5/iu, { window: 4_096, output: 4_096, instructionTokens: 400 }],
  [/gpt-?4-32k/iu, { window: 32_768, output: 32_768, instructionTokens: 2_000 }],
  [
    /gpt-?4-(?:turbo|1106|0125|vision)/iu,
    { window: 128_000, output: 4_096, instructionTokens: 4_000 },
  ],
  [/gpt-?4(?:-0\d{3})?(?![\w.-])/iu, { window: 8_192, output: 8_192, instructionTokens: 400 }],
];

/** What the name of a model tells of its size beyond its family; nothing for most. */
export function sizesOf(name: string): Partial<Sizes> {
  return SIZES.find(([pattern]) => pattern.test(name))?.[1] ?? {};
}
