import type { AnySource } from "./parse.ts";
import type { Authentication } from "./parts.ts";

/** Everything in a source that must never be shown, in every form it may travel in. */
export function secretsOf(source: AnySource): string[] {
  const own = "authentication" in source ? secretsIn(source.authentication) : [];
  const embedding = "embedding" in source ? source.embedding : null;
  return embedding?.type === "endpoint" && embedding.authentication !== null
    ? [...own, ...secretsIn(embedding.authentication)]
    : own;
}

function secretsIn(authentication: Authentication): string[] {
  switch (authentication.type) {
    case "api_key":
      return [authentication.key];
    case "connection_string":
      return [authentication.connectionString, ...passwordIn(authentication.connectionString)];
    case "key_and_key_id": {
      const { key, keyId } = authentication;
      return [key, Buffer.from(`${keyId}:${key}`).toString("base64")];
    }
    case "encoded_api_key": {
      const { encodedApiKey } = authentication;
      const [, key = ""] = Buffer.from(encodedApiKey, "base64").toString("utf8").split(":");
      return [encodedApiKey, key];
    }
    case "access_token":
      return [authentication.accessToken];
    case "username_and_password":
      return [authentication.password, encodeURIComponent(authentication.password)];
    case "system_assigned_managed_identity":
    case "user_assigned_managed_identity":
      return [];
  }
}

/** `scheme://user:password@host`, as it is and decoded. */
function passwordIn(connectionString: string): string[] {
  const [, password] = /\/\/[^:/@]*:([^@]*)@/u.exec(connectionString) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
