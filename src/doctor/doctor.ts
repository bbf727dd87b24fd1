import type { Principal } from "../auth/principal.ts";
import type { SignInProvider } from "../auth/sign-in/provider.ts";
import type { Settings } from "../config/settings.ts";
import type { Deployments } from "../models/deployments.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import { resolveMlIndex } from "../protocol/data-sources/resolve-ml-index.ts";
import type {
  DiagnosedBody,
  DiagnosisBody,
  DiagnosisEvent,
  DiagnosisRequest,
} from "../protocol/diagnosis.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { CodeInterpreter } from "../tools/code-interpreter/code-interpreter.ts";
import { asTheyCome } from "../util/as-they-come.ts";
import { maskSecrets } from "../util/secrets.ts";
import { checkMachine } from "./check-machine.ts";
import { checkModel } from "./check-model.ts";
import { signInTargets } from "./check-sign-in.ts";
import { checkSource, type SourceAccess } from "./check-source.ts";
import { checkStores } from "./check-stores.ts";
import { type Checklist, createChecklist, type Finding, worstOf } from "./checklist.ts";
import { type ConfiguredSource, configuredSources, embeddingNames } from "./configured.ts";
import { configuredSecrets, secretsIn } from "./configured-secrets.ts";

/** Looks at everything an answer needs, piece by piece, and says of each what to do. */
export interface Doctor {
  /**
   * First what is looked at, then each target as soon as it has been, last of all the whole diagnosis. Throws only the
   * signal's reason: what is wrong stands in the events, in which nothing is secret.
   */
  diagnose(
    asked: DiagnosisRequest,
    options: { principal: Principal; signal: AbortSignal },
  ): AsyncGenerator<DiagnosisEvent>;
}

/** What a diagnosis comes to in the end. */
export async function wholeDiagnosis(
  events: AsyncGenerator<DiagnosisEvent>,
): Promise<DiagnosisBody> {
  for await (const event of events) if (event.object === "groundwire.diagnosis") return event;
  throw new GroundwireError("internal", "The diagnosis ended before it was complete.");
}

export interface DoctorDependencies {
  settings: Settings;
  deployments: Deployments;
  sources: SourceAccess;
  /** Null: another process holds it. */
  storage: Pick<Storage, "vectorStores" | "keys"> | null;
  codeInterpreter: Pick<CodeInterpreter, "status">;
  /** Null: nobody can sign in. */
  signIn: Pick<SignInProvider, "signer"> | null;
  /** Reads a chat request as the route for those does. @throws GroundwireError as that does. */
  readRequest: (body: Record<string, unknown>, asked: ReadAs) => ReadRequest;
  /** What reading the configuration came to. */
  configuration: Finding;
}

export interface ReadAs {
  /** Of the body, or of the path beside it; null when neither says. */
  deployment: string | null;
  principal: Principal;
}

export interface ReadRequest {
  sources: DataSource[];
  question: string;
  /** What was tolerated. */
  warnings: string[];
}

/** Asked where the request has no question of its own. Sources of words find something for common ones. */
const QUESTION = "What information is there about the company and its people?";
/** Targets that are looked at together. */
const MOST_AT_ONCE = 6;
/** No deployment; shows whether a server that takes every name lets us in. */
const UNNAMED = "groundwire-doctor";

type Target = Pick<DiagnosedBody, "kind" | "name" | "type"> & {
  check: (list: Checklist) => Promise<void>;
};

export function createDoctor(dependencies: DoctorDependencies): Doctor {
  const { settings } = dependencies;
  return {
    async *diagnose(asked, { principal, signal }) {
      const began = performance.now();
      const looking = { ...dependencies, asked, principal, signal };
      const request = asked.request === undefined ? null : readShape(asked.request, looking);
      const targets =
        request === null
          ? configuredTargets(looking)
          : [request.target, ...requestTargets(request, looking)];
      yield {
        object: "groundwire.diagnosis.started",
        targets: targets.map(({ kind, name, type }) => ({ kind, name, type })),
      };
      const secrets = [...configuredSecrets(settings), ...secretsIn(request?.sources ?? [])];
      const diagnosed: DiagnosedBody[] = [];
      const work = (target: Target): Promise<DiagnosedBody> => examine(target, signal);
      for await (const [index, one] of asTheyCome(targets, { most: MOST_AT_ONCE, work })) {
        const target = masked(one, secrets);
        diagnosed[index] = target;
        yield { object: "groundwire.diagnosis.target", index, target };
      }
      yield {
        object: "groundwire.diagnosis",
        status: worstOf(diagnosed.map(({ status }) => status)),
        ms: Math.round(performance.now() - began),
        targets: diagnosed,
      };
    },
  };
}

interface Looking extends DoctorDependencies {
  asked: DiagnosisRequest;
  principal: Principal;
  signal: AbortSignal;
}

function configuredTargets(looking: Looking): Target[] {
  const { settings, asked, configuration, codeInterpreter, signal } = looking;
  const question = asked.question ?? QUESTION;
  const sources = configuredSources(settings);
  const embedding = embeddingNames(settings, sources);
  const chat = Object.keys(settings.deployments).filter((name) => !embedding.includes(name));
  const forwarded = asked.deployment ?? (settings.upstream === null ? null : UNNAMED);
  const names = [...new Set([...chat, ...(forwarded === null ? [] : [forwarded])])];
  return [
    {
      kind: "server",
      name: "server",
      type: null,
      async check(list) {
        list.add("configuration", configuration);
        await checkMachine(list, { dataDir: settings.dataDir, codeInterpreter, signal });
      },
    },
    ...signInTargets(settings.signIn, { provider: looking.signIn, signal }),
    ...(names.length === 0
      ? [BUILT_IN]
      : names.flatMap((name) => modelTargets(name, "deployment", looking))),
    ...embedding.flatMap((name) => modelTargets(name, "embedding", looking)),
    ...sources.map((source) => sourceTarget(source, { question, ...looking })),
  ];
}

