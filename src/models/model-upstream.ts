import { GroundwireError } from "../protocol/errors.ts";
import type { Pool, Upstream } from "../upstream/pool.ts";
import type { FamilyTraits } from "./families.ts";
import { learnFrom } from "./learn.ts";
import { type MappedParameters, mapParameters } from "./parameters.ts";

/** One model on one server, with what is known of it. */
export interface ModelUpstream extends Upstream {
  /** Replaced when the model turns out to refuse more than its family. */
  traits: FamilyTraits;
  /** Most texts one embeddings call may carry. */
  maxInputs: number;
}

export type ModelPool = Pool<ModelUpstream>;

/** More refusals than this in one request are no learning any more. */
const MOST_LESSONS = 8;

/**
 * Sends a chat request in the form the model takes. When the model refuses a parameter, that is remembered, and the
 * request is sent again without it.
 */
export async function sendMapped<T>(
  upstream: ModelUpstream,
  body: Record<string, unknown>,
  send: (mapped: MappedParameters) => Promise<T>,
): Promise<T> {
  for (let lessons = 0; ; lessons++) {
    const mapped = mapParameters(body, upstream.traits);
    try {
      return await send(mapped);
    } catch (error) {
      const learnt =
        error instanceof GroundwireError && lessons < MOST_LESSONS
          ? learnFrom(error, { family: upstream.traits, body: mapped.body })
          : null;
      if (learnt === null) throw error;
      upstream.traits = learnt;
    }
  }
}
