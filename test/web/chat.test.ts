import { describe, expect, it } from "vitest";

import { ask, highlighted, useWebStand } from "./support/browser.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";

const stand = useWebStand();

describe("a question", () => {
  it("is one of those offered, and answered with a number that opens the source", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await page.getByRole("button", { name: LEAVE }).click();
    await page.locator("[data-marker]").first().click();
    const bay = page.getByRole("complementary", { name: "Source" });
    await bay.getByText("handbook.md").waitFor();
    await expect.poll(() => highlighted(page)).toContain("Full-time employees get 27 days");
    await page.keyboard.press("Escape");
    await bay.waitFor({ state: "hidden" });
  });

  it("that is asked before the page knows the sources goes to them all the same", async () => {
    const { page, server } = stand;
    const late = Promise.withResolvers<void>();
    await page.route("**/groundwire/sources", async (route) => {
      await late.promise;
      await route.continue();
    });
    await page.goto(server.url);
    await page.getByLabel("Your question", { exact: true }).fill("How long is probation?");
    await page.keyboard.press("Enter");
    late.resolve();
    await page.locator("[data-marker]").first().waitFor();
  });

  it("is there again after a reload, with its answer and its sources", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, "When is a doctor's note needed?");
    await page.reload();
    await page
      .getByRole("heading", { name: "When is a doctor's note needed?", level: 2 })
      .waitFor();
    await page.locator("[data-marker]").first().click();
    await expect.poll(() => highlighted(page)).toContain("From the third day on");
  });

  it("can be answered again and changed; every version stays", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, "How long must a password be?");
    await page.getByRole("button", { name: "Answer again" }).click();
    await page.getByText("2 of 2").waitFor();
    await page.getByRole("button", { name: "Edit the question" }).click();
    await page.getByLabel("Your question, changed").fill("How long is probation?");
    await page.keyboard.press("Enter");
    await page.getByText("Probation is six months.").waitFor();
    await page.getByRole("button", { name: "Previous version" }).first().click();
    await page.getByText("A password has at least 14 characters.").waitFor();
  });

  it("is followed by what else the documents say, which is asked by one press", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, LEAVE);
    const besides = page.getByRole("region", { name: "Also in the documents" });
    const offered = besides.getByRole("button", { name: /^Ask about/u });
    const first = (await offered.first().textContent()) ?? "";
    await page.reload();
    await besides.getByRole("button", { name: `Ask about: ${first}` }).press("Enter");
    await page.getByRole("heading", { name: first, level: 2 }).waitFor();
    const answers = page.getByRole("article").last();
    await answers.locator("[data-marker]").first().waitFor();
    expect(await answers.getByText("is not found").count()).toBe(0);
    expect(await offered.filter({ hasText: first }).count()).toBe(0);
  });

  it("without an answer in the documents is refused in words, without a number", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, "What is the capital of Peru?");
    await page.getByText("The requested information is not found").waitFor();
    expect(await page.locator("[data-marker]").count()).toBe(0);
  });

  it("that fails says why in the thread, and can be asked again", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await page.route("**/chat/completions", (route) => route.abort());
    await page.getByLabel("Your question", { exact: true }).fill("How long must a password be?");
    await page.keyboard.press("Enter");
    const failure = page.getByRole("alert").getByText("The connection to the server is lost.");
    await failure.waitFor();
    await page.unroute("**/chat/completions");
    await page.getByRole("button", { name: /again/iu }).first().click();
    await page.getByText("A password has at least 14 characters.").waitFor();
  });
});

describe("what stands behind an answer", () => {
  it("is told in tabs: what was found, what was used, and each step", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, LEAVE);
    await page.getByRole("button", { name: "How it was answered" }).click();
    await page.getByText("As it was asked").waitFor();
    await page.getByRole("tab", { name: /All retrieved/u }).click();
    await page.getByText("Used:").first().waitFor();
  });

  it("is there after a reload, too: what was found is fetched when it is looked at", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, LEAVE);
    await page.getByRole("button", { name: "How it was answered" }).click();
    const tab = page.getByRole("tab", { name: /All retrieved/u });
    const name = await tab.textContent();
    await page.reload();
    await page.getByText("As it was asked").waitFor();
    expect(await tab.textContent()).toBe(name);
    expect(name).toMatch(/ [1-9]/u);
    await tab.click();
    await page.getByRole("button", { name: "Show in document" }).first().waitFor();
    await page.locator("[data-used=true]", { hasText: /days/u }).first().waitFor();
  });

  it("is judged with reasons and words, which operators read", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, LEAVE);
    await page.getByRole("button", { name: "Bad answer" }).click();
    await page.getByLabel("Citations are wrong").check();
    await page.getByLabel("In your words (optional)").fill("Page 7");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("button[aria-pressed=true]", { hasText: "" }).first().waitFor();
    await expect
      .poll(
        async () =>
          (await server.call("GET", "/groundwire/feedback")).json.data[0]?.message.feedback,
      )
      .toMatchObject({ thumb: "down", reasons: ["citations wrong"], text: "Page 7" });
  });
});

describe("conversations", () => {
  it("are found by words, renamed, pinned, exported and deleted", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, "Which travel class may I book on long rail trips?");
    const rail = page.getByRole("navigation", { name: "Conversations" });
    await rail.getByLabel("Search conversations").fill("rail trips");
    await rail.getByRole("link", { name: /Which travel class/u }).waitFor();
    await rail.getByRole("link", { name: /doctor/u }).waitFor({ state: "detached" });
    await rail.getByRole("button", { name: "Clear the search" }).click();

    const menu = () => page.getByRole("button", { name: "More about this conversation" }).last();
    await menu().click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByLabel("Title of the conversation").fill("Rail");
    await page.keyboard.press("Enter");
    await rail.getByRole("link", { name: "Rail" }).waitFor();

    await menu().click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Export as Markdown" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("Rail.md");

    await menu().click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await rail.getByRole("link", { name: "Rail" }).waitFor({ state: "detached" });
  });
});

it("a chart that code has made is shown, and saved", async () => {
  const { page, server } = stand;
  const file = await server.upload("stays.csv", "city,nights\nOslo,2\nBergen,3\n");
  const conversation = await server.call("POST", "/groundwire/conversations", {});
  const { id } = conversation.json;
  await server.call("POST", "/openai/v1/chat/completions", {
    model: "groundwire",
    conversation_id: id,
    messages: [{ role: "user", content: "Summarise stays.csv" }],
    tools: [{ type: "code_interpreter" }],
    tool_resources: { code_interpreter: { file_ids: [file] } },
  });
  await page.goto(`${server.url}/c/${id}`);
  const picture = page.getByRole("log").getByRole("img").last();
  await picture.waitFor();
  await expect
    .poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth))
    .toBeGreaterThan(100);
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("button", { name: /^Download/u })
      .last()
      .click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/\.(?:png|svg)$/u);
  // The page was not there when it ran: it is kept.
  const step = page.getByRole("log").getByText(/^Ran Python/u);
  await step.click();
  await page.getByRole("log").getByText("stays.csv").first().waitFor();
  await expect.poll(() => page.getByRole("log").locator("pre").count()).toBe(2);
});
