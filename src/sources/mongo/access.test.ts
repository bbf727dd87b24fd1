import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type MongoHost, startMongoHost } from "../../testing/mongo-host/mongo-host.ts";
import { SHORT_MONGO_LIMITS } from "../../testing/mongo-host/mongo-faults.ts";
import { openTestContext, type TestContextOptions } from "../../testing/source-context.ts";
import { TEST_CERTIFICATE, trustTestCertificate } from "../../testing/test-certificate.ts";
import { createMongoAccess, type MongoAccess, type MongoAccessOptions } from "./access.ts";
import { parseMongoAddress } from "./address.ts";
import { eventually } from "../../testing/eventually.ts";

trustTestCertificate();

let resources: AsyncDisposableStack;
beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(() => resources.disposeAsync());

async function start(
  options: Partial<Parameters<typeof startMongoHost>[0]> = {},
): Promise<MongoHost> {
  return resources.use(
    await startMongoHost({
      flavour: "atlas",
      users: { ada: "l0velace", bob: "b0bby" },
      ...options,
    }),
  );
}

function open({ limits, ...options }: MongoAccessOptions = {}): MongoAccess {
  const access = createMongoAccess({ limits: { ...SHORT_MONGO_LIMITS, ...limits }, ...options });
  resources.defer(() => access.close());
  return access;
}

interface Asking {
  context?: Partial<TestContextOptions>;
  signal?: AbortSignal;
}

/** Asks for a ping by this address; answers the host that was asked. */
async function ping(
  access: MongoAccess,
  uri: string,
  { context, signal }: Asking = {},
): Promise<string> {
  const { guard } = resources.use(openTestContext({ subject: "mongo_db", ...context }));
  const address = parseMongoAddress(uri, "mongo_db: 'endpoint'");
  return access.call(
    { subject: "mongo_db", address, database: "hr", collection: "handbook", guard },
    async ({ collection, host, options }) => {
      await collection.findOne({}, options);
      return host;
    },
    signal ?? new AbortController().signal,
  );
}

const logins = ({ commands }: MongoHost): number =>
  commands.filter((command) => "saslContinue" in command).length;

describe("clients", () => {
  it("are shared by all questions with the same credentials, and by no others", async () => {
    const host = await start();
    const access = open();
    const uri = `mongodb://ada:l0velace@${host.address}/`;
    await ping(access, uri);
    await ping(access, `${uri}?retryWrites=false`);
    expect(logins(host)).toBe(1);
    await ping(access, `mongodb://bob:b0bby@${host.address}/`);
    expect(logins(host)).toBe(2);
    const refused = ping(access, `mongodb://ada:wrong-one@${host.address}/`);
    await expect(refused).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringMatching(/does not let us in \(code 8000\): bad auth/u),
    });
  });

  it("are opened once for questions at the same time", async () => {
    const host = await start();
    const access = open();
    const uri = `mongodb://ada:l0velace@${host.address}/`;
    await Promise.all(Array.from({ length: 8 }, () => ping(access, uri)));
    const greetings = host.commands.filter(({ client }) =>
      client?.driver.name.includes("groundwire"),
    );
    // One connection watches the server, the others are the pool's.
    expect(greetings.length).toBeLessThanOrEqual(9);
    await ping(access, uri);
    expect(host.connections()).toBeLessThanOrEqual(9);
  });

  it("do not end for the others when one who waits for them leaves", async () => {
    const host = await start();
    const access = open({ limits: { connectMs: 2_000 } });
    const uri = `mongodb://ada:l0velace@${host.address}/`;
    const controller = new AbortController();
    const first = expect(ping(access, uri, { signal: controller.signal })).rejects.toThrow("left");
    const second = ping(access, uri);
    controller.abort(new Error("left"));
    await first;
    expect(await second).toBe(host.address);
  });

  it("are closed when nobody has used them for a while", async () => {
    const host = await start();
    const access = open({ limits: { idleMs: 50 } });
    const uri = `mongodb://ada:l0velace@${host.address}/`;
    await ping(access, uri);
    expect(host.connections()).toBeGreaterThan(0);
    await eventually(() => expect(host.connections()).toBe(0));
    await ping(access, uri);
    expect(logins(host)).toBe(2);
  });

  it("make room for others: the one unused for longest is closed", async () => {
    const [first, second, third] = [await start(), await start(), await start()];
    const access = open({ limits: { mostClients: 2 } });
    const uri = ({ address }: MongoHost): string => `mongodb://ada:l0velace@${address}/`;
    await ping(access, uri(first));
    await ping(access, uri(second));
    await ping(access, uri(first));
    await ping(access, uri(third));
    await eventually(() => expect(second.connections()).toBe(0));
    expect(first.connections()).toBeGreaterThan(0);
  });

  it("are refused when all of them are in use", async () => {
    const [first, second] = [await start(), await start()];
    const access = open({ limits: { mostClients: 1 } });
    first.fault("find", { type: "stall" });
    const waiting = ping(access, `mongodb://ada:l0velace@${first.address}/`).catch(() => {});
    await eventually(() => expect(first.stalled()).toBe(1));
    await expect(ping(access, `mongodb://ada:l0velace@${second.address}/`)).rejects.toMatchObject({
      code: "data_source_unavailable",
      message: expect.stringContaining("too many that are asked at the same time"),
    });
    await waiting;
  });

  it("are not kept when a password does not let in any more", async () => {
    const host = await start();
    const access = open();
    await expect(ping(access, `mongodb://ada:wrong-one@${host.address}/`)).rejects.toThrow();
    await eventually(() => expect(host.connections()).toBe(0));
  });
});

