import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";

import { conversation, message } from "../testing/conversation-records.ts";
import type { Owner } from "./conversation-store.ts";
import { encryptConversations } from "./encrypted.ts";
import { openMemoryDriver } from "./memory.ts";
import { searchBySignature } from "./search-by-signature.ts";
import { PUBLIC_KEY, type Signature } from "./signature.ts";

const ANN: Owner = { tenant: "acme", name: "ann" };
const COUNT = 200;

test("a search reads few of the texts that do not hold it", async () => {
  const driver = openMemoryDriver();
  const read: string[] = [];
  const watched = {
    ...driver,
    texts: (owner: Owner, ids: string[]) => {
      read.push(...ids);
      return driver.texts(owner, ids);
    },
  };
  const store = searchBySignature(watched, () => PUBLIC_KEY);
  for (let index = 0; index < COUNT; index++) {
    const id = `conv_${index}`;
    await store.create(conversation(id));
    const text = index === 7 ? "The zebra crossing" : `Leave of department ${index}, and parking`;
    await store.append(ANN, id, { messages: [message(`msg_${index}`, { text })], now: 1_000 });
  }
  const { data } = await store.list(ANN, { limit: 10, search: "zebra" });
  expect(data.map(({ id }) => id)).toEqual(["conv_7"]);
  expect(read).toContain("conv_7");
  expect(read.length).toBeLessThan(COUNT / 10);
});

test("the same words of two owners, or under two keys, cannot be told to be the same", async () => {
  const signatures: (Signature | undefined)[] = [];
  for (const key of [randomBytes(32), randomBytes(32)]) {
    const driver = openMemoryDriver();
    const store = encryptConversations(
      {
        ...driver,
        create: (created) => {
          signatures.push(created.titleSignature);
          return driver.create(created);
        },
      },
      key,
    );
    for (const name of ["ann", "bob"]) {
      const owner = { tenant: "acme", name };
      await store.create(conversation(`conv_${name}`, { owner, title: "Parental leave" }));
    }
  }
  const distinct = new Set(
    signatures.map((signature) => Buffer.from(signature ?? []).toString("hex")),
  );
  expect(distinct.size).toBe(4);
});
