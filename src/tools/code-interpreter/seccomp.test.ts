import { expect, test } from "vitest";

import { seccompProgram } from "./seccomp.ts";

const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;
const ALLOW = "allow";

/** Runs the program as the kernel does, on one call. */
function verdict(
  processor: string,
  { call, argument = 0, architecture }: { call: number; argument?: number; architecture: number },
): string {
  const program = seccompProgram(processor) ?? Buffer.alloc(0);
  const data: Record<number, number> = { 0: call, 4: architecture, 16: argument };
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const jump = (holds: boolean): void => {
      at += 8 * program.readUInt8(holds ? at + 2 : at + 3);
    };
    const code = program.readUInt16LE(at);
    if (code === 0x20) accumulator = data[value] ?? 0;
    else if (code === 0x15) jump(accumulator === value);
    else if (code === 0x35) jump(accumulator >= value);
    else if (code === 0x45) jump((accumulator & value) !== 0);
    else if (value === 0x7fff0000) return ALLOW;
    else return value === 0x80000000 ? "kill" : `errno ${value & 0xffff}`;
  }
  throw new Error("ran off its end");
}

test.each([
  ["x64", X64, { read: 0, clone: 56, socket: 41, unshare: 272, memfd: 319, futex: 202 }],
  ["arm64", ARM64, { read: 63, clone: 220, socket: 198, unshare: 97, memfd: 279, futex: 98 }],
])("on %s code computes, and the rest is refused", (processor, architecture, calls) => {
  const answer = (call: number, argument = 0): string =>
    verdict(processor, { call, argument, architecture });
  expect(answer(calls.read)).toBe(ALLOW);
  expect(answer(calls.futex)).toBe(ALLOW);
  // A thread; a process in a name space of its own.
  expect(answer(calls.clone, 0x3d0f00)).toBe(ALLOW);
  expect(answer(calls.clone, 0x10000000 | 17)).toBe("errno 1");
  // Local sockets; the internet; netlink.
  expect(answer(calls.socket, 1)).toBe(ALLOW);
  expect(answer(calls.socket, 2)).toBe("errno 97");
  expect(answer(calls.socket, 16)).toBe("errno 97");
  expect(answer(calls.unshare)).toBe("errno 1");
  expect(answer(calls.memfd)).toBe("errno 1");
  // clone3, io_uring_setup, and calls that are newer than the filter.
  expect(answer(435)).toBe("errno 38");
  expect(answer(425)).toBe("errno 1");
  expect(answer(457)).toBe("errno 38");
});

test("calls of another architecture end the process, those of x32 are refused", () => {
  expect(verdict("x64", { call: 0, architecture: 0x40000003 })).toBe("kill");
  expect(verdict("x64", { call: 0x40000000 | 319, architecture: X64 })).toBe("errno 1");
});

test("there is no program for processors whose calls are not known", () => {
  expect(seccompProgram("riscv64")).toBeNull();
});
