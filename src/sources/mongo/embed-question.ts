import type { EmbeddingDependency } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { SourceContext } from "../define-source.ts";
import { refuseDimensions } from "../source-errors.ts";
import type { SourceQuery } from "../source.ts";

export interface EmbeddingNeed {
  embedding: EmbeddingDependency;
  context: SourceContext;
  subject: string;
  /** What holds the vectors, for messages. */
  place: string;
  /** Null: it is not known. */
  dimensions: number | null;
}

/** The question as a vector of the length the index has. @throws GroundwireError when it is of another length. */
export async function embedQuestion(
  { text, signal }: SourceQuery,
  { embedding, context, subject, place, dimensions }: EmbeddingNeed,
): Promise<Float32Array> {
  if (embedding.type !== "deployment_name" && embedding.type !== "endpoint") {
    throw new GroundwireError(
      "data_source_invalid",
      `${subject}: 'embedding_dependency' must be of type 'deployment_name' or 'endpoint'.`,
      { aspect: "embedding" },
    );
  }
  const embedded = await context.embed(embedding, [text], signal);
  if (dimensions !== null) refuseDimensions(embedded, { expected: dimensions, subject, place });
  return embedded.vectors[0] ?? new Float32Array();
}
