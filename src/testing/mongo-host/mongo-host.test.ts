import { once } from "node:events";
import { connect } from "node:net";

import { BSON, type Collection, type Document, MongoClient, MongoServerError } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TEST_CERTIFICATE } from "../test-certificate.ts";
import { type MongoHost, startMongoHost } from "./mongo-host.ts";
import { crc32c, createMessageReader } from "./wire.ts";

const PASSWORD = "pa,ss=wörd";

function clientOf(host: MongoHost, more: object = {}): MongoClient {
  return new MongoClient(`mongodb://${host.address}/`, {
    serverSelectionTimeoutMS: 2_000,
    ...more,
  });
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof MongoServerError ? [error.code, error.message] : error),
  );

describe("the host of tests, as the official driver sees it", () => {
  let host: MongoHost;
  let client: MongoClient;
  let people: Collection<Document>;
  beforeAll(async () => {
    host = await startMongoHost({
      flavour: "vcore",
      users: { "us,er": PASSWORD },
      tls: TEST_CERTIFICATE,
    });
    client = clientOf(host, {
      tls: true,
      ca: TEST_CERTIFICATE.cert,
      auth: { username: "us,er", password: PASSWORD },
    });
    people = client.db("hr").collection("people");
    await people.insertMany([
      { name: "Ada", age: 36, address: { city: "London" }, tags: ["math", "code"] },
      { name: "Grace", age: 85, address: { city: "New York" } },
      { name: "Linus", age: 54 },
    ]);
  });
  afterAll(async () => {
    await client.close();
    await host[Symbol.asyncDispose]();
  });

  it("lets in over TLS by SCRAM-SHA-256 and answers a ping", async () => {
    expect(await client.db("admin").command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it("finds by operators, paths and members of lists", async () => {
    const names = async (filter: object): Promise<string[]> =>
      (await people.find(filter).toArray()).map(({ name }) => name);
    expect(await names({ age: { $gt: 50, $lt: 80 } })).toEqual(["Linus"]);
    expect(await names({ "address.city": { $in: ["London", "Paris"] } })).toEqual(["Ada"]);
    expect(await names({ tags: "code" })).toEqual(["Ada"]);
    expect(await names({ $or: [{ name: "Grace" }, { address: { $exists: false } }] })).toEqual([
      "Grace",
      "Linus",
    ]);
    expect(
      await names({ $nor: [{ name: { $ne: "Ada" } }, { age: { $not: { $eq: 36 } } }] }),
    ).toEqual(["Ada"]);
  });

  it("projects paths, sorts, skips and limits", async () => {
    const found = people.find({}, { projection: { _id: 0, "address.city": 1, name: 1 } });
    expect(await found.sort({ age: -1 }).skip(1).limit(2).toArray()).toEqual([
      { name: "Linus" },
      { name: "Ada", address: { city: "London" } },
    ]);
    const [first] = await people.find({}, { projection: { "address.city": 0, tags: 0 } }).toArray();
    expect(first).toMatchObject({ name: "Ada", age: 36, address: {} });
  });

  it("refuses projections whose paths collide or are no paths", async () => {
    const found = (projection: Document): Promise<unknown> =>
      codeOf(people.find({}, { projection }).toArray());
    expect(await found({ address: 1, "address.city": 1 })).toMatchObject([
      31249,
      expect.anything(),
    ]);
    expect(await found({ "a.$b": 1 })).toMatchObject([16410, expect.anything()]);
  });

  it("hands out results in batches and forgets a cursor that is closed", async () => {
    const cursor = people.find({}, { batchSize: 2 });
    expect(await cursor.next()).toMatchObject({ name: "Ada" });
    expect(host.openCursors()).toBe(1);
    expect(await cursor.toArray()).toHaveLength(2);
    const other = people.find({}, { batchSize: 1 });
    await other.next();
    await other.close();
    expect(host.openCursors()).toBe(0);
    expect(host.commands.at(-1)).toMatchObject({ killCursors: "people" });
  });

  it("lists collections and indexes, and says when there is no collection", async () => {
    await people.createIndex({ name: 1 });
    expect((await people.indexes()).map(({ name }) => name)).toEqual(["_id_", "name_1"]);
    const names = (await client.db("hr").listCollections().toArray()).map(({ name }) => name);
    expect(names).toEqual(["people"]);
    const missing = client.db("hr").collection("nothing").indexes();
    expect(await codeOf(missing)).toEqual([26, "ns does not exist: hr.nothing"]);
  });

  it("refuses a second document with the same id, and commands and stages it does not know", async () => {
    const one = await people.findOne();
    expect(await codeOf(people.insertOne({ ...one }))).toMatchObject([11000, /E11000/u]);
    expect(await codeOf(client.db("hr").command({ explode: 1 }))).toMatchObject([59, /explode/u]);
    const stage = people.aggregate([{ $explode: {} }]).toArray();
    expect(await codeOf(stage)).toEqual([40324, "Pipeline stage name not recognized: $explode"]);
  });

  it.each([
    ["vcore", "us,er", "wrong", [18, "Authentication failed."]],
    ["vcore", "nobody", PASSWORD, [18, "Authentication failed."]],
    ["atlas", "us,er", "wrong", [8000, "bad auth : Authentication failed."]],
  ] as const)(
    "a %s host refuses %s with password %s",
    async (flavour, username, password, error) => {
      await using other = await startMongoHost({ flavour, users: { "us,er": PASSWORD } });
      const stranger = clientOf(other, { auth: { username, password } });
      expect(await codeOf(stranger.connect())).toEqual(error);
      await stranger.close();
      const anonymous = clientOf(other);
      expect(await codeOf(anonymous.db("hr").collection("people").findOne())).toMatchObject([
        13,
        /find/u,
      ]);
      await anonymous.close();
    },
  );

  it("shows a replica set when it is Atlas", async () => {
    await using other = await startMongoHost({ flavour: "atlas" });
    const client = new MongoClient(`mongodb://${other.address}/?replicaSet=atlas-test-shard-0`);
    expect(await client.db("admin").command({ hello: 1 })).toMatchObject({
      hosts: [other.address],
    });
    await client.close();
  });
});

describe("messages on the wire", () => {
  /** What the host answers to a message of OP_MSG with these flags and sections; null when it ends the connection. */
  async function exchange(flags: number, sections: Buffer): Promise<Document | null> {
    await using host = await startMongoHost({ flavour: "vcore" });
    const head = Buffer.alloc(20);
    head.writeInt32LE(20 + sections.length, 0);
    head.writeInt32LE(7, 4);
    head.writeInt32LE(2013, 12);
    head.writeUInt32LE(flags, 16);
    const socket = connect(host.port, "127.0.0.1");
    await once(socket, "connect");
    const message = Buffer.concat([head, sections]);
    for (const byte of message) socket.write(Buffer.from([byte]));
    const reply = await new Promise<Buffer | null>((resolve) => {
      socket.on("data", createMessageReader(resolve));
      socket.once("close", () => resolve(null));
    });
    socket.destroy();
    return reply && BSON.deserialize(reply.subarray(21));
  }

  const bodyOf = (document: Document): Buffer =>
    Buffer.concat([Buffer.from([0]), BSON.serialize(document)]);
  const listOf = (name: string, documents: Document[]): Buffer => {
    const inner = Buffer.concat([
      Buffer.from(`${name}\0`),
      ...documents.map((one) => BSON.serialize(one)),
    ]);
    const size = Buffer.alloc(4);
    size.writeInt32LE(inner.length + 4);
    return Buffer.concat([Buffer.from([1]), size, inner]);
  };
  const summed = (sections: Buffer): Buffer => {
    const head = Buffer.alloc(20);
    head.writeInt32LE(20 + sections.length + 4, 0);
    head.writeInt32LE(7, 4);
    head.writeInt32LE(2013, 12);
    head.writeUInt32LE(1, 16);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32c(Buffer.concat([head, sections])));
    return Buffer.concat([sections, sum]);
  };

  it("are read byte by byte", async () => {
    expect(await exchange(0, bodyOf({ ping: 1, $db: "admin" }))).toEqual({ ok: 1 });
  });

  it("carry lists of documents beside the command", async () => {
    const sections = Buffer.concat([
      listOf("documents", [{ _id: 1 }, { _id: 2 }]),
      bodyOf({ insert: "people", $db: "hr" }),
    ]);
    expect(await exchange(0, sections)).toEqual({ n: 2, ok: 1 });
  });

  it("are checked by their checksum when they have one", async () => {
    // The check value of CRC-32C.
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    const right = summed(bodyOf({ ping: 1, $db: "admin" }));
    expect(await exchange(1, right)).toEqual({ ok: 1 });
    right[6] = (right[6] ?? 0) ^ 1;
    expect(await exchange(1, right)).toBeNull();
  });

  it("end the connection with flags that must be known and are not", async () => {
    expect(await exchange(1 << 5, bodyOf({ ping: 1, $db: "admin" }))).toBeNull();
  });
});
