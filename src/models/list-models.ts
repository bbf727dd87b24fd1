import type { Dispatcher } from "undici";
import { z } from "zod";

import type { UpstreamSettings } from "../config/settings.ts";
import { parseJson } from "../util/parse-json.ts";

const PATIENCE_MS = 5_000;

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Names of the models a server offers; none when it does not say. Azure lists models, not deployments, and is not asked. */
export async function listModels(
  upstream: UpstreamSettings,
  { dispatcher, signal }: { dispatcher: Dispatcher; signal: AbortSignal },
): Promise<string[]> {
  if (upstream.type === "azure_openai") return [];
  const { origin, pathname } = new URL(`${upstream.baseUrl}/models`);
  try {
    const reply = await dispatcher.request({
      origin,
      path: pathname,
      method: "GET",
      headers: upstream.apiKey === null ? {} : { authorization: `Bearer ${upstream.apiKey}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const parsed = listSchema.safeParse(parseJson(await reply.body.text()));
    return parsed.success ? parsed.data.data.map(({ id }) => id) : [];
  } catch {
    signal.throwIfAborted();
    return [];
  }
}
