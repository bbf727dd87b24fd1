import { afterAll, beforeAll, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { wholeText } from "./conformance/support/model-replies.ts";
import type { CookieBrowser } from "./support/cookie-browser.ts";
import { type SignInStand, startSignInStand } from "./support/sign-in-stand.ts";
import { jsonOf, signedIn } from "./support/signed-in.ts";

let stand: SignInStand;
let model: ScriptedUpstream;
beforeAll(async () => {
  model = await startScriptedUpstream();
  model.otherwise(wholeText("Hello."));
  stand = await startSignInStand({
    settings: "  budget: { tokens: 20, per: day }",
    environment: { OPENAI_BASE_URL: model.baseUrl },
  });
});
afterAll(async () => {
  await stand[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

const ask = (browser: CookieBrowser): Promise<Response> =>
  browser.send(`${stand.server.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: {
      origin: stand.server.url,
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] }),
  });

it("a budget of people who sign in is each one's own, and is used up in all of their sessions", async () => {
  const ada = await signedIn(stand.server.url, "ada");
  const { usage: spent } = await jsonOf(await ask(ada));
  expect(spent.total_tokens).toBeGreaterThan(20);
  const asked = model.calls.length;
  const refused = await ask(ada);
  expect(refused.status).toBe(429);
  expect((await jsonOf(refused)).error).toMatchObject({ code: "insufficient_quota" });
  const elsewhere = await signedIn(stand.server.url, "ada");
  expect((await ask(elsewhere)).status).toBe(429);
  expect(model.calls).toHaveLength(asked);

  const grace = await signedIn(stand.server.url, "grace");
  expect((await ask(grace)).status).toBe(200);
  const usage = await ada.send(`${stand.server.url}/groundwire/usage`);
  expect((await jsonOf(usage)).budget).toMatchObject({
    tokens: 20,
    used: { tokens: spent.total_tokens },
  });
});
