import { useEffect, useRef, useState } from "react";
import type {
  DiagnosedBody,
  DiagnosisEvent,
  DiagnosisRequest,
} from "../../../../src/protocol/diagnosis.ts";
import { connect } from "../../session.ts";

/** What is looked at; `found` is null until it has been. */
export interface DiagnosedTarget extends Pick<DiagnosedBody, "kind" | "name" | "type"> {
  found: DiagnosedBody | null;
}

export interface Diagnosis {
  status: "none" | "running" | "done" | "stopped" | "failed";
  targets: DiagnosedTarget[];
  /** Milliseconds; null until all is done. */
  ms: number | null;
  /** Why it could not be done. */
  error: Error | null;
}

export interface Diagnosing {
  diagnosis: Diagnosis;
  /** @param done Told how it ended, unless it was stopped. */
  run: (asked: DiagnosisRequest, done: (diagnosis: Diagnosis) => void) => void;
  stop: () => void;
}

export const NOTHING_YET: Diagnosis = { status: "none", targets: [], ms: null, error: null };

/** One diagnosis at a time, told bit by bit. It ends with the component. */
export function useDiagnosis(): Diagnosing {
  const [diagnosis, setDiagnosis] = useState(NOTHING_YET);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function watch(
    asked: DiagnosisRequest,
    done: (diagnosis: Diagnosis) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let current: Diagnosis = { ...NOTHING_YET, status: "running" };
    setDiagnosis(current);
    try {
      for await (const event of connect(signal).watchDiagnosis(asked)) {
        current = withEvent(current, event);
        setDiagnosis(current);
      }
    } catch (error) {
      if (signal.aborted) return;
      current = { ...current, status: "failed", error: error as Error }; // of the client
      setDiagnosis(current);
    }
    done(current);
  }

  return {
    diagnosis,
    run(asked, done) {
      running.current?.abort();
      running.current = new AbortController();
      void watch(asked, done, running.current.signal);
    },
    stop() {
      running.current?.abort();
      setDiagnosis((now) => ({ ...now, status: "stopped" }));
    },
  };
}

export function withEvent(diagnosis: Diagnosis, event: DiagnosisEvent): Diagnosis {
  switch (event.object) {
    case "groundwire.diagnosis.started":
      return { ...diagnosis, targets: event.targets.map((target) => ({ ...target, found: null })) };
    case "groundwire.diagnosis.target":
      return {
        ...diagnosis,
        targets: diagnosis.targets.map((target, index) =>
          index === event.index ? { ...target, found: event.target } : target,
        ),
      };
    case "groundwire.diagnosis":
      return {
        ...diagnosis,
        status: "done",
        ms: event.ms,
        targets: event.targets.map((found) => ({ ...found, found })),
      };
  }
}

/** How many things were found to be in each state. */
export function countOf({ targets }: Diagnosis): Record<DiagnosedBody["status"], number> {
  const count = { ok: 0, warning: 0, failed: 0 };
  for (const { found } of targets) if (found !== null) count[found.status]++;
  return count;
}
