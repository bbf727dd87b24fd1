import { deflateSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ GROUNDWIRE_MAX_FILE_MB: "1", GROUNDWIRE_EXTRACT_SECONDS: "10" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const ASK = "/openai/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "How long is the pier?" }];

describe("a file that cannot be read ends failed with a reason", () => {
  const noise = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256);
  const noiseAsPdf = new Uint8Array([...Buffer.from("%PDF-1.7\n"), ...noise]);

  it.each<[string, string, Uint8Array | string, RegExp]>([
    ["an empty file", "empty.txt", "", /empty/iu],
    ["random bytes that call themselves PDF", "noise.pdf", noiseAsPdf, /PDF/u],
    ["a binary named .txt", "binary.txt", noise, /text/iu],
    [
      "an unknown type",
      "program.wasm",
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 3),
      /type|support/iu,
    ],
    ["a scan without text", "scan.pdf", scanOnly(), /text|scan/iu],
  ])("%s", async (_name, filename, bytes, message) => {
    const store = await server.storeOf({ [filename]: bytes });
    const { json } = await server.call("GET", `/openai/v1/vector_stores/${store}/files`);
    const [file] = json.data;
    expect(file).toMatchObject({ status: "failed" });
    expect(["invalid_file", "unsupported_file"]).toContain(file.last_error.code);
    expect(file.last_error.message).toMatch(message);
  });

  it("leaves its neighbours in the batch alone", async () => {
    const store = await server.storeOf({
      "bad.pdf": noiseAsPdf,
      "good.txt": "The pier is 300 metres long.",
    });
    const answer = await server.call("POST", ASK, {
      model: "o1",
      messages: MESSAGES,
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
    });
    expect(answer.json.choices[0].message.content).toContain("300 metres");
    const { json } = await server.call("GET", `/openai/v1/vector_stores/${store}`);
    expect(json.file_counts).toMatchObject({ completed: 1, failed: 1, total: 2 });
  });
});

describe("a request that cannot be understood is refused in the contract's shape", () => {
  it.each<[string, string, string, unknown, number, RegExp]>([
    ["malformed JSON", "POST", ASK, "{not json", 400, /JSON/u],
    ["no messages", "POST", ASK, { model: "o1" }, 400, /messages/u],
    ["empty messages", "POST", ASK, { model: "o1", messages: [] }, 400, /messages/u],
    [
      "an unknown store",
      "POST",
      ASK,
      storeQuestion("vs_doesnotexist"),
      404,
      /No vector store found with id 'vs_doesnotexist'/u,
    ],
    ["an id of another kind", "POST", ASK, storeQuestion("file-abc"), 400, /begins with 'vs'/u],
    [
      "an unknown source",
      "POST",
      ASK,
      { model: "o1", messages: MESSAGES, data_sources: [{ type: "sharepoint" }] },
      400,
      /sharepoint/u,
    ],
    [
      "a tool this build does not have",
      "POST",
      ASK,
      { model: "o1", messages: MESSAGES, tools: [{ type: "web_search" }] },
      400,
      /Supported values of 'type' are: 'function', 'file_search' and 'code_interpreter'/u,
    ],
    ["an unknown file", "GET", "/openai/v1/files/file-unknown", undefined, 404, /file-unknown/u],
    ["an unknown path", "GET", "/openai/v1/nothing", undefined, 404, /Resource not found/u],
    [
      "an unknown api-version",
      "POST",
      "/openai/deployments/o1/chat/completions?api-version=1999-01-01",
      { messages: MESSAGES },
      404,
      /Resource not found/u,
    ],
    [
      "no api-version",
      "POST",
      "/openai/deployments/o1/chat/completions",
      { messages: MESSAGES },
      404,
      /Resource not found/u,
    ],
    ["a body that is a list", "POST", "/openai/v1/vector_stores", [], 400, /object|dictionary/iu],
    [
      "a list limit out of range",
      "GET",
      "/openai/v1/vector_stores?limit=0",
      undefined,
      400,
      /limit/u,
    ],
  ])("%s", async (_name, method, path, body, status, message) => {
    const answer = await server.call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.json.error.message).toMatch(message);
    expect(answer.headers.get("x-request-id")).toBeTruthy();
  });

  it("invalid UTF-8", async () => {
    const response = await fetch(server.url + ASK, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.concat([
        Buffer.from('{"model":"o1","messages":[{"role":"user","content":"'),
        Buffer.of(0xff, 0xfe),
        Buffer.from('"}]}'),
      ]),
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(
      /UTF-8/u,
    );
  });

  it("a file over the limit, while it is still being sent", async () => {
    await expect(server.upload("big.txt", new Uint8Array(3_000_000))).rejects.toThrow(/413/u);
    const { json } = await server.call("GET", "/openai/v1/files?limit=100");
    expect(json.data.map((file: { filename: string }) => file.filename)).not.toContain("big.txt");
  });
});

function storeQuestion(id: string): Record<string, unknown> {
  return {
    model: "o1",
    messages: MESSAGES,
    data_sources: [{ type: "file_search", parameters: { vector_store_id: id } }],
  };
}

/** One page that only draws a grey image. */
function scanOnly(): Uint8Array {
  const image = deflateSync(Buffer.alloc(100, 128));
  const content = "200 0 0 200 50 50 cm /I Do";
  const objects = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
    Buffer.from(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
    ),
    Buffer.from(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`),
    Buffer.concat([
      Buffer.from(
        `<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /Length ${image.length} >>\nstream\n`,
      ),
      image,
      Buffer.from("\nendstream"),
    ]),
  ];
  let file = Buffer.from("%PDF-1.4\n");
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file = Buffer.concat([
      file,
      Buffer.from(`${index + 1} 0 obj\n`),
      object,
      Buffer.from("\nendobj\n"),
    ]);
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const trailer = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.concat([file, Buffer.from(trailer)]);
}
