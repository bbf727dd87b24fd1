import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { CheckName } from "../protocol/diagnosis.ts";
import type { Embed, Embedded, OutsideEmbedding } from "../sources/embed.ts";
import type {
  Source,
  SourceDescription,
  SourceInspection,
  SourcePassage,
} from "../sources/source.ts";
import type { HostGuard } from "../upstream/host-guard.ts";
import type { Checklist, Finding } from "./checklist.ts";
import { checkNetwork } from "./check-network.ts";

/** How sources are reached; what those who answer questions use, too. */
export interface SourceAccess {
  open(source: DataSource["source"]): Source;
  embed: Embed;
  guard: HostGuard;
}

export interface SourceCheck {
  access: SourceAccess;
  /** What is searched for. */
  question: string;
  /** Requests bring the credentials: nobody can be let in now. */
  lacksCredentials: boolean;
  signal: AbortSignal;
}

/** Passages asked for; one would do, several show that there is an order. */
const PASSAGES = 3;
/** What looking at an index tells, in the order in which engines check it. */
const LOOKING: readonly CheckName[] = ["authenticated", "permitted", "index", "fields"];

/** From the network to a search: each by what answers questions, so that it fails here with the words it fails with there. */
export async function checkSource(
  list: Checklist,
  { source }: Pick<DataSource, "source">,
  asking: SourceCheck,
): Promise<void> {
  const { access, question, lacksCredentials, signal } = asking;
  const opened = access.open(source);
  const { inspect } = opened;
  const embedding = "embedding" in source ? source.embedding : null;
  let described: SourceDescription | null = null;
  if (inspect !== undefined) {
    const isReached = await checkNetwork(list, () => inspect.addresses(signal), {
      check: ({ host, port, tls }) => access.guard.check(host, port, { encrypted: tls }),
      lookup: (port) => access.guard.lookup(port),
      signal,
    });
    const by = "authentication" in source ? source.authentication.type : "";
    if (lacksCredentials)
      skip(list, LOOKING, "requests bring the credentials: give one to the doctor");
    else if (isReached) described = await look(list, inspect, { by, signal });
    else skip(list, LOOKING, "not reached");
  }
  const embedded = await checkEmbedding(list, embedding, asking);
  const isReady = (inspect === undefined || described !== null) && embedded !== "failed";
  if (!isReady) {
    if (embedding !== null) skip(list, ["dimensions"], "not known");
    skip(list, ["query"], "not tried, because of what is missing before");
    return;
  }
  await checkQuery(
    list,
    () => opened.search({ text: question, limit: PASSAGES, allowPartial: false, signal }),
    { described, embedded },
  );
}

async function look(
  list: Checklist,
  inspect: SourceInspection,
  { by, signal }: { by: string; signal: AbortSignal },
): Promise<SourceDescription | null> {
  const began = performance.now();
  const took = (): number => performance.now() - began;
  try {
    const described = await inspect.describe(signal);
    list.add("authenticated", { detail: by });
    list.add("permitted", { detail: "may read" });
    list.add("index", { detail: described.place }, took());
    list.add("fields", { detail: fieldsOf(described) });
    return described;
  } catch (error) {
    list.fail(error, {
      // Where nothing says more, it is the index that could not be looked at.
      names: hasAspect(error, "fields") ? LOOKING : LOOKING.slice(0, -1),
      ms: took(),
    });
    if (!hasAspect(error, "fields")) skip(list, ["fields"], "not known");
    return null;
  }
}

function fieldsOf({ content, title, url, filepath, vectors, notes }: SourceDescription): string {
  const named = [
    ["content", content.join(", ")],
    ["title", title],
    ["url", url],
    ["filepath", filepath],
    ["vectors", vectors.map(vectorName).join(", ")],
  ].flatMap(([role, name]) => (name === null || name === "" ? [] : [`${role}: ${name}`]));
  return [named.join("; "), ...notes].join(". ");
}

function vectorName({ name, dimensions }: SourceDescription["vectors"][number]): string {
  return dimensions === null ? name : `${name} (${dimensions})`;
}

/** Null: nothing embeds outside of the engine. */
async function checkEmbedding(
  list: Checklist,
  embedding: { type: string } | OutsideEmbedding | null,
  { access, question, signal }: SourceCheck,
): Promise<Embedded | "failed" | null> {
  if (embedding === null) return null;
  if (!isOutside(embedding)) {
    list.add("embedding", { status: "skipped", detail: "by the engine itself, with the query" });
    return null;
  }
  const embedded = await list.run(
    "embedding",
    () => access.embed(embedding, [question], signal),
    ({ by, dimensions }) => ({ detail: `${by} gives ${dimensions} dimensions` }),
  );
  return embedded ?? "failed";
}

function isOutside(embedding: { type: string } | OutsideEmbedding): embedding is OutsideEmbedding {
  return embedding.type === "deployment_name" || embedding.type === "endpoint";
}

interface Known {
  described: SourceDescription | null;
  embedded: Embedded | null;
}

async function checkQuery(
  list: Checklist,
  search: () => Promise<SourcePassage[]>,
  known: Known,
): Promise<void> {
  const began = performance.now();
  try {
    const passages = await search();
    const took = performance.now() - began;
    if (known.embedded !== null) list.add("dimensions", dimensionsOf(known));
    list.add("query", foundIn(passages), took);
  } catch (error) {
    const ms = performance.now() - began;
    const isRefused = hasAspect(error, "dimensions");
    if (isRefused) list.fail(error, { names: ["dimensions"], ms });
    else if (known.embedded !== null) list.add("dimensions", dimensionsOf(known));
    if (isRefused) skip(list, ["query"], "refused before it was sent");
    else list.fail(error, { names: ["query"], ms });
  }
}

/** The search itself has compared them. */
function dimensionsOf({ described, embedded }: Known): Finding {
  const lengths = described?.vectors.map(({ dimensions }) => dimensions) ?? [];
  const isKnown = lengths.some((length) => length === embedded?.dimensions);
  return isKnown
    ? { detail: `${embedded?.dimensions}, as the index has` }
    : { status: "skipped", detail: "the index does not tell, or is not searched by vectors" };
}

function foundIn(passages: readonly SourcePassage[]): Finding {
  const [best] = passages;
  if (best === undefined) {
    return {
      status: "warning",
      detail: "answered, and found nothing",
      nextStep:
        "Ask something its documents answer (--question), and if that finds nothing either, see whether there are documents and what 'filter' leaves out.",
    };
  }
  const given = [
    ...(best.title === null ? [] : ["title"]),
    ...(best.url === null ? [] : ["url"]),
    ...(best.filepath === null ? [] : ["filepath"]),
  ];
  return {
    detail: `${passages.length} found; the best scores ${Number(best.score.toPrecision(4))} and has content${given.map((name) => `, ${name}`).join("")}`,
  };
}

function hasAspect(error: unknown, aspect: CheckName): boolean {
  return error instanceof Error && "aspect" in error && error.aspect === aspect;
}

function skip(list: Checklist, names: readonly CheckName[], detail: string): void {
  for (const name of names) list.add(name, { status: "skipped", detail });
}
