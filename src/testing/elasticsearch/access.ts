import { randomBytes } from "node:crypto";

import { matches } from "./documents.ts";
import { ServerFailure } from "./failures.ts";

export const SUPERUSER = "groundwire";

export interface Key {
  key: string;
  /** Null: everything is allowed. */
  rights: { names: string[]; privileges: string[] }[] | null;
}

/** Who asks. */
export interface Caller extends Key {
  id: string;
}

/** Who may come in. */
export interface Access {
  password: string;
  keys: Map<string, Key>;
}

export interface Right {
  action: string;
  privileges: string[];
}

export const MAPPING = {
  action: "indices:admin/mappings/get",
  privileges: ["view_index_metadata", "manage", "all"],
};
export const FIELD_CAPS = {
  action: "indices:data/read/field_caps",
  privileges: ["read", "view_index_metadata", "all"],
};
export const SEARCH = { action: "indices:data/read/search", privileges: ["read", "all"] };

export const CHALLENGES = ['Basic realm="security", charset="UTF-8"', "ApiKey"];

export function authenticate(
  header: string | undefined,
  { access, path }: { access: Access; path: string },
): Caller {
  const more = { header: { "WWW-Authenticate": CHALLENGES } };
  if (header === undefined || header === "") {
    throw new ServerFailure(
      401,
      "security_exception",
      `missing authentication credentials for REST request [${path}]`,
      more,
    );
  }
  const [scheme = "", encoded = ""] = header.split(" ");
  const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(":");
  if (scheme === "Basic" && id === SUPERUSER && secret === access.password) {
    return { id, key: secret, rights: null };
  }
  const key = scheme === "ApiKey" ? access.keys.get(id) : undefined;
  if (key?.key === secret) return { id, ...key };
  throw new ServerFailure(
    401,
    "security_exception",
    "unable to authenticate with provided credentials and anonymous access is not allowed for this request",
    {
      additional_unsuccessful_credentials:
        key === undefined
          ? `API key: unable to find apikey with id ${id}`
          : `API key: invalid credentials for API key [${id}]`,
      ...more,
    },
  );
}

export function createKey(body: any, { keys }: Access): unknown {
  const [id, key] = [randomBytes(15).toString("base64url"), randomBytes(16).toString("base64url")];
  const roles = Object.values<any>(body.role_descriptors ?? {});
  keys.set(id, {
    key,
    rights: roles.length === 0 ? null : roles.flatMap(({ indices }) => indices),
  });
  const encoded = Buffer.from(`${id}:${key}`).toString("base64");
  return { id, name: body.name, api_key: key, encoded };
}

export function mayUse(name: string, { rights }: Key, { privileges }: Right): boolean {
  if (rights === null) return true;
  return rights.some(
    (right) =>
      right.names.some((pattern) => matches(pattern, name)) &&
      right.privileges.some((privilege) => privileges.includes(privilege)),
  );
}

export function forbidden(
  name: string,
  { id }: Caller,
  { action, privileges }: Right,
): ServerFailure {
  return new ServerFailure(
    403,
    "security_exception",
    `action [${action}] is unauthorized for API key id [${id}] of user [${SUPERUSER}] on indices [${name}], this action is granted by the index privileges [${privileges.join(",")}]`,
  );
}
