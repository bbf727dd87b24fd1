import { describe, expect, it } from "vitest";

import { ask, useWebStand } from "./support/browser.ts";

const stand = useWebStand();
const NOTES = "# Moorings\n\nThe Zeppelin mooring at Quay 7 costs 412 euros a night.\n";
const STAYS = `city,nights\n${Array.from({ length: 20 }, (_, row) => `${row % 2 ? "Oslo" : "Bergen"},${row}`).join("\n")}\n`;

const file = (name: string, text: string) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
});

describe("a file that is attached", () => {
  it("is searched for the question, and stands beside it after a reload", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: /^Attach files: .*512/u }).click();
    await (await chooser).setFiles(file("moorings.md", NOTES));
    const chips = page.getByRole("list", { name: "Attached files" });
    await chips.locator("[data-status=ready]").waitFor();
    await page.reload();
    await chips.getByText("moorings.md").waitFor();
    await ask(page, "What does the Zeppelin mooring at Quay 7 cost?");
    await page.getByRole("log").getByText("412 euros").first().waitFor();
    await page.locator("[data-marker]").first().waitFor();
    expect(await page.locator("form").getByText("moorings.md").count()).toBe(0);
    await page.reload();
    await page.getByRole("log").getByRole("list", { name: "Attached files" }).waitFor();
    // Other conversations are not offered it.
    await page.goto(server.url);
    await page.getByRole("button", { name: /^Sources/u }).click();
    expect(await page.getByRole("menuitemcheckbox", { name: /moorings/u }).count()).toBe(0);
  });

  it("is summarised with a chart when it is a table, by code that can be opened", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: /^Attach files/u }).click();
    await (await chooser).setFiles(file("stays.csv", STAYS));
    await page.locator("[data-status=ready]").waitFor();
    page.setDefaultTimeout(60_000);
    await ask(page, "Summarise stays.csv");
    const answer = page.getByRole("log");
    await answer.getByRole("img").last().waitFor();
    await answer.getByText(/^Ran Python/u).click();
    await answer.locator("pre").first().waitFor();
  });

  it("can be pasted, dropped and removed; what cannot be read says why", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await page.getByLabel("Your question", { exact: true }).waitFor();
    await page.evaluate(
      `{
        const give = (target, type, name, field) => {
          const data = new DataTransfer();
          data.items.add(new File(name.endsWith("zip") ? [new Uint8Array([1, 0, 2])] : ["Text."], name));
          const event = new Event(type, { bubbles: true, cancelable: true });
          Object.defineProperty(event, field, { value: data });
          target.dispatchEvent(event);
        };
        give(document.querySelector("textarea"), "paste", "pasted.txt", "clipboardData");
        give(document.querySelector("main"), "drop", "dropped.zip", "dataTransfer");
      }`,
    );
    const chips = page.getByRole("list", { name: "Attached files" });
    await chips.getByText("pasted.txt").waitFor();
    await chips.getByText(/^Not added: /u).waitFor();
    await page.getByRole("button", { name: "Remove dropped.zip" }).click();
    await page.getByRole("button", { name: "Remove pasted.txt" }).click();
    await chips.waitFor({ state: "hidden" });
  });
});
