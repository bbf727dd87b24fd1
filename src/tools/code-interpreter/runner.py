"""Runs code for Groundwire's code interpreter, inside a sandbox that somebody else has put around it.

Speaks frames over two descriptors: 4 bytes length of a JSON header, 4 bytes length of what follows it (both big-endian),
the header, the bytes. What the code prints goes straight to descriptors of its own. Nothing here protects anything: whatever
this process says may have been written by the code it runs, and the other side treats it so.
"""

import ast
import json
import linecache
import os
import signal
import stat
import struct
import sys
import traceback
import types

# Where it is started; the code may go elsewhere.
WORK_FOLDER = os.getcwd()
# Entries of the work folder that are looked at after a run, and the longest path that is reported.
MOST_ENTRIES = 10_000
LONGEST_NAME = 200
# Frames of a traceback.
MOST_FRAMES = 20


class Channel:
    def __init__(self, requests, responses):
        self._requests = requests
        self._responses = responses

    def receive(self):
        """The next request and its bytes; None when there will be no more."""
        lengths = self._read(8)
        if lengths is None:
            return None
        header_length, payload_length = struct.unpack(">II", lengths)
        header = json.loads(self._read(header_length))
        return header, self._read(payload_length)

    def send(self, header, payload=b""):
        text = json.dumps(header).encode()
        self._write(struct.pack(">II", len(text), len(payload)) + text)
        self._write(payload)

    def _read(self, length):
        buffer = bytearray()
        while len(buffer) < length:
            piece = os.read(self._requests, min(length - len(buffer), 1 << 20))
            if not piece:
                return None
            buffer += piece
        return bytes(buffer)

    def _write(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self._responses, view) :]


