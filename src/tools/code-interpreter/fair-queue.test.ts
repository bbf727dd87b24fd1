import { expect, test } from "vitest";

import { createFairQueue } from "./fair-queue.ts";

const NEVER = new AbortController().signal;

/** Lets what is already decided happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("there are only so many places at a time, and a place given back twice counts once", async () => {
  const queue = createFairQueue({ places: 1, waiting: 10 });
  const entered: string[] = [];
  const enter = async (name: string): Promise<() => void> => {
    const leave = await queue.enter("tenant", NEVER);
    entered.push(name);
    return leave;
  };
  const leaveFirst = await enter("first");
  const second = enter("second");
  const third = enter("third");
  await settled();
  expect(entered).toEqual(["first"]);
  leaveFirst();
  leaveFirst();
  await settled();
  expect(entered).toEqual(["first", "second"]);
  (await second)();
  (await third)();
});

test("tenants take turns, however many wait for one of them", async () => {
  const queue = createFairQueue({ places: 1, waiting: 10 });
  const leave = await queue.enter("busy", NEVER);
  const order: string[] = [];
  const run = async (tenant: string, name: string): Promise<void> => {
    const give = await queue.enter(tenant, NEVER);
    order.push(name);
    give();
  };
  const all = [
    ...["busy 1", "busy 2", "busy 3"].map((name) => run("busy", name)),
    run("quiet", "quiet 1"),
    run("other", "other 1"),
  ];
  leave();
  await Promise.all(all);
  expect(order).toEqual(["busy 1", "quiet 1", "other 1", "busy 2", "busy 3"]);
});

test("who comes when all wait already is told to come back", async () => {
  const queue = createFairQueue({ places: 1, waiting: 1 });
  await queue.enter("tenant", NEVER);
  const waiting = queue.enter("tenant", NEVER);
  waiting.catch(() => undefined);
  await expect(queue.enter("tenant", NEVER)).rejects.toMatchObject({
    code: "rate_limited",
    status: 429,
    retryAfter: 5,
  });
  queue.close();
});

test("a tenant that fills the queue gives way to one that has less", async () => {
  const queue = createFairQueue({ places: 1, waiting: 3 });
  const leave = await queue.enter("busy", NEVER);
  const [one, two, three] = [1, 2, 3].map(() => queue.enter("busy", NEVER));
  const quiet = queue.enter("quiet", NEVER);
  await expect(three).rejects.toMatchObject({ code: "rate_limited" });
  leave();
  (await one)?.();
  (await quiet)();
  (await two)?.();
});

test("who is aborted while waiting leaves the queue, and others move up", async () => {
  const queue = createFairQueue({ places: 1, waiting: 1 });
  const leave = await queue.enter("tenant", NEVER);
  const abort = new AbortController();
  const gone = queue.enter("tenant", abort.signal);
  const reason = new Error("gone");
  abort.abort(reason);
  await expect(gone).rejects.toBe(reason);
  const next = queue.enter("tenant", NEVER);
  leave();
  (await next)();
});

test("nobody waits for a queue that closes", async () => {
  const queue = createFairQueue({ places: 1, waiting: 1 });
  await queue.enter("tenant", NEVER);
  const waiting = queue.enter("tenant", NEVER);
  queue.close();
  await expect(waiting).rejects.toMatchObject({ code: "shutting_down" });
  await expect(queue.enter("tenant", NEVER)).rejects.toMatchObject({ code: "shutting_down" });
});
