import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import type { SandboxSession } from "../../tools/code-interpreter/sandbox.ts";
import { NEVER, type SandboxStand, START_MS } from "./stand.ts";

/** Goes from every JavaScript object that Python can make on to everything that hangs on it. */
const CRAWL = `
import gc
to_js = [o for o in gc.get_objects() if getattr(o, '__name__', '') == 'to_js'][0]
wanted = {'eval', 'fetch', 'require', 'process', 'WebAssembly', 'globalThis', 'Worker', 'Function', 'runPython',
          'FS', 'mountNodeFS', 'loadPackage', '_module', '_api', 'binding', 'mainModule', 'getBuiltinModule'}
waiting = [to_js(each) for each in ([1], {'a': 1}, b'x', lambda: 1)]
seen, reached = set(), set()
while waiting and len(seen) < 5_000:
  each = waiting.pop()
  if each.js_id in seen: continue
  seen.add(each.js_id)
  for name in dir(each):
    if name in wanted: reached.add(name)
    try: value = getattr(each, name)
    except BaseException: continue
    if hasattr(value, 'js_id'): waiting.append(value)
print(f'seen {len(seen)}, reached {sorted(reached)}')
`;

/** What code must not reach, tried from inside. */
export function testWalls({ open, closeAll, report }: SandboxStand): void {
  describe("code cannot", () => {
    let session: SandboxSession;
    beforeAll(async () => {
      vi.stubEnv("GROUNDWIRE_KIT_SECRET", "kit-secret-4711");
      session = await open();
    }, START_MS);
    afterAll(async () => {
      vi.unstubAllEnvs();
      await closeAll();
    });
    const run = async (code: string): Promise<string> => {
      const { stdout, stderr, error, result } = await session.run(code, NEVER);
      return [stdout, stderr, result, error?.traceback ?? error?.message].join("\n");
    };

    it("read files of the host", async () => {
      const paths = ["/etc/passwd", "/etc/shadow", "/root", "/home", "/var", import.meta.filename];
      const found = await run(
        `import os\n[p for p in ${JSON.stringify(paths)} if os.path.isfile(p) or os.path.isdir(p) and set(os.listdir(p)) - {"pyodide", "web_user"}]`,
      );
      expect(found.trim()).toBe("[]");
    });

    it("see the server's environment", async () => {
      const everything =
        "import os, glob\nprint(dict(os.environ))\nfor p in glob.glob('/proc/*/environ'):\n  try: print(open(p, 'rb').read())\n  except OSError: pass";
      expect(await run(everything)).not.toContain("kit-secret-4711");
    });

    it("learn the host's folders", async () => {
      const found = await run(
        "import os, sys\nprint(dict(os.environ), sys.argv, sys.path, sys.executable)\nfor p in ('mountinfo', 'cmdline', 'maps'):\n  try: print(open('/proc/self/' + p).read())\n  except OSError: pass",
      );
      expect(found).not.toContain(process.cwd());
    });

    it("reach a server on this machine", async () => {
      let connections = 0;
      const server = createServer((socket) => {
        connections++;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const tries = [
        `import socket; socket.create_connection(("127.0.0.1", ${port}), timeout=2).recv(1)`,
        `import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", ${port}))`,
        `import urllib.request; urllib.request.urlopen("http://127.0.0.1:${port}/", timeout=2)`,
        `import asyncio; asyncio.run(asyncio.open_connection("127.0.0.1", ${port}))`,
        `import socket; socket.getaddrinfo("example.com", 80)[0][4][0]`,
      ];
      for (const code of tries) await session.run(code, NEVER);
      await new Promise((resolve) => server.close(resolve));
      expect(connections).toBe(0);
    });

    it("reach a socket of this machine by its path or its abstract name", async ({ skip }) => {
      if (process.platform !== "linux") skip("only Linux has abstract names");
      const folder = await mkdtemp(join(tmpdir(), "groundwire-kit-"));
      const names = [join(folder, "socket"), `\0groundwire-kit-${process.pid}`];
      let connections = 0;
      const servers = await Promise.all(
        names.map(async (name) => {
          const server = createServer((socket) => {
            connections++;
            socket.destroy();
          }).listen(name);
          await once(server, "listening");
          return server;
        }),
      );
      await chmod(folder, 0o755);
      const found = await run(
        `import socket\nfor name in ${JSON.stringify(names)}:\n  try: socket.socket(socket.AF_UNIX).connect(name); print("reached", name)\n  except (OSError, AttributeError): pass`,
      );
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      await rm(folder, { recursive: true });
      expect(found).not.toContain("reached");
      expect(connections).toBe(0);
    });

    it("read what the kernel tells, or write to it", async () => {
      const paths = [
        "/proc/self/environ",
        "/proc/1/environ",
        "/proc/self/mem",
        "/proc/kcore",
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern",
        "/proc/self/oom_score_adj",
        "/proc/self/autogroup",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/cgroup.procs",
      ];
      const found = await run(
        `import os\n[p for p in ${JSON.stringify(paths)} if os.path.lexists(p)]`,
      );
      expect(found.trim()).toBe("[]");
    });

    it("use devices but those that hold nothing", async ({ skip }) => {
      if (!report().capabilities.subprocesses) skip("its devices are its own");
      const found = await run("import os\nsorted(os.listdir('/dev'))");
      expect(found.trim()).toBe("['null', 'random', 'urandom', 'zero']");
      const made = await run(
        "import os, stat\nfor kind in (stat.S_IFCHR, stat.S_IFBLK):\n  try: os.mknod('device', 0o600 | kind, os.makedev(1, 1)); print('made')\n  except OSError: pass",
      );
      expect(made).not.toContain("made");
    });

    it("type into a terminal", async ({ skip }) => {
      if (!report().capabilities.subprocesses) skip("it makes no calls of the system");
      const found = await run(
        "import fcntl, os, termios\ndef types(fd):\n  try: fcntl.ioctl(fd, termios.TIOCSTI, b'x'); return True\n  except OSError: return False\ntry: os.open('/dev/tty', os.O_RDWR); print('a terminal')\nexcept OSError: pass\n[fd for fd in range(64) if types(fd)]",
      );
      expect(found.trim()).toBe("[]");
    });

    it("see or signal processes of the host", async () => {
      const found = await run(
        `import os, glob\ntry: os.kill(${process.pid}, 0); print("reached")\nexcept (OSError, AttributeError): pass\nlen(glob.glob("/proc/[0-9]*")), os.getpid() < 100`,
      );
      expect(found).not.toContain("reached");
      expect(found.trim()).toMatch(/^\([0-2], True\)$/u);
    });

    it("become somebody else or leave its name spaces by calls of the system", async () => {
      // Each would answer something else than -1.
      const calls = [
        "('unshare', 0x10000000)",
        "('unshare', 0x40000000)",
        "('setns', 0, 0)",
        "('ptrace', 0, 0, 0, 0)",
        "('process_vm_readv', os.getpid(), None, 0, None, 0, 0)",
        "('setuid', 0)",
        "('setgroups', 0, None)",
        "('mount', b'none', b'/mnt', b'tmpfs', 0, 0)",
        "('umount2', b'/tmp', 0)",
        "('chroot', b'.')",
        "('personality', -1)",
        "('sethostname', b'x', 1)",
        "('memfd_create', b'x', 0)",
        "('shmget', 0, 4096, 0o1600)",
        "('fanotify_init', 0, 0)",
        "('syscall', KEYCTL, 0, -3, 0)",
        "('syscall', IO_URING_SETUP, 0, None)",
      ];
      const found = await run(
        `import ctypes, os, platform\nKEYCTL, IO_URING_SETUP = (250, 425) if platform.machine() == 'x86_64' else (219, 425)\ntry:\n  libc = ctypes.CDLL(None)\n  print([name for name, *arguments in [${calls.join(", ")}] if getattr(libc, name)(*arguments) != -1])\nexcept (AttributeError, OSError) as error: print([])`,
      );
      expect(found.trim()).toBe("[]");
    });

    it("write outside of its folders", async ({ skip }) => {
      if (report().python !== "" && !report().capabilities.subprocesses)
        skip("its file system is its own memory");
      const found = await run(
        "def can(p):\n  try: open(p + '/x', 'w').close(); return True\n  except OSError: return False\n[p for p in ('/', '/dev', '/etc', '/usr', '/opt', '/opt/groundwire', '/mnt', '/lib') if can(p)]",
      );
      expect(found.trim()).toBe("[]");
    });

    it("reach JavaScript", async () => {
      const names = ["js", "pyodide", "pyodide_js", "_pyodide_core", "pyodide.ffi", "_pyodide"];
      const found = await run(
        `import importlib\nfor n in ${JSON.stringify(names)}:\n  try: importlib.import_module(n); print("reached", n)\n  except ImportError: pass`,
      );
      expect(found).not.toContain("reached");
    });

    it("make JavaScript of text with objects that still hold on to it", async ({ skip }) => {
      if (report().capabilities.subprocesses) skip("there is no JavaScript in it");
      const found = await run(
        "import gc\nto_js = [o for o in gc.get_objects() if getattr(o, '__name__', '') == 'to_js'][0]\nto_js([1]).constructor.constructor('return process')()",
      );
      expect(found).toContain("EvalError");
    });

    it("find a way to the process or to code in whatever of JavaScript it can still see", async ({
      skip,
    }) => {
      if (report().capabilities.subprocesses) skip("there is no JavaScript in it");
      const found = await run(CRAWL);
      expect(found).toMatch(/^seen [1-9]\d+, reached \[\]$/mu);
    });

    it("hand over what is no file of its own", async () => {
      const outcome = await session.run(
        "import os\nopen('real.txt', 'w').write('x')\nos.symlink('/etc/passwd', 'link.txt')\nos.symlink('/', 'rootlink')\nos.symlink('real.txt', 'inner.txt')\nos.symlink('/tmp', 'folder')\nopen('/tmp/outside.txt', 'w').close()\nopen('.hidden', 'w').close()\ntry: os.mkfifo('pipe')\nexcept (OSError, AttributeError): pass",
        NEVER,
      );
      expect(outcome.error).toBeNull();
      expect(outcome.files.map((file) => file.name)).toEqual(["real.txt"]);
    });
  });
}