class Interpreter:
    """Runs one piece of code after another with the same variables."""

    def __init__(self, text_bytes):
        # Modules such as pickle and dataclasses look names up in the main module.
        self._module = types.ModuleType("__main__")
        self._text_bytes = text_bytes
        self._runs = 0
        sys.modules["__main__"] = self._module

    def run(self, code):
        """What the last expression is, and what went wrong: both may be None."""
        self._runs += 1
        name = f"<run {self._runs}>"
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        try:
            return cut(self._execute(code, name), self._text_bytes), None
        except SystemExit as end:
            return (None, False), None if end.code in (None, 0) else describe(end, self._text_bytes)
        except BaseException as error:  # noqa: BLE001: whatever the code raises is its result
            return (None, False), describe(error, self._text_bytes)

    def _execute(self, code, name):
        tree = ast.parse(code, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        variables = self._module.__dict__
        exec(compile(tree, name, "exec"), variables)
        if last is None:
            return None
        value = eval(compile(ast.Expression(last.value), name, "eval"), variables)
        return None if value is None else repr(value)


def cut(text, most_bytes):
    if text is None:
        return None, False
    data = text.encode("utf-8", "backslashreplace")
    return data[:most_bytes].decode("utf-8", "ignore"), len(data) > most_bytes


def describe(error, most_bytes):
    """The error as its traceback shows it, from the code on, with files as modules see them."""
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith("<run "):
        trace = trace.tb_next
    described = traceback.TracebackException(type(error), error, trace, limit=-MOST_FRAMES)
    shorten(described, set())
    return {
        "name": cut(type(error).__name__, LONGEST_NAME)[0],
        "message": cut(message_of(error), most_bytes)[0],
        "traceback": cut("".join(described.format()), most_bytes)[0],
    }


def message_of(error):
    try:
        return str(error)
    except Exception:  # noqa: BLE001: an exception class of the code's own
        return ""


def shorten(described, seen):
    if described is None or id(described) in seen:
        return
    seen.add(id(described))
    for frame in described.stack:
        frame.filename = inside_package(frame.filename)
    shorten(described.__cause__, seen)
    shorten(described.__context__, seen)


def inside_package(path):
    folders = [folder for folder in sys.path if folder and path.startswith(folder.rstrip("/") + "/")]
    return path[len(max(folders, key=len).rstrip("/")) + 1 :] if folders else path


class Produced:
    """Files of the work folder that are new or changed since the last look."""

    def __init__(self, limits):
        self._limits = limits
        self._known = {}

    def look(self, room=0):
        """What may be handed over as (name, bytes), `room` bytes at most, and the names of what may not."""
        found = {name: seen for name, seen in self._entries()}
        changed = [name for name, seen in found.items() if self._known.get(name) != seen]
        self._known = found
        files, left_out = [], []
        for name in sorted(changed):
            most = min(room, self._limits["fileBytes"])
            data = read_regular(name, most) if len(files) < self._limits["files"] else None
            if data is None:
                left_out.append(name)
                continue
            room -= len(data)
            files.append((name, data))
        return files, left_out[: self._limits["files"]]

    def _entries(self):
        seen = 0
        for folder, folders, names in os.walk(WORK_FOLDER):
            folders[:] = [name for name in folders if not is_hidden(name)]
            for name in names:
                seen += 1
                if seen > MOST_ENTRIES:
                    return
                path = os.path.join(folder, name)
                shown = os.path.relpath(path, WORK_FOLDER)
                if is_hidden(name) or len(shown) > LONGEST_NAME or not is_text(shown):
                    continue
                info = os.lstat(path)
                # A link would hand over what it points to under another name.
                if stat.S_ISREG(info.st_mode):
                    yield shown, (info.st_ino, info.st_size, info.st_mtime_ns)


def is_hidden(name):
    return name.startswith(".") or name == "__pycache__"


def is_text(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.isprintable()


def read_regular(name, most):
    """Its bytes; None when they are too many or it is no regular file any more."""
    try:
        descriptor = os.open(os.path.join(WORK_FOLDER, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or info.st_size > most:
            return None
        return file.read(info.st_size)


def take_images():
    """Figures as PNG; a figure that cannot be drawn is reported where the code's own warnings are."""
    if "matplotlib.pyplot" not in sys.modules:
        return []
    try:
        import groundwire_figures

        return groundwire_figures.take()
    except Exception as error:  # noqa: BLE001
        print(f"A figure could not be drawn: {error}", file=sys.stderr)
        return []


def apply_limits(limits):
    import resource

    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


class Session:
    def __init__(self, options, channel):
        self._options = options
        self._channel = channel
        self._interpreter = Interpreter(options["textBytes"])
        self._produced = Produced(options)
        # The code may close or redirect the streams themselves.
        self._streams = [os.dup(1), os.dup(2)]
        self._process = os.getpid()

    def serve(self):
        while (request := self._channel.receive()) is not None:
            header, payload = request
            kind = header["type"]
            if kind == "file":
                write_file(header["name"], payload)
            elif kind == "start":
                self._produced.look()
                self._channel.send({"type": "ready", "python": sys.version.split()[0]})
            else:
                self._run(payload.decode(), header["marker"])

    def _run(self, code, marker):
        (result, is_cut), error = self._interpreter.run(code)
        if os.getpid() != self._process:
            # A fork that came out of the code: one process speaks for the session.
            flush()
            os._exit(0)
        images = take_images()
        if self._options["ownsProcesses"]:
            end_other_processes()
        room = self._options["totalFileBytes"]
        sent = 0
        for image in images[: self._options["images"]]:
            if len(image) <= min(room, self._options["fileBytes"]):
                self._channel.send({"type": "image", "run": marker}, image)
                room -= len(image)
                sent += 1
        files, left_out = self._produced.look(room)
        for name, data in files:
            self._channel.send({"type": "file", "run": marker, "name": name}, data)
        self._end_of_output(marker.encode())
        self._channel.send(
            {
                "type": "done",
                "run": marker,
                "result": result,
                "resultIsCut": is_cut,
                "error": error,
                "leftOut": left_out,
                "imagesLeftOut": len(images) - sent,
            }
        )

    def _end_of_output(self, marker):
        """What was printed and what follows in the next run are told apart by the marker."""
        flush()
        for descriptor in self._streams:
            try:
                os.write(descriptor, marker)
            except OSError:
                pass


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001: closed or replaced by the code
            pass


def write_file(name, payload):
    path = os.path.join(WORK_FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(payload)


def end_other_processes():
    """Nothing that the code started outlives its run."""
    # Outside of a process namespace of its own this would end everything its user runs.
    if os.getpid() > 10:
        return
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def main():
    options = json.loads(sys.argv[1])
    sys.path.append(options["modules"])
    sys.stdout = sys.__stdout__ = stream_at(1, options["stdout"])
    sys.stderr = sys.__stderr__ = stream_at(2, options["stderr"])
    if options["ownsProcesses"]:
        # The programs that stand around it are in the group it was started in, and `kill(0, …)` reaches a group.
        os.setpgid(0, 0)
    if options["rlimits"]:
        apply_limits(options["rlimits"])
    channel = Channel(opened(options["requests"], os.O_RDONLY), opened(options["responses"], os.O_WRONLY))
    sys.argv = [""]
    Session(options, channel).serve()


def stream_at(place, end):
    """Puts a descriptor or device in the place of another, for Python and for whatever it starts."""
    descriptor = opened(end, os.O_WRONLY)
    os.dup2(descriptor, place)
    os.close(descriptor)
    return open(place, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def opened(end, flags):
    """A descriptor by its number, or a device by its path."""
    return end if isinstance(end, int) else os.open(end, flags)


main()
