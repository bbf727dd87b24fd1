import { z } from "zod";
import { attributeFilterSchema } from "./attribute-filter.ts";
import { odataFilterSchema } from "./odata/schema.ts";
import { listQuerySchema } from "./lists.ts";
import { withoutNulls } from "./validation.ts";

const fileId = z.string().min(1).max(100);

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, {
    error: "Dictionary should have at most 16 items",
  });

const attributes = z
  .record(
    z.string().max(64),
    z.union([z.string().max(512), z.number(), z.boolean()], {
      error: "Input should be a string of at most 512 characters, a number or a boolean",
    }),
  )
  .refine((pairs) => Object.keys(pairs).length <= 16, {
    error: "Dictionary should have at most 16 items",
  });

const expiresAfter = z.object({
  anchor: z.literal("last_active_at"),
  days: z.int().min(1).max(365),
});

const staticChunking = z
  .object({
    max_chunk_size_tokens: z.int().min(100).max(4096),
    chunk_overlap_tokens: z.int().min(0),
  })
  .refine(({ max_chunk_size_tokens: size, chunk_overlap_tokens: overlap }) => overlap * 2 <= size, {
    error: "Input should be at most half of max_chunk_size_tokens",
    path: ["chunk_overlap_tokens"],
  });

const chunkingStrategy = z.discriminatedUnion(
  "type",
  [
    z.object({ type: z.literal("auto") }),
    z.object({ type: z.literal("static"), static: staticChunking }),
  ],
  { error: "Supported values of 'type' are: 'auto' and 'static'" },
);

function body<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => withoutNulls(value ?? {}), z.object(shape));
}

export const createVectorStoreSchema = body({
  name: z.string().max(256).optional(),
  description: z.string().max(512).optional(),
  file_ids: z.array(fileId).max(500).optional(),
  expires_after: expiresAfter.optional(),
  chunking_strategy: chunkingStrategy.optional(),
  metadata: metadata.optional(),
});

/** Here null means something: it takes the expiry, the name or the metadata away. */
export const updateVectorStoreSchema = z.object({
  name: z.string().max(256).nullish(),
  description: z.string().max(512).nullish(),
  expires_after: expiresAfter.nullish(),
  metadata: metadata.nullish(),
});

export const attachFileSchema = body({
  file_id: fileId,
  chunking_strategy: chunkingStrategy.optional(),
  attributes: attributes.optional(),
});

export const updateFileSchema = z.object({ attributes: attributes.nullable() });

export const createFileBatchSchema = body({
  file_ids: z.array(fileId).min(1).max(2000).optional(),
  files: z
    .array(
      z.preprocess(
        withoutNulls,
        z.object({
          file_id: fileId,
          chunking_strategy: chunkingStrategy.optional(),
          attributes: attributes.optional(),
        }),
      ),
    )
    .min(1)
    .max(2000)
    .optional(),
  chunking_strategy: chunkingStrategy.optional(),
  attributes: attributes.optional(),
}).refine((value) => (value.file_ids === undefined) !== (value.files === undefined), {
  error: "Give either 'file_ids' or 'files'",
  path: ["file_ids"],
});

export const vectorStoreFileListSchema = listQuerySchema.extend({
  filter: z.enum(["in_progress", "completed", "failed", "cancelled"]).optional(),
});

export const searchVectorStoreSchema = body({
  query: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(20)], {
    error: "Input should be a non-empty string or a list of them",
  }),
  rewrite_query: z.boolean().default(false),
  max_num_results: z.int().min(1).max(50).default(10),
  filters: attributeFilterSchema.optional(),
  ranking_options: z
    .preprocess(
      withoutNulls,
      z.object({
        ranker: z.string().max(64).optional(),
        score_threshold: z.number().min(0).max(1).default(0),
      }),
    )
    .optional(),
  /** OData over the same attributes; with both, both must hold. */
  filter: odataFilterSchema.optional(),
});

export type ChunkingStrategyRequest = z.output<typeof chunkingStrategy>;
export type AttachFileRequest = z.output<typeof attachFileSchema>;

/** True for an id that could be a vector store's; others are refused with 400 before storage is asked. */
export function isVectorStoreId(id: string): boolean {
  return id.startsWith("vs_");
}

export interface FileCountsBody {
  in_progress: number;
  completed: number;
  failed: number;
  cancelled: number;
  total: number;
}

export interface VectorStoreBody {
  id: string;
  object: "vector_store";
  created_at: number;
  name: string | null;
  description: string | null;
  usage_bytes: number;
  file_counts: FileCountsBody;
  status: "expired" | "in_progress" | "completed";
  /** Left out when it does not expire: no published document lets it be null. */
  expires_after?: { anchor: "last_active_at"; days: number };
  expires_at: number | null;
  last_active_at: number;
  metadata: Record<string, string>;
}

export interface VectorStoreFileBody {
  id: string;
  object: "vector_store.file";
  usage_bytes: number;
  created_at: number;
  vector_store_id: string;
  status: "in_progress" | "completed" | "cancelled" | "failed";
  last_error: { code: string; message: string } | null;
  chunking_strategy: {
    type: "static";
    static: { max_chunk_size_tokens: number; chunk_overlap_tokens: number };
  };
  attributes: Record<string, string | number | boolean>;
}

export interface FileBatchBody {
  id: string;
  object: "vector_store.files_batch";
  created_at: number;
  vector_store_id: string;
  status: "in_progress" | "completed" | "cancelled" | "failed";
  file_counts: FileCountsBody;
}
