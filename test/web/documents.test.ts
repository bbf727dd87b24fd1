import { describe, expect, it } from "vitest";

import { ask, useWebStand } from "./support/browser.ts";

const stand = useWebStand();

async function makeStore(name: string): Promise<void> {
  const { page, server } = stand;
  await page.goto(`${server.url}/documents`);
  await page.getByRole("button", { name: "New store" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name }).waitFor();
}

async function add(name: string, text: string): Promise<void> {
  const files = { name, mimeType: "text/plain", buffer: Buffer.from(text) };
  await stand.page.locator('input[type="file"]').first().setInputFiles(files);
}

describe("the documents page", () => {
  it("makes a store, reads what is added and answers from it", async () => {
    const { page } = stand;
    await makeStore("Harbour");
    await add("berths.md", "# Berths\n\nBerth 7 is 240 metres long.\n");
    await page
      .getByRole("row", { name: /berths\.md/u })
      .getByText("Ready")
      .waitFor();
    await page.getByRole("button", { name: "More about this store" }).click();
    await page.getByRole("menuitem", { name: "Ask this store" }).click();
    await ask(page, "How long is berth 7?");
    await page.getByText("Berth 7 is 240 metres long.").waitFor();
  });

  it("says why a document cannot be read, and lets go of it", async () => {
    const { page } = stand;
    await makeStore("Broken");
    await add("broken.pdf", "%PDF-1.7 nothing");
    const row = page.getByRole("row", { name: /broken\.pdf/u });
    await row.getByText("Failed", { exact: true }).waitFor();
    expect(await row.innerText()).toMatch(/PDF/u);
    await row.getByRole("button", { name: "More about broken.pdf" }).click();
    await page.getByRole("menuitem", { name: "Delete", exact: true }).click();
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: /^Delete/u })
      .click();
    await row.waitFor({ state: "detached" });
  });

  it("shows the passages of a document", async () => {
    const { page, server } = stand;
    await page.goto(`${server.url}/documents`);
    await page.getByRole("button", { name: /Sample handbook/u }).click();
    await page.getByRole("row", { name: /handbook\.md/u }).click();
    await page.getByRole("tab", { name: "Passages" }).click();
    await page.getByText("Full-time employees get 27 days").first().waitFor();
  });
});
