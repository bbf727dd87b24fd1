import { expect, test } from "vitest";

import { createCircuit } from "./circuit.ts";

function atWork() {
  let now = 0;
  const circuit = createCircuit(() => now);
  const fail = (times: number): void => {
    for (let index = 0; index < times; index++) {
      circuit.begin();
      circuit.failed();
    }
  };
  return { circuit, fail, pass: (milliseconds: number) => void (now += milliseconds) };
}

test("it opens after five failures in a row, not after five with a success between", () => {
  const { circuit, fail } = atWork();
  fail(4);
  circuit.succeeded();
  fail(4);
  expect(circuit.state()).toBe("closed");
  fail(1);
  expect([circuit.state(), circuit.waitMs()]).toEqual(["open", 5000]);
});

test("after its rest one request is let through; when that fails it rests twice as long, at most a minute", () => {
  const { circuit, fail, pass } = atWork();
  fail(5);
  pass(5000);
  expect([circuit.state(), circuit.waitMs()]).toEqual(["half_open", 0]);
  circuit.begin();
  expect(circuit.waitMs()).toBeGreaterThan(0);
  circuit.failed();
  expect(circuit.waitMs()).toBe(10_000);
  for (let index = 0; index < 8; index++) {
    pass(circuit.waitMs());
    fail(1);
  }
  expect(circuit.waitMs()).toBe(60_000);
});

test("a success closes it, and a request that tells nothing lets the next one try", () => {
  const { circuit, fail, pass } = atWork();
  fail(5);
  pass(5000);
  circuit.begin();
  circuit.abandoned();
  expect(circuit.waitMs()).toBe(0);
  circuit.begin();
  circuit.succeeded();
  expect([circuit.state(), circuit.waitMs()]).toEqual(["closed", 0]);
});

test("a pause is over when it is over, and no failure", () => {
  const { circuit, pass } = atWork();
  circuit.paused(700);
  expect([circuit.isPaused(), circuit.state(), circuit.waitMs()]).toEqual([true, "closed", 0]);
  pass(700);
  expect(circuit.isPaused()).toBe(false);
});
