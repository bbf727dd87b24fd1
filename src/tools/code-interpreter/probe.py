"""Run in a new session to see whether the sandbox holds, and what is in it. The last line is the answer, as JSON.

Before it stand `PORT`, where somebody listens on the host, and `PROCESSES`, how many there may be.
"""

import importlib
import json
import os
import platform
import signal
import socket
import sys

LIBRARIES = ("numpy", "pandas", "matplotlib")


def breaches():
    yield from (f"the code can read {path}" for path in ("/etc/passwd", "/proc/1/environ", "/root") if can_read(path))
    # WebAssembly has a file system of its own, which is nobody's.
    if sys.platform != "emscripten":
        yield from (f"the code can write to {path}" for path in ("/", "/usr", "/etc", "/dev", "/opt") if can_write(path))
        if os.getpid() > 100:
            yield "the code is among the host's processes"
        if can_fork_without_limit():
            yield "the code can start any number of processes"
    if can_connect():
        yield "the code can reach servers of this machine"
    if len(os.environ) > 20 or any("KEY" in name for name in os.environ):
        yield "the code sees the server's environment"
    if can_import("js") or can_import("pyodide_js"):
        yield "the code can reach JavaScript"


def can_read(path):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").close()
    except OSError:
        return False
    return True


def can_write(path):
    try:
        with open(os.path.join(path, "groundwire-probe"), "wb"):
            pass
    except OSError:
        return False
    return True


def can_connect():
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
    except Exception:
        return False
    return True


def can_fork_without_limit():
    try:
        for _ in range(PROCESSES + 10):
            if os.fork() == 0:
                # They end with the run.
                signal.pause()
    except OSError:
        return False
    return True


def can_import(name):
    try:
        importlib.import_module(name)
    except Exception:
        return False
    return True


def libraries():
    for name in LIBRARIES:
        try:
            yield name, importlib.import_module(name).__version__
        except Exception:
            pass


json.dumps({"breaches": list(breaches()), "python": platform.python_version(), "libraries": dict(libraries())})
