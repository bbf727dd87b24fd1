import { z } from "zod";
import { listQuery } from "./lists.ts";

/** A file as the API answers it. */
export interface FileBody {
  id: string;
  object: "file";
  bytes: number;
  created_at: number;
  filename: string;
  purpose: FilePurpose;
  status: "processed";
  /** Left out when it does not expire: no published document lets it be null. */
  expires_at?: number;
}

export type FilePurpose =
  | "assistants"
  | "assistants_output"
  | "batch"
  | "fine-tune"
  | "vision"
  | "user_data"
  | "evals";

/** Of files that code has made: they can be listed by it, not uploaded under it. */
const OUTPUT = "assistants_output";

/** Purposes as clients write them; the guide's `file-search` is answered as `assistants`, which typed clients know. */
const PURPOSES: Record<string, FilePurpose> = {
  assistants: "assistants",
  "file-search": "assistants",
  file_search: "assistants",
  "code-interpreter": "assistants",
  code_interpreter: "assistants",
  batch: "batch",
  "fine-tune": "fine-tune",
  vision: "vision",
  user_data: "user_data",
  evals: "evals",
};

const purpose = z
  .string({ error: "Field required" })
  .refine((value) => Object.hasOwn(PURPOSES, value), {
    error: `Input should be one of ${Object.keys(PURPOSES)
      .map((name) => `'${name}'`)
      .join(", ")}`,
  });

/** The fields beside the file, as the form names them. */
export const uploadFieldsSchema = z.object({
  purpose,
  "expires_after[anchor]": z.literal("created_at").optional(),
  "expires_after[seconds]": z.coerce.number().int().min(3600).max(2_592_000).optional(),
});

export const fileListQuerySchema = listQuery({ max: 10_000, byDefault: 10_000 }).extend({
  purpose: z
    .union([z.literal(OUTPUT), purpose.transform((value) => storedPurpose(value))])
    .optional(),
});

/** The purpose a file is stored and answered under. */
export function storedPurpose(requested: string): FilePurpose {
  if (requested === OUTPUT) return OUTPUT;
  return (Object.hasOwn(PURPOSES, requested) ? PURPOSES[requested] : undefined) ?? "assistants";
}
