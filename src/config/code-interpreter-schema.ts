import { resolve } from "node:path";

import { z } from "zod";

import { fromText, section } from "./section.ts";
import type { CodeInterpreterSettings } from "./settings.ts";

const sandbox = z.enum(["auto", "python", "pyodide", "off"]);
const count = z.preprocess(fromText, z.int("not a whole number").positive("must be more than 0"));
const seconds = z.preprocess(fromText, z.number("not a number").positive("must be more than 0"));
const memory = z.preprocess(fromText, z.int("not a whole number").min(128, "must be at least 128"));

/** Python that models write: where it is run, and how much of it. */
export const codeInterpreter = section({
  sandbox: sandbox.default("auto"),
  python: z.string().min(1).default("/usr/bin/python3"),
  pyodide_packages: z.string().min(1).optional(),
  concurrency: count.default(2),
  sessions: count.default(8),
  queue: count.default(64),
  idle_seconds: seconds.default(1_200),
  seconds: seconds.default(60),
  memory_mb: memory.default(1024),
  disk_mb: count.default(256),
  processes: z.preprocess(fromText, z.int().min(4)).default(32),
}).transform((given): CodeInterpreterSettings => ({
  sandbox: given.sandbox,
  python: given.python,
  wheels: given.pyodide_packages === undefined ? null : resolve(given.pyodide_packages),
  concurrency: given.concurrency,
  sessions: given.sessions,
  queue: given.queue,
  idleSeconds: given.idle_seconds,
  limits: {
    seconds: given.seconds,
    memoryMb: given.memory_mb,
    diskMb: given.disk_mb,
    processes: given.processes,
  },
}));

/** What of it the environment says, which counts more than the file. */
export const codeInterpreterVariables = {
  GROUNDWIRE_CODE_INTERPRETER: sandbox.optional(),
  GROUNDWIRE_CODE_INTERPRETER_SECONDS: seconds.optional(),
  GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB: memory.optional(),
  GROUNDWIRE_CODE_INTERPRETER_CONCURRENCY: count.optional(),
  GROUNDWIRE_PYODIDE_PACKAGES: z.string().optional(),
};

export function withVariables(
  file: CodeInterpreterSettings,
  values: z.output<z.ZodObject<typeof codeInterpreterVariables>>,
): CodeInterpreterSettings {
  const wheels = values.GROUNDWIRE_PYODIDE_PACKAGES;
  return {
    ...file,
    sandbox: values.GROUNDWIRE_CODE_INTERPRETER ?? file.sandbox,
    wheels: wheels === undefined ? file.wheels : resolve(wheels),
    concurrency: values.GROUNDWIRE_CODE_INTERPRETER_CONCURRENCY ?? file.concurrency,
    limits: {
      ...file.limits,
      seconds: values.GROUNDWIRE_CODE_INTERPRETER_SECONDS ?? file.limits.seconds,
      memoryMb: values.GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB ?? file.limits.memoryMb,
    },
  };
}
