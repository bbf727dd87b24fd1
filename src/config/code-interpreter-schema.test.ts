import { expect, test } from "vitest";

import { parseConfiguration } from "./file.ts";
import { loadSettings } from "./load.ts";

const read = (text: string) =>
  parseConfiguration(text, { path: "groundwire.yaml", environment: {} }).code_interpreter;

test("nothing set: the strongest sandbox that works, two runs at a time", () => {
  expect(loadSettings({}).settings.codeInterpreter).toEqual({
    sandbox: "auto",
    python: "/usr/bin/python3",
    wheels: null,
    concurrency: 2,
    sessions: 8,
    queue: 64,
    idleSeconds: 1_200,
    limits: { seconds: 60, memoryMb: 1024, diskMb: 256, processes: 32 },
  });
});

test("the file sets everything", () => {
  const text =
    "code_interpreter: { sandbox: pyodide, python: /opt/python, pyodide_packages: /srv/wheels, concurrency: 4, sessions: 5, queue: 6, idle_seconds: 30, seconds: 7.5, memory_mb: 512, disk_mb: 9, processes: 10 }";
  expect(read(text)).toEqual({
    sandbox: "pyodide",
    python: "/opt/python",
    wheels: "/srv/wheels",
    concurrency: 4,
    sessions: 5,
    queue: 6,
    idleSeconds: 30,
    limits: { seconds: 7.5, memoryMb: 512, diskMb: 9, processes: 10 },
  });
});

test.each([
  ["code_interpreter: { sandbox: docker }", "code_interpreter.sandbox"],
  ["code_interpreter: { memory_mb: 64 }", "must be at least 128"],
  ["code_interpreter: { concurrency: 0 }", "must be more than 0"],
  ["code_interpreter: { second: 3 }", "did you mean 'seconds'"],
])("%s is refused", (text, message) => {
  expect(() => read(text)).toThrow(message);
});

test("the environment counts more than the file", () => {
  const { codeInterpreter } = loadSettings({
    GROUNDWIRE_CODE_INTERPRETER: "off",
    GROUNDWIRE_CODE_INTERPRETER_SECONDS: "5",
    GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB: "256",
    GROUNDWIRE_CODE_INTERPRETER_CONCURRENCY: "1",
    GROUNDWIRE_PYODIDE_PACKAGES: "/srv/wheels",
  }).settings;
  expect(codeInterpreter).toMatchObject({
    sandbox: "off",
    wheels: "/srv/wheels",
    concurrency: 1,
    limits: { seconds: 5, memoryMb: 256 },
  });
});

test.each([
  ["GROUNDWIRE_CODE_INTERPRETER", "docker"],
  ["GROUNDWIRE_CODE_INTERPRETER_SECONDS", "soon"],
  ["GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB", "1.5"],
])("%s=%s is refused by its name", (name, value) => {
  expect(() => loadSettings({ [name]: value })).toThrow(name);
});
