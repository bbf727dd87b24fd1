import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ServerProcess, spawnServer } from "./support/process.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let dataDir: string;
let server: ServerProcess;

async function start(): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), "groundwire-keys-"));
  server = await spawnServer({ GROUNDWIRE_DATA_DIR: dataDir, LOG_LEVEL: "trace" });
}

async function end(): Promise<void> {
  await server.end("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
}

interface Ran {
  code: number;
  out: string;
  err: string;
}

const keys = (args: string[], environment: Record<string, string> = {}): Promise<Ran> =>
  groundwire(["keys", ...args], environment);

function groundwire(args: string[], environment: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: dataDir, env: { GROUNDWIRE_DATA_DIR: dataDir, ...environment } },
      (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

async function newKey(...args: string[]): Promise<string> {
  const { out, err } = await keys(["create", ...args]);
  if (!out.startsWith("gw_")) throw new Error(err);
  return out.trim();
}

const asApiKey = (key: string): Record<string, string> => ({ "api-key": key });
const asBearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { headers });
}

const FILES = "/openai/v1/files";
const MODELS = "/openai/v1/models";

describe("on a fresh server", () => {
  beforeEach(start);
  afterEach(end);

  it("a key made by the command is taken in both headers of both styles of route", async () => {
    const key = await newKey("--name", "web");
    expect(key).toMatch(/^gw_[0-9A-Za-z]{32,}$/u);
    for (const headers of [asApiKey(key), asBearer(key)]) {
      for (const path of [FILES, "/openai/files?api-version=2024-10-21", MODELS])
        expect([path, (await get(path, headers)).status]).toEqual([path, 200]);
    }
  });

  it("the first key closes the server, which the command says", async () => {
    expect((await get(FILES)).status).toBe(200);
    const { err } = await keys(["create", "--name", "web"]);
    expect(err).toContain("from now on every request needs a key");
    const refused = await get(FILES);
    expect([refused.status, (await refused.arrayBuffer()).byteLength]).toEqual([401, 224]);
    expect(refused.headers.get("content-type")).toBe("application/json");
    expect((await get(FILES, asApiKey("gw_wrong"))).status).toBe(401);
    const second = await keys(["create", "--name", "batch"]);
    expect(second.err).not.toContain("from now on");
  });

  it("the other commands say what is missing when the server has been closed", async () => {
    await newKey("--name", "web");
    const { code, err } = await groundwire(["search", "--store", "Sample handbook", "crane"]);
    expect([code, err]).toEqual([1, expect.stringMatching(/--key or GROUNDWIRE_API_KEY/u)]);
  });

  it("a revoked key is refused by the running server at once", async () => {
    const key = await newKey("--name", "web");
    await newKey("--name", "other");
    expect((await get(FILES, asApiKey(key))).status).toBe(200);
    expect(await keys(["revoke", "web"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("is revoked"),
    });
    expect((await get(FILES, asApiKey(key))).status).toBe(401);
  });

  it("a key without the scope of a route is refused, with the way to get one that has it", async () => {
    const chat = await newKey("--name", "chat", "--scopes", "chat");
    const files = await newKey("--name", "files", "--scopes", "files");
    const admin = await newKey("--name", "admin", "--scopes", "admin");
    const statuses = async (key: string): Promise<number[]> =>
      Promise.all(
        [MODELS, FILES, "/groundwire/keys"].map(
          async (path) => (await get(path, asBearer(key))).status,
        ),
      );
    expect(await statuses(chat)).toEqual([200, 403, 403]);
    expect(await statuses(files)).toEqual([403, 200, 403]);
    expect(await statuses(admin)).toEqual([403, 403, 200]);
    const refused = await get(FILES, asApiKey(chat));
    expect(await refused.json()).toEqual({
      error: {
        code: "403",
        message: expect.stringMatching(/'files'.*keys create --scopes chat,files/u),
      },
    });
  });

  it("a named server wants a key with the scope admin", async () => {
    const admin = await newKey("--name", "operator", "--scopes", "admin");
    const chat = await newKey("--name", "chat", "--scopes", "chat");
    const elsewhere = { GROUNDWIRE_DATA_DIR: join(dataDir, "elsewhere") };
    const list = (key: string): Promise<Ran> =>
      keys(["list", "--url", server.url, "--key", key], elsewhere);
    expect((await list(admin)).out).toMatch(/chat +chat +chat/u);
    expect(await list(chat)).toMatchObject({ code: 1, err: expect.stringContaining("'admin'") });
  });

  it("the keys are listed without the keys themselves", async () => {
    const key = await newKey("--name", "web", "--tenant", "acme", "--expires", "90d");
    const { out } = await keys(["list"]);
    expect(out).toMatch(/web +acme +chat,files/u);
    const [listed] = JSON.parse((await keys(["list", "--json"])).out);
    expect(listed.expires_at - listed.created_at).toBeGreaterThanOrEqual(90 * 86_400 - 60);
    expect(out + JSON.stringify(listed)).not.toContain(key);
  });

  it("neither the log nor any file of the data folder holds a key", async () => {
    const key = await newKey("--name", "web");
    await get(FILES, asApiKey(key));
    await get(`${FILES}?limit=0`, asBearer(key));
    await get("/groundwire/keys", asBearer(key));
    await get(FILES, asApiKey("gw_presentedByMistake"));
    const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
    const paths = names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(paths.map((path) => path.slice(dataDir.length + 1))).toContain("catalogue.sqlite-wal");
    for (const path of paths)
      expect([path, (await readFile(path)).includes(key)]).toEqual([path, false]);
    const adminKey: string = JSON.parse(
      await readFile(join(dataDir, "server.json"), "utf8"),
    ).admin_key;
    await server.end("SIGTERM");
    expect(server.output()).toContain(`"route":"${FILES}"`);
    for (const secret of [key, adminKey, "presentedByMistake"])
      expect(server.output()).not.toContain(secret);
    const database = await readFile(join(dataDir, "catalogue.sqlite"));
    expect([database.includes("web"), database.includes(key)]).toEqual([true, false]);
    server = await spawnServer({ GROUNDWIRE_DATA_DIR: dataDir });
    expect(server.output()).toContain('-H "api-key: ');
    expect((await get(FILES, asApiKey(key))).status).toBe(200);
    expect((await get("/groundwire/keys", asApiKey(adminKey))).status).toBe(401);
  });

  it("nobody but the owner of the data folder can read the key of the running server", async () => {
    const { mode } = await stat(join(dataDir, "server.json"));
    expect((mode & 0o777).toString(8)).toBe("600");
  });

  it("the command works where no server runs, and the server others can reach then starts", async () => {
    const own = { GROUNDWIRE_DATA_DIR: join(dataDir, "own"), HOST: "0.0.0.0" };
    await expect(spawnServer(own)).rejects.toThrow("groundwire keys create");
    const { out } = await keys(["create", "--name", "web"], own);
    const started = await spawnServer(own);
    try {
      const files = async (headers: Record<string, string>): Promise<number> =>
        (await fetch(started.url + FILES, { headers })).status;
      expect([await files(asApiKey(out.trim())), await files({})]).toEqual([200, 401]);
    } finally {
      await started.end("SIGTERM");
    }
  });

  it("a name that is taken and a key that is not there are told apart", async () => {
    const admin = await newKey("--name", "web", "--scopes", "admin");
    expect(await keys(["create", "--name", "web"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("already has a key named 'web'"),
    });
    const gone = await fetch(`${server.url}/groundwire/keys/key_unknown`, {
      method: "DELETE",
      headers: asBearer(admin),
    });
    expect(gone.status).toBe(404);
  });
});

describe("a call that cannot be", () => {
  beforeAll(start);
  afterAll(end);

  it.each([
    ["no action", [], /create, list or revoke/u],
    ["no name", ["create"], /--name/u],
    ["a scope that does not exist", ["create", "--name", "x", "--scopes", "chat,all"], /--scopes/u],
    ["a time without a unit", ["create", "--name", "x", "--expires", "90"], /--expires/u],
    ["a limit of nothing", ["create", "--name", "x", "--tokens-per-minute", "0"], /whole number/u],
    ["an unknown key", ["revoke", "nobody"], /no key 'nobody'/u],
  ])("the command explains %s", async (_what, args, message) => {
    expect(await keys(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it.each([
    [{}, "name", /Missing required parameter: 'name'/u],
    [{ name: "a b" }, "name", /letters/u],
    [{ name: "x", scopes: ["root"] }, "scopes[0]", /'chat', 'files' or 'admin'/u],
    [{ name: "x", scopes: [] }, "scopes", /at least 1/u],
    [{ name: "x", expires_at: 1 }, "expires_at", /passed already/u],
    [{ name: "x", expires_in: 90 }, "expires_in", /not permitted/u],
  ])("%j is refused by the name of its field", async (body, param, message) => {
    const response = await fetch(`${server.url}/groundwire/keys`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        error: {
          message: expect.stringMatching(message),
          type: "invalid_request_error",
          param,
          code: null,
        },
      },
    ]);
  });
});
