import { expect, it } from "vitest";

import { ask, expectAccessible, useWebStand } from "./support/browser.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";
const stand = useWebStand();

it("a conversation is shared by a link, read there with its passages, and no longer when sharing stops", async () => {
  const { page, browser, server } = stand;
  await page.goto(server.url);
  await ask(page, LEAVE);
  await page.getByRole("button", { name: "More about this conversation" }).last().click();
  await page.getByRole("menuitem", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this conversation" });
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const address = await dialog.getByLabel("Link").inputValue();
  await expectAccessible(page);

  const reader = await browser.newPage({ viewport: { width: 360, height: 740 } });
  reader.setDefaultTimeout(10_000);
  await reader.goto(address);
  await reader.getByRole("heading", { name: LEAVE, level: 2 }).waitFor();
  await reader.locator("[data-marker]").first().click();
  const passage = reader.getByRole("region", { name: /^Source 1/u });
  await passage.locator("mark", { hasText: "Full-time employees get 27 days" }).waitFor();
  expect(await reader.evaluate("document.activeElement?.id")).toBe("document-bay");
  expect(await reader.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(await reader.getByRole("textbox").count()).toBe(0);
  await expectAccessible(reader);
  await reader.keyboard.press("Escape");
  await passage.waitFor({ state: "detached" });

  await dialog.getByRole("button", { name: "Stop sharing" }).click();
  await dialog.getByRole("button", { name: "Make a link" }).waitFor();
  await reader.reload();
  await reader.getByRole("alert").getByText("is not shared any more").waitFor();
  await reader.close();
});
