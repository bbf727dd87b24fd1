import type { DiagnosisBody, DiagnosisRequest } from "../protocol/diagnosis.ts";
import type {
  CreatedKeyBody,
  CreateKeyRequest,
  KeyBody,
  RevokedKeyBody,
} from "../protocol/keys.ts";
import type { JsonCalls } from "./conversation-calls.ts";

/** `all`: every item of a list, page by page. */
export interface OperatorCallsOptions extends JsonCalls {
  all: <T extends { id: string }>(path: string) => AsyncGenerator<T>;
}

/** What needs the scope `admin`. */
export function operatorCalls({ json, all }: OperatorCallsOptions) {
  const post = <T>(path: string, body: unknown): Promise<T> =>
    json<T>(path, { method: "POST", body: JSON.stringify(body) });

  return {
    /** Keys of all tenants, newest first. */
    keys: () => all<KeyBody>("/groundwire/keys"),
    createKey: (key: CreateKeyRequest) => post<CreatedKeyBody>("/groundwire/keys", key),
    revokeKey: (id: string) =>
      json<RevokedKeyBody>(`/groundwire/keys/${encodeURIComponent(id)}`, { method: "DELETE" }),
    /** Looks for what is broken. */
    diagnose: (asked: DiagnosisRequest) => post<DiagnosisBody>("/groundwire/doctor", asked),
  };
}
