import type { Logger } from "pino";
import { GroundwireError, toGroundwireError } from "../../protocol/errors.ts";
import type { ResponseBody } from "../../protocol/responses/response.ts";
import type { Storage } from "../../storage/storage.ts";
import { parseJson } from "../../util/parse-json.ts";

/** Responses that are written while nobody waits for them. */
export interface BackgroundResponses {
  /** Writes one. `write` resolves with the completed response; `save` keeps it, or how it failed. */
  start(id: string, work: BackgroundWork): void;
  /** Resolves when it has been ended and saved. False: it is not being written here. */
  cancel(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface BackgroundWork {
  /** As it is until it is completed. */
  response: ResponseBody;
  write: (signal: AbortSignal) => Promise<ResponseBody>;
  save: (response: ResponseBody) => Promise<void>;
}

const CANCELLED = new GroundwireError("invalid_request", "The response was cancelled.");
const CLOSING = new GroundwireError(
  "shutting_down",
  "The server was stopped while the response was being written.",
);

export function createBackgroundResponses(logger: Logger): BackgroundResponses {
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>();

  async function run(
    { response, write, save }: BackgroundWork,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await save(await write(signal));
    } catch (thrown) {
      const reason: unknown = signal.aborted ? signal.reason : thrown;
      await save(
        reason === CANCELLED ? { ...response, status: "cancelled" } : failed(response, reason),
      );
    }
  }

  return {
    start(id, work) {
      const controller = new AbortController();
      const ended = run(work, controller.signal)
        .catch((error: unknown) =>
          logger.error({ err: error, id }, "a response could not be saved"),
        )
        .finally(() => running.delete(id));
      running.set(id, { controller, ended });
    },
    async cancel(id) {
      const entry = running.get(id);
      entry?.controller.abort(CANCELLED);
      await entry?.ended;
      return entry !== undefined;
    },
    async close() {
      const entries = [...running.values()];
      for (const { controller } of entries) controller.abort(CLOSING);
      await Promise.all(entries.map(({ ended }) => ended));
    },
  };
}

/** What a process that ended without a word was writing has failed. */
export async function failInterrupted({ responses }: Storage): Promise<void> {
  for (const record of await responses.running()) {
    // Written by the routes.
    const body = parseJson(record.body) as ResponseBody;
    await responses.put({
      ...record,
      isRunning: false,
      body: JSON.stringify(failed(body, CLOSING)),
    });
  }
}

function failed(response: ResponseBody, reason: unknown): ResponseBody {
  const { code, message } = toGroundwireError(reason);
  return { ...response, status: "failed", error: { code, message } };
}
