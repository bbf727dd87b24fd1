import { Worker } from "node:worker_threads";

import { afterEach, expect, it } from "vitest";

import { type Connection, connectMethods } from "./worker-rpc.ts";

/** What the worker below serves. */
type Served = {
  echo: (value: unknown) => unknown;
  /** Keeps the thread busy, as a database does. */
  block: (milliseconds: number) => void;
  count: () => number;
  refuse: () => never;
  answerFunction: () => unknown;
  crash: () => void;
  markWhenClosed: (marks: Int32Array) => void;
};

const MODULE = JSON.stringify(new URL("./worker-rpc.ts", import.meta.url).href);
const ERRORS = JSON.stringify(new URL("../protocol/errors.ts", import.meta.url).href);
const CODE = `
  Promise.all([import(${MODULE}), import(${ERRORS})]).then(([{ serveMethods }, { GroundwireError }]) => {
    let calls = 0;
    let marks;
    serveMethods(require("node:worker_threads").parentPort, {
      echo: (value) => (calls++, value),
      block: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
      count: () => calls,
      refuse: () => { throw new GroundwireError("conflict", "taken"); },
      answerFunction: () => () => 1,
      markWhenClosed: (shared) => { marks = shared; },
      close: () => marks && Atomics.store(marks, 0, 1),
      crash: () => { setImmediate(() => { throw new Error("out of luck"); }); return new Promise(() => {}); },
    });
  });`;

const connections: Connection<Served>[] = [];
function connect(): Connection<Served> {
  const connection = connectMethods<Served>(() => new Worker(CODE, { eval: true }));
  connections.push(connection);
  return connection;
}
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

it("answers calls in the order they were made", async () => {
  const { methods } = connect();
  const answers = await Promise.all([methods.echo("a"), methods.echo({ b: 1 }), methods.count()]);
  expect(answers).toEqual(["a", { b: 1 }, 2]);
});

it("carries an error of ours with its code", async () => {
  await expect(connect().methods.refuse()).rejects.toMatchObject({
    name: "GroundwireError",
    code: "conflict",
    message: "taken",
  });
});

it("fails a call whose result cannot cross threads, and that call only", async () => {
  const { methods } = connect();
  await expect(methods.answerFunction()).rejects.toThrow("could not be cloned");
  expect(await methods.echo(1)).toBe(1);
});

it("fails a call whose argument cannot cross threads, and does not wait for it when closing", async () => {
  const { methods } = connect();
  await expect(methods.echo(() => 1)).rejects.toThrow("could not be cloned");
});

it("rejects every open call when the worker dies, and starts another for the next one", async () => {
  const { methods } = connect();
  const dying = [methods.crash(), methods.echo(1)];
  for (const call of dying) await expect(call).rejects.toThrow("a worker thread ended");
  expect(await methods.echo("alive")).toBe("alive");
});

it("rejects a cancelled call at once and does not run it when it was still waiting", async () => {
  const { methods, call } = connect();
  await methods.echo("warm");
  const busy = methods.block(200);
  const controller = new AbortController();
  const waiting = call("echo", ["never"], controller.signal);
  controller.abort(new Error("not wanted"));
  const started = performance.now();
  await expect(waiting).rejects.toThrow("not wanted");
  expect(performance.now() - started).toBeLessThan(100);
  await busy;
  expect(await methods.count()).toBe(1);
});

it("refuses a call that was cancelled before it was made", async () => {
  const { methods, call } = connect();
  await expect(call("echo", [1], AbortSignal.abort(new Error("early")))).rejects.toThrow("early");
  expect(await methods.count()).toBe(0);
});

it("has the worker close what it holds before it ends", async () => {
  const { methods, close } = connect();
  const marks = new Int32Array(new SharedArrayBuffer(4));
  await methods.markWhenClosed(marks);
  await close();
  expect(marks[0]).toBe(1);
});

it("lets open calls finish when it is closed, and refuses later ones", async () => {
  const { methods, close } = connect();
  const open = methods.echo("last");
  await close();
  expect(await open).toBe("last");
  await expect(methods.echo("late")).rejects.toMatchObject({ code: "shutting_down" });
});