const BUILT_IN: Target = {
  kind: "deployment",
  name: "groundwire-extractive",
  type: null,
  async check(list) {
    list.add("answer", { detail: "built in: it quotes, and no model is configured" });
  },
};

interface Shaped {
  target: Target;
  deployment: string | null;
  question: string;
  sources: DataSource[];
}

/** Reads the request at once, so that what it names can be looked at. */
function readShape(
  body: Record<string, unknown>,
  { readRequest, asked, principal }: Looking,
): Shaped {
  const model = body["model"];
  const deployment = asked.deployment ?? (typeof model === "string" && model !== "" ? model : null);
  const target = (check: Target["check"]): Target => ({
    kind: "request",
    name: "request",
    type: null,
    check,
  });
  try {
    const { sources, question, warnings } = readRequest(body, { deployment, principal });
    return {
      deployment,
      sources,
      question: asked.question ?? (question === "" ? QUESTION : question),
      target: target(async (list) => list.add("shape", shapeOf(sources, warnings))),
    };
  } catch (error) {
    return {
      deployment: null,
      sources: [],
      question: QUESTION,
      target: target(async (list) => {
        await list.run(
          "shape",
          () => Promise.reject(error),
          () => ({ detail: "" }),
        );
      }),
    };
  }
}

function shapeOf(sources: readonly DataSource[], warnings: readonly string[]): Finding {
  const count = sources.length === 1 ? "1 data source" : `${sources.length} data sources`;
  if (warnings.length > 0) {
    return {
      status: "warning",
      detail: `understood, with ${count}: ${warnings.join("; ")}`,
      nextStep: "Correct what was tolerated; the request works as it is.",
    };
  }
  if (sources.length > 0) return { detail: `understood, with ${count}` };
  return {
    status: "warning",
    detail: "understood; nothing is searched, so the model answers alone",
    nextStep: "Give it 'data_sources', or the deployment some in groundwire.yaml.",
  };
}

function requestTargets({ deployment, sources, question }: Shaped, looking: Looking): Target[] {
  return [
    ...(deployment === null ? [] : modelTargets(deployment, "deployment", looking)),
    ...sources.map((source, index) =>
      sourceTarget(
        {
          name: `data_sources[${index}]`,
          type: source.source.type,
          source,
          tenants: [looking.principal.tenant],
        },
        { question, ...looking },
      ),
    ),
  ];
}

/** A target for each upstream; one that says why when there is no such deployment. */
function modelTargets(name: string, kind: "deployment" | "embedding", looking: Looking): Target[] {
  const { deployments, signal } = looking;
  const isUnnamed = name === UNNAMED;
  const common = { kind, name: isUnnamed ? "*" : name, type: null };
  try {
    if (kind === "embedding") deployments.embeddingModel(name);
    const deployment = deployments.resolve(name);
    if (deployment.kind === "extractive") return [{ ...BUILT_IN, ...common }];
    const use = isUnnamed ? "unnamed" : kind === "embedding" ? "embeddings" : "chat";
    return deployment.pool.upstreams.map((upstream) => ({
      ...common,
      type: upstream.target.url("chat/completions").host,
      check: (list) => checkModel(list, { name, upstream }, { use, signal }),
    }));
  } catch (error) {
    if (!(error instanceof GroundwireError)) throw error;
    return [
      {
        ...common,
        check: async (list) => {
          await list.run(
            "model",
            () => Promise.reject(error),
            () => ({ detail: "" }),
          );
        },
      },
    ];
  }
}

function sourceTarget(
  { name, type, source, tenants, lacksCredentials = false }: ConfiguredSource,
  {
    sources: access,
    storage,
    settings,
    principal,
    question,
    signal,
  }: Looking & {
    question: string;
  },
): Target {
  const asking = { access, question, lacksCredentials, signal };
  return {
    kind: "source",
    name,
    type,
    async check(list) {
      const caller = { mlIndexes: settings.mlIndexes, tenant: tenants?.[0] ?? principal.tenant };
      const resolved = resolveMlIndex(source, 0, caller);
      const { source: wanted } = resolved;
      if (wanted.type === "file_search") {
        const known = tenants ?? settings.apiKeys.map(({ tenant }) => tenant);
        const stores = { ids: wanted.vectorStoreIds, tenants: known };
        if (!(await checkStores(list, stores, storage))) return;
      }
      await checkSource(list, resolved, asking);
    },
  };
}

async function examine({ check, ...target }: Target, signal: AbortSignal): Promise<DiagnosedBody> {
  const list = createChecklist(signal);
  try {
    await check(list);
  } catch (error) {
    list.fail(error, { names: target.kind === "source" ? ["index"] : ["answer"], ms: 0 });
  }
  const { checks } = list;
  return { ...target, status: worstOf(checks.map(({ status }) => status)), checks };
}

function masked(target: DiagnosedBody, secrets: readonly string[]): DiagnosedBody {
  const mask = (text: string): string => maskSecrets(text, secrets);
  return {
    ...target,
    checks: target.checks.map((check) => ({
      ...check,
      detail: mask(check.detail),
      next_step: check.next_step === null ? null : mask(check.next_step),
    })),
  };
}
