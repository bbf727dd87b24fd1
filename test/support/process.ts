import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface ServerProcess {
  url: string;
  process: ChildProcess;
  /** All it has printed so far, both streams. */
  output: () => string;
  /** Sends the signal and resolves with exit code or signal name. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** `groundwire serve` as a process of its own, ready when this resolves. */
export async function spawnServer(environment: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [MAIN, "serve"], {
    env: { PATH: process.env["PATH"], PORT: "0", LOG_LEVEL: "silent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", (text: Buffer) => (output += text.toString()));
    // The log, on the other stream, says where it listens a moment before all is ready.
    child.stdout.on("data", (text: Buffer) => {
      output += text.toString();
      said += text.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/u.exec(said);
      if (found) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return {
    url,
    process: child,
    output: () => output,
    async end(signal) {
      const exited = once(child, "exit");
      child.kill(signal);
      const [code, by] = (await exited) as [number | null, NodeJS.Signals | null];
      return code ?? by;
    },
  };
}
