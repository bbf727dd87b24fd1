import { expect, test } from "vitest";

import { withDeadline } from "./deadline.ts";

const given = (seconds: number, signal = new AbortController().signal) => ({
  seconds,
  signal,
  late: () => new Error("late"),
});
const never = (): Promise<never> => new Promise(() => {});

test("what is done in time is handed on, and so is what fails", async () => {
  expect(await withDeadline(given(5), async () => 1)).toBe(1);
  const failing = withDeadline(given(5), async () => {
    throw new Error("failed");
  });
  await expect(failing).rejects.toThrow("failed");
});

test("what is late is told to end, and left even when it does not", async () => {
  let told: AbortSignal | undefined;
  const waiting = withDeadline(given(0.01), (signal) => {
    told = signal;
    return never();
  });
  await expect(waiting).rejects.toThrow("late");
  expect(told?.aborted).toBe(true);
});

test("whoever leaves first is the reason", async () => {
  const controller = new AbortController();
  const waiting = withDeadline(given(5, controller.signal), never);
  controller.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await expect(withDeadline(given(5, controller.signal), never)).rejects.toThrow("gone");
});
