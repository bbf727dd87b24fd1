import { createEmbeddingModel } from "../models/embeddings.ts";
import type { ModelUpstream } from "../models/model-upstream.ts";
import { createChatModel } from "../models/openai-compatible.ts";
import type { CheckName } from "../protocol/diagnosis.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { addressOf } from "../upstream/address-of.ts";
import { createCircuit } from "../upstream/circuit.ts";
import { createPool } from "../upstream/pool.ts";
import { checkNetwork } from "./check-network.ts";
import type { Checklist } from "./checklist.ts";

export interface ModelCheck {
  /** `unnamed`: the name is made up, to see whether we are let in. */
  use: "chat" | "embeddings" | "unnamed";
  signal: AbortSignal;
}

/** What one call tells, in the order in which servers check it. */
const CALLING: readonly CheckName[] = ["authenticated", "model", "answer"];
/** Longest wait for an answer to the shortest of questions. */
const PATIENCE_MS = 120_000;

/** One upstream of a deployment, from the network to an answer; whether its circuit is open does not matter. */
export async function checkModel(
  list: Checklist,
  { name, upstream }: { name: string; upstream: ModelUpstream },
  { use, signal }: ModelCheck,
): Promise<void> {
  const address = addressOf(upstream.target.url("chat/completions"));
  if (!(await checkNetwork(list, async () => [address], { signal }))) {
    for (const one of CALLING) list.add(one, { status: "skipped", detail: "not reached" });
    return;
  }
  const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const began = performance.now();
  const took = (): number => performance.now() - began;
  try {
    const detail = await ask(name, upstream, { use, signal: until });
    list.add("authenticated", { detail: credentialsOf(upstream) });
    list.add("model", { detail: upstream.target.modelInBody ?? name });
    list.add("answer", { detail }, took());
  } catch (thrown) {
    const error = signal.aborted || !until.aborted ? thrown : tooSlow();
    const isNamed = use !== "unnamed";
    if (isNamed || !(error instanceof GroundwireError) || error.aspect !== "model") {
      list.fail(error, { names: CALLING, ms: took() });
      return;
    }
    list.add("authenticated", { detail: credentialsOf(upstream) }, took());
    list.add("model", {
      status: "skipped",
      detail: "every name is forwarded; name one with --deployment to try it",
    });
    list.add("answer", { status: "skipped", detail: "not tried" });
  }
}

function credentialsOf({ target }: ModelUpstream): string {
  return target.secret === null ? "no key is configured" : "by its key";
}

async function ask(
  name: string,
  upstream: ModelUpstream,
  { use, signal }: ModelCheck,
): Promise<string> {
  // A circuit of its own: what the doctor finds must not stop anybody, nor be stopped.
  const pool = createPool([{ ...upstream, circuit: createCircuit() }], { retries: 0 });
  const embed = async (): Promise<string> => {
    const [vector] = await createEmbeddingModel({ id: name, pool }).embed(["test"], { signal });
    return `embeds, ${vector?.length ?? 0} dimensions`;
  };
  if (use === "embeddings") return embed();
  try {
    return await chat(createChatModel({ id: name, pool }), signal);
  } catch (error) {
    const isRefused = error instanceof GroundwireError && error.upstream !== undefined;
    if (!isRefused || error.code !== "upstream_refused" || use === "unnamed") throw error;
    // Models that embed do not chat, and nothing but asking tells which a name is.
    return embed().catch(() => {
      throw error;
    });
  }
}

async function chat(
  model: ReturnType<typeof createChatModel>,
  signal: AbortSignal,
): Promise<string> {
  const messages = [{ role: "user" as const, content: "Answer with the word: ready" }];
  let answeredBy = model.id;
  for await (const event of model.generate({ messages, parameters: {} }, signal)) {
    if (event.type === "finish") answeredBy = event.model;
  }
  return `answers as '${answeredBy}'`;
}

function tooSlow(): GroundwireError {
  return new GroundwireError(
    "upstream_timeout",
    `has not answered within ${PATIENCE_MS / 1000} seconds.`,
    { advice: "See whether the model is loaded and not overloaded." },
  );
}
