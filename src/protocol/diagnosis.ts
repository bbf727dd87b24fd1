import { z } from "zod";

/**
 * What is looked at, in the order in which one thing needs the other. Of this server: `configuration`, `storage`, `disk`,
 * `code_interpreter`; of a pasted request: `shape`; of sources and models: the others.
 */
export const CHECK_NAMES = [
  "configuration",
  "storage",
  "disk",
  "code_interpreter",
  "shape",
  "reachable",
  "tls",
  "authenticated",
  "permitted",
  "model",
  "index",
  "fields",
  "embedding",
  "dimensions",
  "query",
  "answer",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** `warning`: works, and is probably not meant. `skipped`: cannot be known, because of what failed before or because there is nothing to know. */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

export interface CheckBody {
  name: CheckName;
  status: CheckStatus;
  /** Milliseconds; 0 when another check of the target took the time. */
  ms: number;
  detail: string;
  /** The one thing to do; null where nothing is. */
  next_step: string | null;
}

export interface DiagnosedBody {
  kind: "server" | "request" | "deployment" | "embedding" | "source";
  /** As the configuration calls it: `policies`, `o1`; of a request: `data_sources[0]`. */
  name: string;
  /** Of a source the wire's type, of a deployment the host it is at; null where there is none. */
  type: string | null;
  /** The worst of its checks. */
  status: Exclude<CheckStatus, "skipped">;
  checks: CheckBody[];
}

/** Answer of `POST /groundwire/doctor`. */
export interface DiagnosisBody {
  object: "groundwire.diagnosis";
  /** The worst of all. */
  status: DiagnosedBody["status"];
  ms: number;
  targets: DiagnosedBody[];
}

/** A stream has this first, then each target as soon as it has been looked at, last of all the whole diagnosis. */
export type DiagnosisEvent =
  | {
      object: "groundwire.diagnosis.started";
      /** In the order of the answer. */
      targets: Pick<DiagnosedBody, "kind" | "name" | "type">[];
    }
  | {
      object: "groundwire.diagnosis.target";
      /** Position among the targets. */
      index: number;
      target: DiagnosedBody;
    }
  | DiagnosisBody;

/** Body of `POST /groundwire/doctor`; without one everything that is configured is looked at. */
export const diagnosisRequestSchema = z.strictObject({
  /** A chat request with `data_sources`, as an application sends it: it is looked at instead of the configuration. */
  request: z.record(z.string(), z.unknown()).optional(),
  /** Deployment of the request, where its path names it; of the environment's model otherwise. */
  deployment: z.string().min(1).max(200).optional(),
  /** What sources are asked, instead of the request's own question. */
  question: z.string().min(1).max(2_000).optional(),
  /** Server-sent events, instead of one answer at the end. */
  stream: z.boolean().default(false),
});
export type DiagnosisRequest = z.input<typeof diagnosisRequestSchema>;