it("nobody has to say who they are where everybody is let in", async () => {
  await using host = await startMongoHost({ flavour: "vcore" });
  const uri = `mongodb://${host.address}/?authMechanism=SCRAM-SHA-256&authSource=users`;
  expect(await ping(open(), uri)).toBe(host.address);
});

describe("members of a cluster", () => {
  it("are asked one after the other, those that answer first the next time", async () => {
    const gone = await start();
    await gone[Symbol.asyncDispose]();
    const host = await start();
    const access = open();
    const uri = `mongodb://ada:l0velace@${gone.address},${host.address}/`;
    expect(await ping(access, uri)).toBe(host.address);
    expect(await ping(access, uri)).toBe(host.address);
    expect(logins(host)).toBe(1);
  });

  it("are passed by when they cannot answer just now", async () => {
    const [first, second] = [await start(), await start()];
    first.fault("find", { type: "error", code: 13436, message: "node is recovering" });
    const uri = `mongodb://ada:l0velace@${first.address},${second.address}/`;
    expect(await ping(open(), uri)).toBe(second.address);
  });

  it("are not tried in turn with a question or a password that is refused", async () => {
    const [first, second] = [await start(), await start()];
    const uri = `mongodb://ada:wrong-one@${first.address},${second.address}/`;
    await expect(ping(open(), uri)).rejects.toThrow(first.address);
    expect(second.commands).toEqual([]);
  });

  it("are found by DNS, which is asked once a minute, and their users in the database it names", async () => {
    const host = await start({ tls: TEST_CERTIFICATE });
    const asked: string[] = [];
    const access = open({
      resolveMembers: async (name) => {
        asked.push(name);
        return { members: [{ host: "localhost", port: host.port }], authSource: "users" };
      },
    });
    await ping(access, "mongodb+srv://ada:l0velace@c.example.com/");
    await ping(access, "mongodb+srv://ada:l0velace@c.example.com/?appName=other");
    expect(asked).toEqual(["c.example.com"]);
    expect(host.commands.find((one) => "saslContinue" in one)).toMatchObject({ $db: "users" });
  });

  it("are only those that were named: what a server says of others is not followed", async () => {
    const reached: string[] = [];
    const inner = createServer((socket) => {
      reached.push("inner");
      socket.destroy();
    }).listen(0, "127.0.0.1");
    resources.defer(() => void inner.close());
    await new Promise((resolve) => inner.once("listening", resolve));
    // A TCP server's address is an object.
    const { port } = inner.address() as { port: number };
    const announced = `127.0.0.1:${port}`;
    const host = await start({
      hello: {
        hosts: [announced],
        primary: announced,
        me: announced,
        secondary: true,
        ismaster: false,
        isWritablePrimary: false,
      },
    });
    expect(await ping(open(), `mongodb://ada:l0velace@${host.address}/?replicaSet=x`)).toBe(
      host.address,
    );
    expect(reached).toEqual([]);
  });
});

