import type { FeedbackEntryBody, feedbackQuerySchema } from "../protocol/conversations.ts";
import type { DiagnosisBody, DiagnosisEvent, DiagnosisRequest } from "../protocol/diagnosis.ts";
import type {
  CreatedKeyBody,
  CreateKeyRequest,
  KeyBody,
  RevokedKeyBody,
} from "../protocol/keys.ts";
import type { ListBody } from "../protocol/lists.ts";
import type { EndedSessionBody, SessionBody } from "../protocol/sign-in.ts";
import type { UsageBody, usageQuerySchema } from "../protocol/usage.ts";
import type { JsonCalls } from "./conversation-calls.ts";
import type { z } from "zod";

export interface OperatorCallsOptions extends JsonCalls {
  /** Every item of a list, page by page. */
  all: <T extends { id: string }>(path: string) => AsyncGenerator<T>;
  /** The events of a stream. */
  events: <T>(path: string, body: unknown) => AsyncGenerator<T>;
}

export type UsageQuery = z.input<typeof usageQuerySchema>;
export type FeedbackQuery = Omit<z.output<typeof feedbackQuerySchema>, "limit"> & {
  limit?: number;
};

/** What needs the scope `admin`. */
export function operatorCalls({ json, all, events }: OperatorCallsOptions) {
  const post = <T>(path: string, body: unknown): Promise<T> =>
    json<T>(path, { method: "POST", body: JSON.stringify(body) });

  return {
    /** Keys of all tenants, newest first. */
    keys: () => all<KeyBody>("/groundwire/keys"),
    createKey: (key: CreateKeyRequest) => post<CreatedKeyBody>("/groundwire/keys", key),
    revokeKey: (id: string) =>
      json<RevokedKeyBody>(`/groundwire/keys/${encodeURIComponent(id)}`, { method: "DELETE" }),
    /** Who is signed in to the page, newest sign-in first. */
    sessions: () => all<SessionBody>("/groundwire/sessions"),
    endSession: (id: string) =>
      json<EndedSessionBody>(`/groundwire/sessions/${encodeURIComponent(id)}`, {
        method: "DELETE",
      }),
    /** Looks for what is broken. */
    diagnose: (asked: DiagnosisRequest) => post<DiagnosisBody>("/groundwire/doctor", asked),
    /** The same, told bit by bit. Leaving the loop early ends it. */
    watchDiagnosis: (asked: DiagnosisRequest) =>
      events<DiagnosisEvent>("/groundwire/doctor", { ...asked, stream: true }),
    /** What all keys used; of a key without the scope: what that used. */
    usage: (query: UsageQuery) => json<UsageBody>(`/groundwire/usage${queryOf(query)}`),
    /** A page of judged answers, newest judgement first. */
    feedback: (query: FeedbackQuery) =>
      json<ListBody<FeedbackEntryBody>>(`/groundwire/feedback${queryOf(query)}`),
  };
}

/** As an address has it; empty when nothing is asked for. */
export function queryOf(query: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? "" : `?${given.toString()}`;
}
