import { EXIT } from "./usage.ts";

/** npm and `npx groundwire` pass a Ctrl-C on once more, within milliseconds: only a later one means "now". */
const REPEAT_MS = 500;

/** Aborts at the first SIGINT or SIGTERM; a second one, not merely repeated, ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | null = null;
  const onSignal = (): void => {
    first ??= performance.now();
    if (performance.now() - first > REPEAT_MS) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return controller.signal;
}
