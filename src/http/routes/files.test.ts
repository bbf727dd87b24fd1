import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { form, startTestApp } from "../../testing/http-services.ts";
import type { TestApp } from "../../testing/http-services.ts";

let server: TestApp;

beforeEach(async () => {
  server = await startTestApp();
});

afterEach(() => server[Symbol.asyncDispose]());

const VERSION = "api-version=2024-12-01-preview";

/** Bytes in, bytes out, as a client with its own ideas of HTTP would send them. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(bytes);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  await once(socket, "close");
  return answer;
}

describe("files", () => {
  test("the v1 route answers 200, the dated one 201 with the place of the file", async () => {
    const upload = form({ file: new File(["hello"], "a b.txt"), purpose: "assistants" });
    const v1 = await server.call("/openai/v1/files", upload);
    expect(v1.status).toBe(200);
    expect(v1.json).toMatchObject({
      object: "file",
      bytes: 5,
      filename: "a b.txt",
      purpose: "assistants",
      status: "processed",
    });
    const dated = await server.call(`/openai/files?${VERSION}`, upload);
    expect(dated.status).toBe(201);
    const place = await server.call(dated.headers.get("location") ?? "");
    expect(place.json).toEqual(dated.json);
  });

  test("the guide's upload, a form labelled as JSON with its purpose as a file part, is understood", async () => {
    const boundary = "1358f1dc99fefb76920f5c5d98fdc158";
    const body = [
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="mydocument.pdf"',
      "Content-Type: application/pdf",
      "",
      "%PDF-1.7",
      `--${boundary}`,
      'Content-Disposition: form-data; name="purpose"; filename="purpose"',
      "",
      "file-search",
      `--${boundary}--`,
      "",
    ].join("\r\n");
    const { status, json } = await server.post(`/openai/files?${VERSION}`, body);
    expect([status, json.filename, json.bytes, json.purpose]).toEqual([
      201,
      "mydocument.pdf",
      8,
      "assistants",
    ]);
  });

  test("the same form is understood when it arrives byte by byte", async () => {
    const body =
      '--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\nhi\r\n--b--\r\n';
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.setNoDelay(true);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.write(
      `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    for (const character of body) {
      socket.write(character);
      await new Promise(setImmediate);
    }
    await once(socket, "close");
    expect(answer).toContain("200 OK");
    expect(answer).toContain('"filename":"x.txt"');
  });

  test("names in UTF-8 come back in the content's disposition, and the bytes as they were", async () => {
    const { json } = await server.call(
      "/openai/v1/files",
      form({ file: new File(["<script>"], "Prüfung 表.html"), purpose: "assistants" }),
    );
    expect(json.filename).toBe("Prüfung 表.html");
    const { text, headers } = await server.call(`/openai/v1/files/${json.id}/content`);
    expect(text).toBe("<script>");
    expect(headers.get("content-type")).toBe("text/html");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-disposition")).toBe(
      "attachment; filename=\"Pr_fung _.html\"; filename*=UTF-8''Pr%C3%BCfung%20%E8%A1%A8.html",
    );
  });

  test.each([
    ["bytes=2-4", 206, "cde", "bytes 2-4/8"],
    ["bytes=5-", 206, "fgh", "bytes 5-7/8"],
    ["bytes=-3", 206, "fgh", "bytes 5-7/8"],
    ["bytes=2-400", 206, "cdefgh", "bytes 2-7/8"],
    ["bytes=9-", 416, "", "bytes */8"],
    ["bytes=1-2,4-5", 200, "abcdefgh", null],
    ["rows=1-2", 200, "abcdefgh", null],
  ])("range %s answers %i %s", async (range, status, text, contentRange) => {
    const { json } = await server.call(
      "/openai/v1/files",
      form({ file: new File(["abcdefgh"], "x.pdf"), purpose: "assistants" }),
    );
    const reply = await server.call(`/openai/v1/files/${json.id}/content`, { headers: { range } });
    expect([reply.status, reply.text, reply.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test("lists page through with limit and after, and say whether there is more", async () => {
    const ids: string[] = [];
    for (const name of ["1", "2", "3"]) {
      const { json } = await server.call(
        "/openai/v1/files",
        form({ file: new File([name], name), purpose: "assistants" }),
      );
      ids.push(json.id);
    }
    const first = await server.call("/openai/v1/files?limit=2&order=asc");
    expect([first.json.data.length, first.json.has_more]).toEqual([2, true]);
    const second = await server.call(
      `/openai/v1/files?limit=2&order=asc&after=${first.json.last_id}`,
    );
    expect([second.json.data.length, second.json.has_more]).toEqual([1, false]);
    expect(new Set([...first.json.data, ...second.json.data].map((file: any) => file.id))).toEqual(
      new Set(ids),
    );
  });

  test("a deleted file is gone", async () => {
    const { json } = await server.call(
      "/openai/v1/files",
      form({ file: new File(["x"], "x.txt"), purpose: "assistants" }),
    );
    const deleted = await server.call(`/openai/v1/files/${json.id}`, { method: "DELETE" });
    expect(deleted.json).toEqual({ id: json.id, object: "file", deleted: true });
    expect((await server.call(`/openai/v1/files/${json.id}`)).status).toBe(404);
  });

  describe("that cannot be taken", () => {
    async function expectNoBytesLeft(): Promise<void> {
      const { dataDir } = server.services.settings;
      const left = (await readdir(dataDir, { recursive: true })).filter((name) =>
        name.includes("file-"),
      );
      expect(left).toEqual([]);
    }

    test.each([
      [{ purpose: "assistants" }, "file", "Missing required parameter: 'file'."],
      [{ file: new File(["x"], "x.txt") }, "purpose", "Missing required parameter: 'purpose'."],
      [
        { file: new File(["x"], "x.txt"), purpose: "party" },
        "purpose",
        "Invalid value for 'purpose'",
      ],
      [
        { file: new File(["x"], "x.txt"), purpose: "assistants", "expires_after[seconds]": "1" },
        "expires_after[seconds]",
        "greater than or equal to 3600",
      ],
    ])("%j: the field at fault is named and no bytes stay", async (fields, param, message) => {
      const { status, json } = await server.call("/openai/v1/files", form(fields));
      expect([status, json.error.param, json.error.message]).toEqual([
        400,
        param,
        expect.stringContaining(message),
      ]);
      await expectNoBytesLeft();
    });

    test("an empty body, an empty chunked body and a body that is no form are answered, not waited for", async () => {
      for (const rest of [
        "content-length: 0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "content-length: 2\r\n\r\n{}",
      ]) {
        const answer = await raw(
          `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n${rest}`,
        );
        expect(answer).toContain("400 Bad Request");
        expect(answer).toContain("multipart/form-data");
      }
    });

    test("a form without parts and one that breaks off are refused", async () => {
      for (const body of [
        "--b--\r\n",
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nhal',
      ]) {
        const { status } = await server.call("/openai/v1/files", {
          method: "POST",
          body,
          headers: { "content-type": "multipart/form-data; boundary=b" },
        });
        expect(status).toBe(400);
      }
      await expectNoBytesLeft();
    });

    test("a file over the limit is refused while it is being sent, and no bytes stay", async () => {
      const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n';
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      let answer = "";
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      socket.on("data", (chunk) => {
        answer += chunk.toString();
        resolve();
      });
      socket.write(
        `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 500000000\r\n\r\n${head}`,
      );
      socket.write(Buffer.alloc(2_000_000, "x"));
      await answered;
      expect(answer).toContain("413 Payload Too Large");
      expect(answer).toContain("larger than the 1000000 bytes this server accepts");
      socket.destroy();
      await expectNoBytesLeft();
    });
  });
});
