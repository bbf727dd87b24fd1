import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, it } from "vitest";

import { useWebStand } from "./support/browser.ts";

const folder = mkdtempSync(join(tmpdir(), "groundwire-page-"));
const stand = useWebStand(() => {
  const path = join(folder, "groundwire.yaml");
  writeFileSync(
    path,
    `page:
  title: Harbour desk
  description: Ask about leave, travel and the office.
  questions: [How long must a password be?]
`,
  );
  return { GROUNDWIRE_CONFIG: path };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the page has the name, the description and the questions of the configuration", async () => {
  const { page, server } = stand;
  await page.goto(server.url);
  await page.getByRole("link", { name: "Harbour desk" }).waitFor();
  await page.getByText("Ask about leave, travel and the office.").waitFor();
  expect(await page.title()).toBe("Harbour desk");
  expect(await page.getByRole("button", { name: "How many days of annual leave" }).count()).toBe(0);
  await page.getByRole("button", { name: "How long must a password be?" }).click();
  await page.getByText("14 characters").first().waitFor();
  await page.waitForFunction("document.title.endsWith('– Harbour desk')");
});
