import type { Logger } from "pino";
import type { Findings } from "../answer/find.ts";
import type { Question } from "../answer/question.ts";
import type { Settings } from "../config/settings.ts";
import type { ConversationStore } from "../conversations/conversation-store.ts";
import type { Doctor } from "../doctor/doctor.ts";
import type { RateLimiter } from "../limits/rate-limiter.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Deployments } from "../models/deployments.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import type { Storage } from "../storage/storage.ts";
import type { UsageLedger } from "../usage/usage-ledger.ts";
import type { TurnTimes } from "./hold-turn.ts";

/** What the HTTP surface needs of the process it runs in. Opened by `services.ts`. */
export interface HttpServices {
  settings: Settings;
  /** Lets the command line of this machine manage keys; valid as long as this process runs. */
  adminKey: string;
  storage: Storage;
  conversations: ConversationStore;
  turnTimes: TurnTimes;
  logger: Logger;
  deployments: Deployments;
  limiter: RateLimiter;
  metrics: Metrics;
  usage: UsageLedger;
  /** Unix seconds. */
  now: () => number;
  ingest: {
    /** There are new jobs. */
    wake: () => void;
    /** Resolves when no file of these stores is being ingested any more, or when waiting has been long enough. */
    waitForPending: (storeIds: string[], signal: AbortSignal) => Promise<void>;
  };
  doctor: Doctor;
  answerer: {
    answer: (question: Question, signal: AbortSignal) => AsyncGenerator<AnswerEvent>;
  };
  finder: {
    /** What an answer would be written from. */
    find: (question: Question, signal: AbortSignal) => Promise<Findings>;
  };
}
