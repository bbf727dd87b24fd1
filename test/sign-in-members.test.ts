import { describe, expect, it } from "vitest";

import { createCookieBrowser } from "./support/cookie-browser.ts";
import { startSignInStand } from "./support/sign-in-stand.ts";
import { jsonOf, me, SESSION, SIGN_IN } from "./support/signed-in.ts";

describe("who is let in", () => {
  it.each([
    ["a required group", "  required_groups: [operators]", "grace", "ada"],
    ["a domain of verified addresses", "  allowed_domains: [ACME.example]", "ada", "mallory"],
  ])("is said by %s", async (_name, settings, welcome, stranger) => {
    await using own = await startSignInStand({ settings });
    const { url } = own.server;
    const browser = createCookieBrowser();
    expect(await browser.signIn(url + SIGN_IN, { login: welcome })).toBe(`${url}/`);
    const other = createCookieBrowser();
    const at = new URL(await other.signIn(url + SIGN_IN, { login: stranger }));
    expect(at.searchParams.get("problem")).toBe("not_allowed");
    expect(other.cookies.has(SESSION)).toBe(false);
  });

  it("counts for sessions that have begun before it was said", async () => {
    await using own = await startSignInStand();
    const browser = createCookieBrowser();
    await browser.signIn(own.server.url + SIGN_IN, { login: "ada" });
    const server = await own.restart("  required_groups: [operators]");
    expect(await me(browser, server.url)).toMatchObject({ user: null });
  });

  it("groups of the provider say whose documents are seen", async () => {
    await using own = await startSignInStand({
      rest: "access: { field: group_ids }",
      environment: { GROUNDWIRE_API_KEYS: "default/m:manager" },
    });
    const { server } = own;
    const key = { "api-key": "manager" };
    const store = await server.call("POST", "/openai/v1/vector_stores", { name: "s" }, key);
    const attach = async (name: string, groups: string): Promise<void> => {
      const form = new FormData();
      form.set("purpose", "assistants");
      form.set("file", new File([`The ${name} of the house is green.`], `${name}.md`));
      const made = await fetch(`${server.url}/openai/v1/files`, {
        method: "POST",
        body: form,
        headers: key,
      });
      const { id } = (await jsonOf(made)) as { id: string };
      const body = { file_id: id, attributes: { group_ids: groups } };
      await server.call("POST", `/openai/v1/vector_stores/${store.json.id}/files`, body, key);
    };
    await attach("roof", "staff");
    await attach("door", "operators");
    const filesOf = async (login: string): Promise<string[]> => {
      const browser = createCookieBrowser();
      await browser.signIn(server.url + SIGN_IN, { login });
      const { data } = await jsonOf(await browser.send(`${server.url}/openai/v1/files`));
      return data.map(({ filename }: { filename: string }) => filename).toSorted();
    };
    expect(await filesOf("ada")).toEqual(["roof.md"]);
    expect(await filesOf("grace")).toEqual(["door.md", "roof.md"]);
    expect(await filesOf("mallory")).toEqual([]);
  });
});
