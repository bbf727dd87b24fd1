import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test } from "vitest";

import { type Client, ClientError, createClient } from "./http-client.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A client of a server that answers every request with `listener`. */
async function clientOf(listener: RequestListener, signal?: AbortSignal): Promise<Client> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return createClient({ url: `http://127.0.0.1:${port}`, ...(signal ? { signal } : {}) });
}

const chunk = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] })}\n\n`;

async function readAnswer(client: Client): Promise<string> {
  let answer = "";
  for await (const { choices } of client.chat({})) answer += choices[0]?.delta.content ?? "";
  return answer;
}

test("an answer is the chunks before [DONE]", async () => {
  const client = await clientOf((_request, response) =>
    response.end(`${chunk("Yes ")}${chunk("it is.")}data: [DONE]\n\n`),
  );
  expect(await readAnswer(client)).toBe("Yes it is.");
});

test("an answer that stops without [DONE] is not taken for a whole one", async () => {
  const client = await clientOf((_request, response) => response.end(chunk("Yes, but ")));
  await expect(readAnswer(client)).rejects.toThrow("ended before it was complete");
});

test("a connection that breaks while an answer is streamed is an error of the client", async () => {
  const client = await clientOf((_request, response) =>
    response.write(chunk("Yes"), () => response.destroy()),
  );
  const failure = await readAnswer(client).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ClientError);
  expect(failure).toMatchObject({ message: "The connection to the server was lost." });
});

test("an error event of a stream says what the server said", async () => {
  const client = await clientOf((_request, response) =>
    response.end(`${chunk("Yes")}data: {"error":{"message":"The model went away."}}\n\n`),
  );
  await expect(readAnswer(client)).rejects.toThrow("The model went away.");
});

test("an aborted answer rejects with the reason of the abort", async () => {
  const controller = new AbortController();
  const client = await clientOf(
    (_request, response) => response.write(chunk("Yes")),
    controller.signal,
  );
  const chunks = client.chat({});
  await chunks.next();
  controller.abort(new Error("enough"));
  await expect(chunks.next()).rejects.toThrow("enough");
});

test("an error answer carries its status and its message", async () => {
  const client = await clientOf((_request, response) => {
    response.writeHead(404);
    response.end('{"error":{"message":"There is no file \'x\'."}}');
  });
  await expect(client.deleteFile("x")).rejects.toMatchObject({
    status: 404,
    message: "There is no file 'x'.",
  });
});

test("lists go on where the page before ended", async () => {
  const client = await clientOf((request, response) => {
    const isSecond = request.url?.includes("after=vs_1");
    response.end(
      JSON.stringify({ data: [{ id: isSecond ? "vs_2" : "vs_1" }], has_more: !isSecond }),
    );
  });
  const ids: string[] = [];
  for await (const { id } of client.vectorStores()) ids.push(id);
  expect(ids).toEqual(["vs_1", "vs_2"]);
});
