import {
  createHash,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
  type BinaryLike,
} from "node:crypto";

/** The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677). */
export interface ScramAuthority {
  /** Answers a client's first message; null: there is no such user. */
  start(clientFirst: string): ScramConversation | null;
}

export interface ScramConversation {
  username: string;
  serverFirst: string;
  /** The last message to a client who has proved to know the password; null to others. */
  finish(clientFinal: string): string | null;
}

/** @param iterations What clients are told to hash the password with. */
export function createScramAuthority(
  users: ReadonlyMap<string, string>,
  iterations = 4096,
): ScramAuthority {
  const salt = randomBytes(28);
  const salted = new Map<string, Buffer>();

  function saltedPassword(username: string, password: string): Buffer {
    const known = salted.get(username);
    if (known !== undefined) return known;
    const made = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
    salted.set(username, made);
    return made;
  }

  return {
    start(clientFirst) {
      const bare = clientFirst.replace(/^n,,/u, "");
      const fields = fieldsOf(bare);
      const username = (fields.get("n") ?? "").replaceAll("=2C", ",").replaceAll("=3D", "=");
      const password = users.get(username);
      if (password === undefined) return null;
      const nonce = `${fields.get("r")}${randomBytes(24).toString("base64")}`;
      const serverFirst = `r=${nonce},s=${salt.toString("base64")},i=${iterations}`;
      return {
        username,
        serverFirst,
        finish(clientFinal) {
          const final = fieldsOf(clientFinal);
          const proof = Buffer.from(final.get("p") ?? "", "base64");
          const withoutProof = clientFinal.replace(/,p=.*$/u, "");
          const signed = `${bare},${serverFirst},${withoutProof}`;
          const secret = saltedPassword(username, password);
          const storedKey = sha256(hmac(secret, "Client Key"));
          const clientKey = xor(proof, hmac(storedKey, signed));
          const isRight = timingSafeEqual(sha256(clientKey), storedKey);
          if (!isRight || final.get("r") !== nonce) return null;
          return `v=${hmac(hmac(secret, "Server Key"), signed).toString("base64")}`;
        },
      };
    },
  };
}

/** `n=user,r=nonce` by name. */
function fieldsOf(message: string): Map<string, string> {
  return new Map(message.split(",").map((field) => [field.slice(0, 1), field.slice(2)]));
}

function hmac(key: BinaryLike, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(right.map((byte, at) => byte ^ (left[at] ?? 0)));
}
