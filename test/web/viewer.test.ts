import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { pptxOf, slideShape } from "../../src/testing/office-writer.ts";
import { ask, highlighted, useWebStand } from "./support/browser.ts";

const stand = useWebStand();

describe("a marker opens the document at the passage", () => {
  it("of a PDF, drawn, with rectangles over the cited words", async () => {
    const { page, server } = stand;
    await page.goto(server.url);
    await ask(page, "How long must a password be?");
    await page.locator("[data-marker]").first().click();
    const mark = page.getByLabel("Cited passage, page 1");
    await mark.first().waitFor();
    const canvas = page.locator("canvas").first();
    await canvas.waitFor();
    const [page1, rectangle] = await Promise.all([
      canvas.boundingBox(),
      mark.first().boundingBox(),
    ]);
    expect(rectangle?.width).toBeGreaterThan(50);
    expect(rectangle?.y).toBeGreaterThan(page1?.y ?? 0);
  });

  it.each([
    ["travel-policy.docx", "Which travel class may I book on long rail trips?"],
    ["handbook.md", "When is a doctor's note needed?"],
    ["rates.csv", "What does a night cost in Bergen?"],
    ["notes.txt", "Who keeps the spare key of the boat house?"],
    ["page.html", "What colour is the buoy at the north pier?"],
    ["fees.py", "What is the mooring fee per metre?"],
    ["travel-rates.xlsx", "What is the hotel limit in London?"],
    ["lighthouse.pptx", "How high is the lighthouse of the island?"],
  ])("of %s, in the text", async (name, question) => {
    const { page, server } = stand;
    await page.goto(server.url);
    await page.getByRole("button", { name: /^Sources/u }).waitFor();
    if (name in OTHERS) await otherStore();
    await page.goto(server.url);
    await ask(page, question);
    await page.locator("[data-marker]").first().click();
    await page.getByRole("complementary", { name: "Source" }).getByText(name).first().waitFor();
    await expect.poll(() => highlighted(page)).not.toBe("");
  });
});

const LIGHTHOUSE = [{ shapes: slideShape(["The lighthouse of the island is 41 metres high."]) }];
const OTHERS: Record<string, string | Promise<Buffer>> = {
  "lighthouse.pptx": pptxOf(LIGHTHOUSE),
  "rates.csv": "city,night\nBergen,142 euros\nOslo,180 euros\n",
  "notes.txt": "The harbour master keeps the spare key of the boat house.\n",
  "page.html": "<h1>Buoys</h1><p>The buoy at the north pier is orange.</p>",
  "fees.py": "# The mooring fee per metre is 3 euros.\nMOORING_FEE_PER_METRE = 3\n",
};
let isThere = false;

/** Added to the store that is asked. */
async function otherStore(): Promise<void> {
  if (isThere) return;
  isThere = true;
  const { server } = stand;
  for (const [name, text] of Object.entries(OTHERS)) {
    const id = await server.upload(name, await text);
    await server.call("POST", "/openai/v1/vector_stores/vs_samplehandbook/files", { file_id: id });
  }
}

it("the original of a document is downloaded as it was", async () => {
  const { page, server } = stand;
  await page.goto(server.url);
  await ask(page, "How long must a password be?");
  await page.locator("[data-marker]").first().click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("it-security.pdf");
  const sample = await readFile(new URL("../../samples/it-security.pdf", import.meta.url));
  expect((await readFile(await file.path())).equals(sample)).toBe(true);
});
