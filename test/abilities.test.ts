import { expect, it } from "vitest";

import { startTestServer } from "./support/server.ts";

it("clients are told what they may offer", async () => {
  await using off = await startTestServer({
    GROUNDWIRE_CODE_INTERPRETER: "off",
    GROUNDWIRE_MAX_FILE_MB: "2",
  });
  expect((await off.call("GET", "/groundwire/abilities")).json).toEqual({
    object: "groundwire.abilities",
    code_interpreter: false,
    max_file_bytes: 2 * 1024 * 1024,
    page: { title: null, description: null, questions: [], suggestions: true },
  });
  await using usual = await startTestServer();
  expect((await usual.call("GET", "/groundwire/abilities")).json.code_interpreter).toBe(true);
});

it("stores that hold the files of one conversation are told from others", async () => {
  await using server = await startTestServer();
  const create = async (metadata: object): Promise<string> =>
    (await server.call("POST", "/openai/v1/vector_stores", { name: "s", metadata })).json.id;
  const [own, other] = [await create({ conversation: "files" }), await create({})];
  const { data } = (await server.call("GET", "/groundwire/sources")).json;
  expect(data.map(({ id, of_conversation: is }: any) => [id, is])).toEqual([
    [other, false],
    [own, true],
  ]);
});
