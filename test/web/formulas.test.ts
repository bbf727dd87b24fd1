import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../../src/testing/scripted-upstream.ts";
import { ask, expectAccessible, useWebStand } from "./support/browser.ts";
import { sayOneModel } from "./support/one-model.ts";

const ANSWER = String.raw`The energy is $E = mc^2$, and \(\sqrt{2}\) costs $5 or $10.

$$
\int_0^1 \frac{x^2}{2}\,dx
= \frac{1}{6}
$$

Not TeX: $\nothing{$. Not allowed: \(\href{javascript:alert(1)}{x}\).

Wide:

\[ ${Array.from({ length: 60 }, (_, index) => `x_{${index}}`).join(" + ")} \]
`;

let model: ScriptedUpstream;
beforeAll(async () => {
  model = await startScriptedUpstream();
  const answer = streamOf(ANSWER.match(/.{1,7}/gsu) ?? []);
  model.otherwise((reply, { path }) =>
    path.endsWith("/models") ? sayOneModel(reply) : answer(reply),
  );
});
afterAll(() => model[Symbol.asyncDispose]());
const stand = useWebStand(() => ({ OPENAI_BASE_URL: model.baseUrl }));

async function openPage(page: Page): Promise<void> {
  await page.addInitScript(
    `localStorage.setItem("groundwire-preferences", JSON.stringify({ sources: "" }))`,
  );
  await page.goto(stand.server.url, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Sources: No sources" }).waitFor();
}

describe("formulas of an answer", () => {
  it("are drawn as mathematics that can be read; prices and what is no formula stay words", async () => {
    const { page, server } = stand;
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await openPage(page);
    expect(asked.some((url) => url.includes("drawn-formula"))).toBe(false);
    await ask(page, "What is the energy?");
    const thread = page.getByRole("log");
    await thread.locator("math").nth(3).waitFor();
    expect(await thread.locator("math").count()).toBe(4);
    expect(await thread.locator("math msup").first().textContent()).toBe("c2");
    await thread.getByText("costs $5 or $10.").waitFor();
    await thread.getByText(String.raw`\href{javascript:alert(1)}{x}`).waitFor();
    expect(asked.every((url) => url.startsWith(server.url))).toBe(true);
    await expectAccessible(page);
  });

  it("fit a phone of 360 pixels", async () => {
    const { page } = stand;
    await page.setViewportSize({ width: 360, height: 740 });
    await openPage(page);
    await ask(page, "What is the energy on a phone?");
    await page.getByRole("log").locator("math").nth(3).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });

  it("are copied as TeX", async () => {
    const { page } = stand;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await openPage(page);
    await ask(page, "What is copied?");
    await page.getByRole("log").locator("math").nth(3).waitFor();
    await page.evaluate(`getSelection().selectAllChildren(document.querySelector("[role=log]"))`);
    await page.keyboard.press("Control+c");
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(copied).toContain(String.raw`The energy is $E = mc^2$, and \(\sqrt{2}\) costs $5`);
    expect(copied).toContain(String.raw`\int_0^1 \frac{x^2}{2}\,dx`);
  });

  it("stay as they were written where what draws them cannot be loaded", async () => {
    const { page } = stand;
    await page.route(/drawn-formula/u, (route) => route.abort());
    await openPage(page);
    await ask(page, "And without?");
    await page.getByRole("log").getByText("$E = mc^2$").waitFor();
  });
});
