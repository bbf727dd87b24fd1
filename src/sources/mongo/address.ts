import { GroundwireError } from "../../protocol/errors.ts";

export interface MongoMember {
  host: string;
  port: number;
}

/** Where a connection string leads, and how one gets in. */
export interface MongoAddress {
  /** Its members, or the name that DNS knows them by (`mongodb+srv`). */
  at: { members: MongoMember[] } | { srv: string };
  tls: boolean;
  /** Null: anybody is let in. */
  credentials: { username: string; password: string } | null;
  mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-1" | null;
  /** Database that knows the user; null: DNS says, or `admin`. */
  authSource: string | null;
  appName: string | null;
}

const DEFAULT_PORT = 27_017;
const MOST_MEMBERS = 20;
const LONGEST = 4_000;

/**
 * Options that say how a client behaves, which is this server's own affair: it reads only, from one member at a time. They
 * are taken and mean nothing.
 */
const WITHOUT_EFFECT = new Set([
  "compressors",
  "connecttimeoutms",
  "directconnection",
  "heartbeatfrequencyms",
  "journal",
  "localthresholdms",
  "maxidletimems",
  "maxpoolsize",
  "maxstalenessseconds",
  "minpoolsize",
  "readconcernlevel",
  "readpreference",
  "readpreferencetags",
  "replicaset",
  "retryreads",
  "retrywrites",
  "servermonitoringmode",
  "serverselectiontimeoutms",
  "sockettimeoutms",
  "srvmaxhosts",
  "timeoutms",
  "uuidrepresentation",
  "w",
  "waitqueuetimeoutms",
  "wtimeoutms",
  "zlibcompressionlevel",
]);

const ADVICE =
  "It should be like mongodb+srv://user:password@host/, with special characters of user and password percent-encoded.";

/**
 * Reads a connection string a caller gave. Of its options those are taken that cannot make this server read files, weaken
 * TLS, use its own identity or go through a proxy.
 * @param what Who is spoken of in errors: `azure_cosmos_db: 'connection_string'`.
 * @throws GroundwireError `data_source_invalid`, which repeats nothing that may be a password.
 */
export function parseMongoAddress(text: string, what: string): MongoAddress {
  const refuse = (words: string): GroundwireError =>
    new GroundwireError("data_source_invalid", `${what} ${words}`);
  const match =
    /^mongodb(?<srv>\+srv)?:\/\/(?<authority>[^/?]*)(?:\/[^?]*)?(?:\?(?<options>.*))?$/su.exec(
      text.length > LONGEST ? "" : text.trim(),
    );
  if (match?.groups === undefined) throw refuse(`cannot be read. ${ADVICE}`);
  const { srv, authority = "", options: query = "" } = match.groups;
  const at = authority.lastIndexOf("@");
  const hosts = authority.slice(at + 1).split(",");
  const members = hosts.map((host) => parseMember(host));
  if (members.includes(null) || members.length > MOST_MEMBERS) {
    throw refuse(`names no hosts that can be read. ${ADVICE}`);
  }
  const isSrv = srv !== undefined;
  const [first] = hosts;
  if (isSrv && (first === undefined || hosts.length > 1 || first.includes(":"))) {
    throw refuse("must name one host without a port behind mongodb+srv://.");
  }
  const options = readOptions(query, refuse);
  return {
    at: isSrv ? { srv: first ?? "" } : { members: members.filter((member) => member !== null) },
    tls: isTrue(options, ["tls", "ssl"], refuse) ?? isSrv,
    credentials: at === -1 ? null : credentialsIn(authority.slice(0, at), refuse),
    mechanism: mechanismIn(options, refuse),
    authSource: options.get("authsource") ?? null,
    appName: options.get("appname") ?? null,
  };
}

type Refuse = (words: string) => GroundwireError;

function parseMember(text: string): MongoMember | null {
  const [, bracketed, name = bracketed, digits] =
    /^(?:\[([\da-f:.]+)\]|([^:[\]@\s%]+))(?::(\d{1,5}))?$/iu.exec(text) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (name === undefined || port < 1 || port > 65_535) return null;
  return { host: name, port };
}

function credentialsIn(text: string, refuse: Refuse): MongoAddress["credentials"] {
  const colon = text.indexOf(":");
  if (colon < 1) throw refuse(`needs a user name and a password. ${ADVICE}`);
  try {
    return {
      username: decodeURIComponent(text.slice(0, colon)),
      password: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch {
    throw refuse(`has a user name or a password that cannot be read. ${ADVICE}`);
  }
}

/** By name in lower case; a wrong name is repeated only when it looks like one. */
function readOptions(query: string, refuse: Refuse): Map<string, string> {
  const options = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const key = name.toLowerCase();
    if (WITHOUT_EFFECT.has(key) || isHarmless(key, value)) continue;
    if (!TAKEN.has(key)) {
      const shown = /^[A-Za-z]{1,40}$/u.test(name) ? `'${name}'` : "something";
      throw refuse(
        `has ${shown} among its options, which this server does not take from callers. Leave it out. A certificate authority of your own is given to the server with NODE_EXTRA_CA_CERTS.`,
      );
    }
    if (options.has(key)) throw refuse(`has the option '${name}' twice.`);
    if (value !== "") options.set(key, value);
  }
  return options;
}

const TAKEN = new Set(["appname", "authmechanism", "authsource", "ssl", "tls"]);
/** Weakens something unless it is off, as it is without it. */
const HARMLESS_WHEN_OFF = new Set([
  "loadbalanced",
  "tlsallowinvalidcertificates",
  "tlsallowinvalidhostnames",
  "tlsinsecure",
]);

function isHarmless(key: string, value: string): boolean {
  return HARMLESS_WHEN_OFF.has(key) && value === "false";
}

function isTrue(options: Map<string, string>, names: string[], refuse: Refuse): boolean | null {
  const values = names.map((name) => options.get(name)).filter((value) => value !== undefined);
  const [first] = values;
  if (first === undefined) return null;
  if (!["true", "false"].includes(first) || values.some((value) => value !== first)) {
    throw refuse("must say 'tls=true' or 'tls=false'.");
  }
  return first === "true";
}

function mechanismIn(options: Map<string, string>, refuse: Refuse): MongoAddress["mechanism"] {
  const mechanism = options.get("authmechanism")?.toUpperCase() ?? "DEFAULT";
  switch (mechanism) {
    case "DEFAULT":
      return null;
    case "SCRAM-SHA-256":
    case "SCRAM-SHA-1":
      return mechanism;
    default:
      throw refuse(
        "asks for an 'authMechanism' this server does not use for callers. It can use SCRAM-SHA-256 and SCRAM-SHA-1.",
      );
  }
}
