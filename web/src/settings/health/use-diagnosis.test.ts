import { expect, it } from "vitest";

import type { DiagnosedBody } from "../../../../src/protocol/diagnosis.ts";
import { countOf, NOTHING_YET, withEvent } from "./use-diagnosis.ts";

const target = (name: string, status: DiagnosedBody["status"]): DiagnosedBody => ({
  kind: "source",
  name,
  type: "azure_search",
  status,
  checks: [],
});

it("targets are there before anything was found, and are found one by one", () => {
  const targets = [target("a", "ok"), target("b", "failed")];
  const started = withEvent(NOTHING_YET, { object: "groundwire.diagnosis.started", targets });
  expect(started.targets.map(({ name, found }) => [name, found])).toEqual([
    ["a", null],
    ["b", null],
  ]);
  const found = withEvent(started, {
    object: "groundwire.diagnosis.target",
    index: 1,
    target: target("b", "failed"),
  });
  expect(found.targets.map((one) => one.found?.status)).toEqual([undefined, "failed"]);
  expect(countOf(found)).toEqual({ ok: 0, warning: 0, failed: 1 });
  const done = withEvent(found, {
    object: "groundwire.diagnosis",
    status: "failed",
    ms: 20,
    targets,
  });
  expect([done.status, done.ms, countOf(done)]).toEqual([
    "done",
    20,
    { ok: 1, warning: 0, failed: 1 },
  ]);
});
