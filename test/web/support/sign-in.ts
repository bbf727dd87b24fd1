import type { Page } from "playwright-core";

import type { OpenIdProvider } from "../../support/openid-provider.ts";

/** Signs in at the provider's own pages, as they stand there. */
export async function signInAtProvider(
  page: Page,
  { issuer }: Pick<OpenIdProvider, "issuer">,
  login = "ada",
): Promise<void> {
  await page.waitForURL(`${issuer}/**`);
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}