describe("the guard", () => {
  const nothing = { allowed: [] };

  it.each([
    ["mongodb://u:p@127.0.0.1:27017/?tls=true", "127.0.0.1"],
    ["mongodb://u:p@2130706433:27017/?tls=true", "127.0.0.1"],
    ["mongodb://u:p@[::ffff:10.0.0.5]:27017/?tls=true", "::ffff:a00:5"],
    ["mongodb://u:p@169.254.169.254:80/?tls=true", "169.254.169.254"],
    ["mongodb://u:p@localhost:27017/?tls=true", "localhost"],
  ])("does not let %s be connected to", async (uri, host) => {
    await expect(ping(open(), uri, { context: nothing })).rejects.toMatchObject({
      code: "host_not_allowed",
      message: expect.stringContaining(host),
    });
  });

  it("does not let a public host be talked to without TLS", async () => {
    const asked = ping(open(), "mongodb://u:p@db.example.com/", { context: nothing });
    await expect(asked).rejects.toMatchObject({ code: "host_not_allowed" });
  });

  it("looks at every address a name has, also of members DNS names", async () => {
    const access = open({
      resolveMembers: async () => ({
        members: [{ host: "inner.example.com", port: 27_017 }],
        authSource: null,
      }),
    });
    const context: Partial<TestContextOptions> = {
      ...nothing,
      resolve: async () => [
        { address: "93.184.216.34", family: 4 },
        { address: "10.0.0.5", family: 4 },
      ],
    };
    const asked = ping(access, "mongodb+srv://u:p@c.example.com/", { context });
    await expect(asked).rejects.toMatchObject({
      code: "host_not_allowed",
      message: expect.stringContaining("inner.example.com"),
    });
  });
});

describe("a hostile server", () => {
  it.each(["i=2147483647", "i=4096,i=99999999", "i=1000001"])(
    "cannot have the password hashed by %s",
    async (rounds) => {
      const host = await start();
      const payload = Buffer.from(`r=nonce,s=c2FsdA==,${rounds}`);
      const document = { conversationId: 1, done: false, payload };
      host.fault("ismaster", {
        type: "reply",
        document: { ismaster: true, maxWireVersion: 21, minWireVersion: 0 },
      });
      host.fault("saslStart", { type: "reply", document });
      const began = performance.now();
      await expect(ping(open(), `mongodb://ada:l0velace@${host.address}/`)).rejects.toThrow(
        "hashed more than 1000000 times",
      );
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(logins(host)).toBe(0);
    },
  );

  it("cannot do so in its greeting either", async () => {
    const host = await start();
    const payload = Buffer.from("r=nonce,s=c2FsdA==,i=2147483647");
    host.fault("ismaster", {
      type: "reply",
      document: {
        ismaster: true,
        maxWireVersion: 21,
        minWireVersion: 0,
        speculativeAuthenticate: { conversationId: 1, done: false, payload },
      },
    });
    const asked = ping(open(), `mongodb://ada:l0velace@${host.address}/`);
    await expect(asked).rejects.toThrow("hashed more than 1000000 times");
    expect(logins(host)).toBe(0);
  });

  it("cannot confuse by an error that is none", async () => {
    const host = await start();
    const document = { ok: 0, name: "x", code: { a: 1 }, errmsg: ["not", "a", "text"] };
    host.fault("find", { type: "reply", document });
    await expect(ping(open(), `mongodb://ada:l0velace@${host.address}/`)).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringContaining("cannot be understood"),
    });
  });
});

it.each([
  ["a.b", "c"],
  ["a$b", "c"],
  ["a b", "c"],
  ["a\0b", "c"],
  ["x".repeat(64), "c"],
  ["a", "$cmd"],
  ["a", "c\0d"],
  ["a", "system.users"],
])("there can be no collection %j.%j, and nobody is asked for it", async (database, collection) => {
  const host = await start();
  const { guard } = resources.use(openTestContext({ subject: "mongo_db" }));
  const address = parseMongoAddress(`mongodb://ada:l0velace@${host.address}/`, "x");
  const call = open().call(
    { subject: "mongo_db", address, guard, database, collection },
    async () => null,
    new AbortController().signal,
  );
  await expect(call).rejects.toMatchObject({
    code: "data_source_invalid",
    message: expect.stringContaining("there can be no collection"),
  });
  expect(host.commands).toEqual([]);
});
