import type { FastifyRequest } from "fastify";
import type { Principal } from "../auth/principal.ts";
import type { RateLimits } from "../config/settings.ts";
import type { Admission, Limited } from "../limits/rate-limiter.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { AnswerEvent, Usage } from "../protocol/events.ts";
import { exhausted } from "../usage/budget.ts";
import type { UsageLedger } from "../usage/usage-ledger.ts";
import type { HttpServices } from "./services-type.ts";
import { holderOf } from "./usage-holder.ts";

export interface Accounting {
  /** How many tokens the answer took. When it does not say: as many as its stream had events, and as many as its prompt was long. */
  used(usage: Usage | null, events?: number): void;
  /** What an answer costs, in the currency of the prices; null: its deployment has no price. */
  costOf(usage: Usage): number | null;
}

/** The service's own words; applications read the number of seconds out of them. */
const messageOf = (what: "call" | "token", { operation, version, seconds }: Refused): string =>
  `Requests to the ${operation} Operation under Azure OpenAI API version ${version} have exceeded ${what} rate limit of your current OpenAI S0 pricing tier. Please retry after ${seconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit. For Free Account customers, upgrade to Pay as you Go here: https://aka.ms/429TrialUpgrade.`;

interface Refused {
  operation: string;
  version: string;
  seconds: number;
}

/** Characters of a JSON body that make about one token. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Counts a request against the limits of its key and of its deployment.
 * @throws GroundwireError `rate_limited`, as the service's gateway says it; `budget_exhausted`.
 */
export async function account(
  { limiter, metrics, usage }: HttpServices,
  request: FastifyRequest,
  {
    deployment,
    limits,
    operation,
  }: {
    deployment: string;
    limits: RateLimits;
    operation: "ChatCompletions_Create" | "Embeddings_Create" | "Responses_Create";
  },
): Promise<Accounting> {
  const { context } = request;
  await refuseOverBudget(usage, context.principal);
  const expected = expectedTokens(request);
  const admission = limiter.admit(
    [limitedKey(context.principal), { name: `deployment ${deployment}`, limits }],
    expected.prompt + expected.completion,
  );
  if (!admission.isAdmitted) {
    metrics.rateLimited(admission.what);
    const seconds = Math.max(1, Math.ceil(admission.retryAfterSeconds));
    const refused = { operation, version: context.apiVersion ?? "v1", seconds };
    throw new GroundwireError(
      "rate_limited",
      messageOf(admission.what === "tokens" ? "token" : "call", refused),
      { retryAfter: seconds },
    );
  }
  context.limitHeaders = headersOf(admission);
  return {
    used(told, events = 0) {
      const prompt = told?.prompt_tokens ?? expected.prompt;
      const completion = told?.completion_tokens ?? events;
      admission.settle(prompt + completion);
      metrics.tokensUsed(deployment, { prompt, completion });
      usage.note(holderOf(context.principal), deployment, {
        promptTokens: prompt,
        cachedTokens: cachedIn(told),
        completionTokens: completion,
        reasoningTokens: told?.completion_tokens_details?.["reasoning_tokens"] ?? 0,
      });
    },
    costOf(told) {
      return usage.costOf(deployment, {
        promptTokens: told.prompt_tokens,
        cachedTokens: cachedIn(told),
        completionTokens: told.completion_tokens,
      });
    },
  };
}

function cachedIn(usage: Usage | null): number {
  return usage?.prompt_tokens_details?.["cached_tokens"] ?? 0;
}

/** What is in flight is not counted: a budget may be overdrawn by the answers of one moment. */
async function refuseOverBudget(usage: UsageLedger, principal: Principal): Promise<void> {
  const { budget, keyName, user } = principal;
  if (budget === null) return;
  const used = await usage.budget(holderOf(principal), budget);
  const what = exhausted(budget, used, usage.currency);
  if (what === null) return;
  throw new GroundwireError(
    "budget_exhausted",
    `The budget of ${user === undefined ? `the key '${keyName ?? ""}'` : user.name} is used up: ${what} a ${budget.per}. It begins anew on ${new Date(used.renewsAt * 1000).toISOString().slice(0, 10)} (UTC); to go on now, ask the operator for a larger one.`,
  );
}

/**
 * Counts a call of a tool against the requests of its key; it has no tokens to count.
 * @throws GroundwireError `rate_limited`, `budget_exhausted`.
 */
export async function accountCall(
  { limiter, metrics, usage }: HttpServices,
  request: FastifyRequest,
): Promise<void> {
  const { principal } = request.context;
  await refuseOverBudget(usage, principal);
  const admission = limiter.admit([limitedKey(principal)], 0);
  if (admission.isAdmitted) {
    request.context.limitHeaders = headersOf(admission);
    return;
  }
  metrics.rateLimited(admission.what);
  const seconds = Math.max(1, Math.ceil(admission.retryAfterSeconds));
  throw new GroundwireError(
    "rate_limited",
    `This key has used up its requests for now. Try again in ${seconds} seconds.`,
    { retryAfter: seconds },
  );
}

function limitedKey({ tenant, keyName, rateLimits }: Principal): Limited {
  return { name: `key ${tenant}/${keyName ?? ""}`, limits: rateLimits };
}

/** Hands events on and takes note of the usage. */
export async function* accounted(
  events: AsyncGenerator<AnswerEvent>,
  accounting: Accounting,
): AsyncGenerator<AnswerEvent> {
  for await (const event of events) {
    if (event.type === "usage") accounting.used(event.usage);
    yield event;
  }
}

/** As the service does: what was sent, and the longest answer it asks for. */
function expectedTokens({ body, context, headers }: FastifyRequest): {
  prompt: number;
  completion: number;
} {
  const length = context.rawBody?.length ?? Number(headers["content-length"] ?? 0);
  const limits = body as { max_tokens?: unknown; max_completion_tokens?: unknown }; // checked to be an object before
  const longest = limits.max_completion_tokens ?? limits.max_tokens;
  return {
    prompt: Math.ceil(length / CHARACTERS_PER_TOKEN),
    completion: typeof longest === "number" && longest > 0 ? longest : 0,
  };
}

function headersOf({
  remaining: { requests, tokens },
}: Extract<Admission, { isAdmitted: true }>): Record<string, string> {
  return {
    ...(requests === null ? {} : { "x-ratelimit-remaining-requests": String(requests) }),
    ...(tokens === null ? {} : { "x-ratelimit-remaining-tokens": String(tokens) }),
  };
}
