import { z } from "zod";

/**
 * What a session's process says (see `runner.py`). It may have been written by the code that runs there, so everything is
 * checked, and nothing is believed that matters to anybody else.
 */
const name = z.string().min(1).max(200);
const text = z.string();
/** Marker of the run it belongs to. */
const run = z.string();

const errorSchema = z.object({ name, message: text, traceback: text });

export const runnerMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), python: z.string().max(50) }),
  z.object({ type: z.literal("image"), run }),
  z.object({
    type: z.literal("file"),
    run,
    /** Not a path out of wherever somebody keeps it. */
    name: name.refine((path) => !/^\/|\\|(?:^|\/)\.\.?(?:\/|$)|\p{Cc}/u.test(path)),
  }),
  z.object({
    type: z.literal("done"),
    run,
    result: text.nullable(),
    resultIsCut: z.boolean(),
    error: errorSchema.nullable(),
    leftOut: z.array(name).max(1000),
    imagesLeftOut: z.int().min(0),
  }),
]);

export type RunnerMessage = z.output<typeof runnerMessage>;
/** What a run says of itself. */
export type RunMessage = Exclude<RunnerMessage, { type: "ready" }>;
