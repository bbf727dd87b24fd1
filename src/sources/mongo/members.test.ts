import { createSocket } from "node:dgram";
import { once } from "node:events";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createMemberResolver } from "./members.ts";
import { eventually } from "../../testing/eventually.ts";

type Answer = { srv?: [string, number][]; txt?: string[]; code?: number } | "silence";

/** A name server, as far as it is asked for SRV and TXT. */
async function startNameServer() {
  const answers = new Map<string, Answer>();
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${type} ${name}`);
    const answer = answers.get(name) ?? { code: 3 };
    if (answer === "silence") return;
    const records = [
      ...(type === 33 ? (answer.srv ?? []).map(([host, port]) => srvRecord(host, port)) : []),
      ...(type === 16 && answer.txt ? [txtRecord(answer.txt)] : []),
    ].map((data) =>
      Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60]), sized(data)]),
    );
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | (answer.code ?? 0), 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    socket.send(
      Buffer.concat([head, query.subarray(12, end), ...records]),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    answers,
    asked,
    address: `127.0.0.1:${socket.address().port}`,
    close: () => void socket.close(),
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at] !== 0) {
    const length = query[at] ?? 0;
    labels.push(query.toString("ascii", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function sized(data: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(data.length);
  return Buffer.concat([length, data]);
}

function srvRecord(host: string, port: number): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(port, 4);
  return Buffer.concat([head, ...host.split(".").map(label), Buffer.from([0])]);
}

function txtRecord(texts: string[]): Buffer {
  return Buffer.concat(texts.map(label));
}

function label(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
}

describe("the members behind a name", () => {
  let server: Awaited<ReturnType<typeof startNameServer>>;
  beforeEach(async () => {
    server = await startNameServer();
  });
  afterEach(() => server.close());

  const resolve = (name: string, signal = new AbortController().signal) =>
    createMemberResolver({ servers: [server.address] })(name, { subject: "mongo_db", signal });

  it("are those of DNS, with the database that knows the users", async () => {
    server.answers.set("_mongodb._tcp.c.example.com", {
      srv: [
        ["c-shard-0.example.com", 27_017],
        ["C-Shard-1.example.com", 27_018],
      ],
    });
    server.answers.set("c.example.com", { txt: ["authSource=users", "&replicaSet=rs0"] });
    const { members, authSource } = await resolve("c.example.com");
    expect(members.toSorted((left, right) => left.port - right.port)).toEqual([
      { host: "c-shard-0.example.com", port: 27_017 },
      { host: "c-shard-1.example.com", port: 27_018 },
    ]);
    expect(authSource).toBe("users");
  });

  it("need no text beside them", async () => {
    server.answers.set("_mongodb._tcp.c.example.com", { srv: [["a.example.com", 1]] });
    const expected = { members: [{ host: "a.example.com", port: 1 }], authSource: null };
    expect(await resolve("c.example.com")).toEqual(expected);
    server.answers.set("c.example.com", {});
    expect(await resolve("c.example.com")).toEqual(expected);
  });

  it.each([
    ["c.example.com", "a.example.org"],
    ["c.example.com", "evilexample.com"],
    ["c.example.com", "10.0.0.5"],
    ["example.com", "example.com"],
    ["example.com", "evil.com"],
  ])("of %s must lie within its domain, as %s does not", async (name, host) => {
    server.answers.set(`_mongodb._tcp.${name}`, { srv: [[host, 27_017]] });
    await expect(resolve(name)).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringContaining(name),
    });
  });

  it("are reported missing when DNS knows none", async () => {
    await expect(resolve("no.example.com")).rejects.toMatchObject({
      code: "data_source_unavailable",
      message: expect.stringMatching(/^mongo_db at no\.example\.com cannot be found/u),
    });
  });

  it("are not to be had when the name server fails", async () => {
    server.answers.set("_mongodb._tcp.c.example.com", { code: 2 });
    await expect(resolve("c.example.com")).rejects.toMatchObject({
      code: "data_source_unavailable",
      message: expect.stringContaining("c.example.com cannot be looked up just now"),
    });
  });

  it("are not waited for once nobody wants them", async () => {
    server.answers.set("_mongodb._tcp.c.example.com", "silence");
    const controller = new AbortController();
    const outcome = expect(resolve("c.example.com", controller.signal)).rejects.toThrow("left");
    await eventually(() => expect(server.asked).toContain("33 _mongodb._tcp.c.example.com"));
    controller.abort(new Error("left"));
    await outcome;
  });
});
