import { z } from "zod";

import { section } from "./section.ts";
import type { PageSettings } from "./settings.ts";

/** What the web application says of itself. */
export const page = section({
  title: z.string().trim().min(1).max(60).optional(),
  /** A line or two above the first question. */
  description: z.string().trim().min(1).max(500).optional(),
  /** Offered to people who have not asked anything yet. */
  questions: z.array(z.string().trim().min(1).max(200)).max(8).default([]),
  /** Headings of what was found besides are offered below the last answer. */
  suggestions: z.boolean().default(true),
}).transform((given): PageSettings => ({
  title: given.title ?? null,
  description: given.description ?? null,
  questions: [...new Set(given.questions)],
  suggestions: given.suggestions,
}));
