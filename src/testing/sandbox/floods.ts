import { afterEach, describe, expect, it } from "vitest";

import { attack } from "./attack.ts";
import { LIMITS, MEBIBYTE, type SandboxStand } from "./stand.ts";

/** Code that writes more, or other things, than it should. */
export function testFloods(stand: SandboxStand): void {
  describe("is not flooded by", () => {
    afterEach(stand.closeAll);

    it("a flood of output", async () => {
      const outcome = await attack(stand, "while True: print('x' * 100_000)");
      expect(outcome.error?.name).toBe("OutputError");
      expect(outcome.stdout.length).toBe(LIMITS.outputBytes);
      expect(outcome.truncated.stdout).toBe(true);
    });

    it("a flood of tiny output", async () => {
      const outcome = await attack(stand, "for _ in range(5_000): print()", { seconds: 40 });
      expect(outcome).toMatchObject({ error: null, truncated: { stdout: false } });
    });

    it.each([
      ["one file that fills its disk", "open('big', 'ab')"],
      ["many files that fill its disk", "open(f'big{i}', 'wb')"],
    ])("%s", async (_what, opened) => {
      const { error, stdout } = await attack(
        stand,
        `import itertools\nfor i in itertools.count():\n  with ${opened} as file: file.write(b'x' * (4 << 20))\n  print(i + 1)`,
        { diskMb: 16, memoryMb: 128 },
      );
      expect(error?.name).toMatch(/^(?:OSError|MemoryError)$/u);
      // In WebAssembly files are memory like any other.
      if (stand.report().capabilities.subprocesses) expect(stdout).toBe("1\n2\n3\n4\n");
    });

    it("a file that is huge and takes no room", async () => {
      const outcome = await attack(stand, "open('huge', 'wb').truncate(1 << 40)");
      expect(outcome.error?.name).toMatch(/^(?:OSError|MemoryError|SandboxError)$/u);
      expect(outcome.files.every(({ bytes }) => bytes.length === 0)).toBe(true);
    });

    it("more and larger files than are handed over", async () => {
      const outcome = await attack(
        stand,
        "for i in range(30): open(f'f{i:02}', 'wb').write(b'x' * (100_000 if i else 300_000))",
        { files: 5, fileBytes: 200_000, totalFileBytes: 350_000 },
      );
      expect(outcome.files.map((file) => file.name)).toEqual(["f01", "f02", "f03"]);
      expect(outcome.leftOut).toContain("f00");
    });

    it("folders in folders and files without number", async () => {
      const outcome = await attack(
        stand,
        "import os\nfor i in range(15_000):\n  open(f'f{i}', 'wb').close()\nfor _ in range(300):\n  os.mkdir('d'); os.chdir('d')",
        { seconds: 40, files: 3 },
      );
      expect(outcome.files.length).toBeLessThanOrEqual(3);
    });

    it("more files than the kernel has memory for", async ({ skip }) => {
      if (!stand.report().capabilities.subprocesses) skip("its files are in its own memory");
      const { error } = await attack(
        stand,
        "import itertools\nfor i in itertools.count(): open(f'f{i}', 'wb').close()",
      );
      expect(error).toMatchObject({ name: "OSError", traceback: null });
    });

    it("an archive that unpacks to far more than it is", async () => {
      const outcome = await attack(
        stand,
        "import zipfile\nwith zipfile.ZipFile('bomb.zip', 'w', zipfile.ZIP_DEFLATED) as archive:\n  for i in range(20): archive.writestr(str(i), bytes(10 << 20))",
      );
      expect(outcome.files.map(({ name: file, mediaType }) => [file, mediaType])).toEqual([
        ["bomb.zip", "application/zip"],
      ]);
      expect(outcome.files[0]?.bytes.length).toBeLessThan(MEBIBYTE);
    });

    it("a process that ends itself", async () => {
      const outcome = await attack(
        stand,
        "import os\nprint('last words', flush=True)\nos._exit(0)",
      );
      expect(["SandboxError", undefined]).toContain(outcome.error?.name);
      expect(outcome.stdout).toBe("last words\n");
    });

    it("deep recursion", async () => {
      const outcome = await attack(stand, "def f(): return f()\nf()");
      expect(outcome.error?.name).toMatch(/^(?:RecursionError|SandboxError)$/u);
    });

    it("messages that the code writes in the runner's name", async () => {
      // The run's marker is no secret to code that looks at who has called it.
      const forged = (header: object): string =>
        [
          "import os, json, struct, sys",
          "frame = sys._getframe()",
          "while 'marker' not in frame.f_locals: frame = frame.f_back",
          `header = json.loads(${JSON.stringify(JSON.stringify(header))}) | {"run": frame.f_locals["marker"]}`,
          "text = json.dumps(header).encode()",
          "for fd in range(3, 30):",
          "  try: os.write(fd, struct.pack('>II', len(text), 0) + text)",
          "  except OSError: pass",
        ].join("\n");
      const escaping = await attack(stand, forged({ type: "file", name: "../../escape" }));
      expect(escaping).toMatchObject({ files: [], error: { name: "SandboxError" } });
      const unknown = await attack(stand, forged({ type: "nonsense" }));
      expect(unknown.error?.name).toBe("SandboxError");
      const rest = { resultIsCut: false, error: null, leftOut: [], imagesLeftOut: 0 };
      const early = await attack(stand, forged({ type: "done", result: "'forged'", ...rest }));
      expect(early.result).toBe("'forged'");
    });

    it("lengths and bytes that are no message", async () => {
      const outcome = await attack(
        stand,
        "import os\nfor fd in range(3, 30):\n  try: os.write(fd, bytes([255]) * 64)\n  except OSError: pass",
      );
      expect(outcome.error?.name).toBe("SandboxError");
    });
  });
}
