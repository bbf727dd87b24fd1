import { describe, expect, it } from "vitest";

import { GroundwireError } from "../../protocol/errors.ts";
import { parseMongoAddress } from "./address.ts";

const parse = (text: string): ReturnType<typeof parseMongoAddress> =>
  parseMongoAddress(text, "azure_cosmos_db: 'connection_string'");

function refusalOf(text: string): GroundwireError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof GroundwireError) return error;
  }
  throw new Error("taken");
}

describe("a connection string", () => {
  it("is read as Azure shows it", () => {
    const text =
      "mongodb+srv://app:p%40ss%2Fword@c.mongocluster.cosmos.azure.com/?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000";
    expect(parse(text)).toEqual({
      at: { srv: "c.mongocluster.cosmos.azure.com" },
      tls: true,
      credentials: { username: "app", password: "p@ss/word" },
      mechanism: "SCRAM-SHA-256",
      authSource: null,
      appName: null,
    });
  });

  it("is read with several hosts, an address of IPv6, a database and options in any spelling", () => {
    const text =
      "mongodb://a.example.com,[::1]:27018,10.0.0.5:1/hr?SSL=true&AuthSource=users&appname=x&replicaSet=rs0&readPreference=nearest";
    expect(parse(text)).toMatchObject({
      at: {
        members: [
          { host: "a.example.com", port: 27_017 },
          { host: "::1", port: 27_018 },
          { host: "10.0.0.5", port: 1 },
        ],
      },
      tls: true,
      credentials: null,
      authSource: "users",
      appName: "x",
    });
  });

  it.each([
    ["mongodb+srv://u:p@c.example.com/", true],
    ["mongodb+srv://u:p@c.example.com/?tls=false", false],
    ["mongodb://u:p@c.example.com/", false],
    ["mongodb://u:p@c.example.com/?ssl=true", true],
  ])("%s speaks TLS: %s", (text, tls) => {
    expect(parse(text).tls).toBe(tls);
  });

  it("keeps what stands before the last @ for credentials", () => {
    expect(parse("mongodb://u:p@ss@c.example.com/").credentials).toEqual({
      username: "u",
      password: "p@ss",
    });
  });

  it.each([
    "tlsCAFile=/etc/passwd",
    "tlsCRLFile=/etc/passwd",
    "tlsCertificateKeyFile=/etc/shadow",
    "tlsCertificateKeyFilePassword=x",
    "tlsInsecure=true",
    "tlsAllowInvalidCertificates=true",
    "tlsAllowInvalidHostnames=true",
    "proxyHost=10.0.0.1",
    "proxyPort=1080",
    "loadBalanced=true",
    "authMechanismProperties=ENVIRONMENT:azure",
    "autoEncryption=x",
    "srvServiceName=evil",
    "srvAllowedHostsSuffix=com",
    "mongodbLogPath=/tmp/x",
    "gssapiServiceName=x",
    "whatever=1",
  ])("is refused with %s", (option) => {
    const error = refusalOf(`mongodb+srv://u:sesame@c.example.com/?${option}`);
    expect(error.code).toBe("data_source_invalid");
    expect(error.message).toContain(`'${option.split("=")[0]}'`);
    expect(error.message).not.toContain("sesame");
  });

  it.each(["GSSAPI", "MONGODB-AWS", "MONGODB-OIDC", "MONGODB-X509", "PLAIN"])(
    "is refused with the mechanism %s",
    (mechanism) => {
      const error = refusalOf(`mongodb+srv://u:p@c.example.com/?authMechanism=${mechanism}`);
      expect(error.message).toContain("'authMechanism'");
    },
  );

  it("takes options that would weaken something when they are off", () => {
    expect(parse("mongodb+srv://u:p@c.example.com/?tlsInsecure=false").tls).toBe(true);
  });

  it.each([
    "",
    "postgres://u:sesame@c/",
    "mongodb://",
    "mongodb://u:sesame@/",
    "mongodb://u:sesame@a b/",
    "mongodb://u:sesame@%2Ftmp%2Fmongodb.sock/",
    "mongodb://u:sesame@c:0/",
    "mongodb://u:sesame@c:99999/",
    "mongodb://u:sesame@[zz]/",
    "mongodb+srv://u:sesame@c.example.com:27017/",
    "mongodb+srv://u:sesame@a.example.com,b.example.com/",
    "mongodb://sesame@c/",
    "mongodb://u:sesame%zz@c/",
    "mongodb://u:sesame@c/?tls=maybe",
    "mongodb://u:sesame@c/?tls=true&ssl=false",
    "mongodb://u:sesame@c/?appName=a&appName=b",
    "mongodb://u:se?same@c/?x",
    `mongodb://u:sesame@${"c,".repeat(30)}c/`,
    `mongodb://u:sesame@${"c".repeat(5_000)}/`,
  ])("is refused as %s, without a word of the password", (text) => {
    const { code, message } = refusalOf(text);
    expect(code).toBe("data_source_invalid");
    expect(message).not.toContain("same");
  });
});
