import { describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import { vectors } from "./support/model-replies.ts";
import { CHAT, EMBEDDINGS, useStand } from "./support/stand.ts";

const stand = useStand();
const TEXT = "# Harbour rules\n\nThe crane may lift 42 tonnes.\n";
const rules = (name = "rules.md"): File => new File([TEXT], name, { type: "text/markdown" });

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe.each(OFFICIAL_CLIENTS)("resources by $name", ({ connect, errors, apiVersion }) => {
  it("embeds one text or several, as base64 unless told otherwise, in the dimensions asked for", async () => {
    const { embeddings } = connect(stand);
    const embed = async (more: object) => {
      stand.model.next(vectors);
      const answer = await embeddings.create({ model: EMBEDDINGS, input: "a", ...more });
      return answer.data.map(({ embedding }) => [...embedding]);
    };
    expect(await embed({})).toEqual([[0, 0.25, 0.5]]);
    expect(await embed({ encoding_format: "float" })).toEqual([[0, 0.25, 0.5]]);
    expect(await embed({ input: ["a", "b"], dimensions: 2 })).toEqual([
      [0, 0.25],
      [1, 1.25],
    ]);
    expect(await embed({ input: [[1, 2], [3]] })).toHaveLength(2);
  });

  it("uploads, lists, reads and deletes files", async () => {
    const { files } = connect(stand);
    const uploaded = await files.create({ file: rules("røle.md"), purpose: "assistants" });
    expect(uploaded).toMatchObject({ filename: "røle.md", bytes: Buffer.byteLength(TEXT) });
    expect(await files.retrieve(uploaded.id)).toMatchObject({ id: uploaded.id });
    const second = await files.create({ file: rules(), purpose: "user_data" });
    const listed = await all(files.list({ purpose: "assistants" }));
    expect(listed.map(({ id }) => id)).toEqual([uploaded.id]);
    expect(await (await files.content(uploaded.id)).text()).toBe(TEXT);
    for (const { id } of [uploaded, second])
      expect(await files.delete(id)).toMatchObject({ id, deleted: true });
    const gone = await files.retrieve(uploaded.id).then(String, (error: unknown) => error);
    expect(gone).toBeInstanceOf(errors.NotFoundError);
  });

  it("creates, reads, changes, lists and deletes vector stores", async () => {
    const { vectorStores } = connect(stand);
    const store = await vectorStores.create({
      name: "harbour",
      metadata: { team: "dock" },
      expires_after: { anchor: "last_active_at", days: 3 },
    });
    expect(await vectorStores.retrieve(store.id)).toMatchObject({ name: "harbour" });
    const changed = await vectorStores.update(store.id, { name: "port", metadata: { team: "x" } });
    expect(changed).toMatchObject({ name: "port", metadata: { team: "x" } });
    expect(await all(vectorStores.list({ limit: 1 }))).toMatchObject([{ id: store.id }]);
    const nameless = await vectorStores.create({});
    expect(await vectorStores.delete(nameless.id)).toMatchObject({ deleted: true });
    expect(await vectorStores.delete(store.id)).toMatchObject({ id: store.id, deleted: true });
    const gone = await vectorStores.retrieve(store.id).then(String, (error: unknown) => error);
    expect(gone).toBeInstanceOf(errors.NotFoundError);
    expect(gone).toMatchObject({ requestID: expect.stringMatching(/^[\w-]{36}$/u) });
  });

  it("attaches a file, waits for it, searches it, reads its text and detaches it", async () => {
    const { files, vectorStores } = connect(stand);
    const store = await vectorStores.create({ name: "harbour" });
    const file = await files.create({ file: rules(), purpose: "assistants" });
    const attached = await vectorStores.files.createAndPoll(store.id, {
      file_id: file.id,
      attributes: { hall: "B", floor: 2 },
      chunking_strategy: {
        type: "static",
        static: { max_chunk_size_tokens: 400, chunk_overlap_tokens: 100 },
      },
    });
    expect(attached).toMatchObject({ status: "completed", last_error: null });
    const at = { vector_store_id: store.id };
    expect(await vectorStores.files.retrieve(file.id, at)).toMatchObject({ id: file.id });
    const changed = await vectorStores.files.update(file.id, { ...at, attributes: { hall: "C" } });
    expect(changed.attributes).toEqual({ hall: "C" });
    expect(await all(vectorStores.files.list(store.id))).toMatchObject([{ id: file.id }]);
    const found = await vectorStores.search(store.id, {
      query: "How much may the crane lift?",
      filters: { type: "eq", key: "hall", value: "C" },
    });
    expect(found.data[0]?.content[0]?.text).toContain("42 tonnes");
    const content = await all(vectorStores.files.content(file.id, at));
    expect(content.map(({ text }) => text).join("")).toContain("42 tonnes");
    expect(await vectorStores.files.delete(file.id, at)).toMatchObject({ deleted: true });
    await vectorStores.delete(store.id);
    await files.delete(file.id);
  });

  it("attaches a batch, waits for it, and is told which of its files cannot be read", async () => {
    const { files, vectorStores } = connect(stand);
    const store = await vectorStores.create({ name: "harbour" });
    const uploads = [rules("one.md"), rules("two.md"), new File(["x"], "broken.pdf")];
    const batch = await vectorStores.fileBatches.uploadAndPoll(store.id, { files: uploads });
    expect(batch).toMatchObject({
      status: "completed",
      file_counts: { completed: 2, failed: 1, total: 3 },
    });
    const at = { vector_store_id: store.id };
    expect(await vectorStores.fileBatches.retrieve(batch.id, at)).toMatchObject({ id: batch.id });
    const listed = await all(
      vectorStores.fileBatches.listFiles(batch.id, { ...at, filter: "failed" }),
    );
    const isOlder = apiVersion !== null && apiVersion < "2024-12-01";
    const code = isOlder ? "parsing_error" : "invalid_file";
    expect(listed).toMatchObject([{ status: "failed", last_error: { code } }]);
    const cancelled = await vectorStores.fileBatches.cancel(batch.id, at);
    expect(cancelled.id).toBe(batch.id);
    for (const { id } of await all(vectorStores.files.list(store.id))) await files.delete(id);
    await vectorStores.delete(store.id);
  });

  it("lists the deployments as models", async () => {
    const { models } = connect(stand);
    expect((await all(models.list())).map(({ id }) => id)).toContain(CHAT);
    expect(await models.retrieve(CHAT)).toMatchObject({ id: CHAT, object: "model" });
  });
});
