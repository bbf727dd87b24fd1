import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { createInFlight } from "./shutdown.ts";

function newReply(): EventEmitter & { writableEnded: boolean } {
  return Object.assign(new EventEmitter(), { writableEnded: false });
}

test("a request that outlives the grace period is told that the server is shutting down", async () => {
  const inFlight = createInFlight();
  const reply = newReply();
  const signal = inFlight.track(reply);
  signal.addEventListener("abort", () => {
    reply.writableEnded = true;
    reply.emit("close");
  });
  await inFlight.drain(1);
  expect(signal.reason).toMatchObject({ code: "shutting_down" });
});

test("draining ends as soon as the last request has, long before the grace period does", async () => {
  const inFlight = createInFlight();
  const replies = [newReply(), newReply()];
  const signals = replies.map((reply) => inFlight.track(reply));
  const drained = inFlight.drain(60_000);
  for (const reply of replies) {
    reply.writableEnded = true;
    reply.emit("close");
  }
  await drained;
  expect(signals.map((signal) => signal.aborted)).toEqual([false, false]);
});
