"""Run once in a new Pyodide, before `runner.py`: wheels can be imported from, and no name leads to JavaScript any more."""

import importlib.machinery
import os
import posix
import random
import sys
import zipfile

WHEELS = "/opt/wheels"
SITE = "/opt/site-packages"


class WheelFinder:
    """Unpacks a wheel when something of it is first imported: nobody waits for what is not used."""

    def __init__(self):
        self._wheels = {}
        for name in sorted(os.listdir(WHEELS)):
            path = os.path.join(WHEELS, name)
            for module in top_modules(path):
                self._wheels[module] = path

    def find_spec(self, name, path=None, target=None):
        wheel = self._wheels.pop(name, None)
        if wheel is None:
            return None
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(SITE)
        importlib.machinery.PathFinder.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path, target)


def top_modules(wheel):
    """What can be imported from it: folders with code in them, and single modules."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            first, _, rest = name.partition("/")
            if rest == "__init__.py":
                yield first
            elif not rest and first.endswith((".py", ".so")):
                yield first.split(".")[0]


def offer_wheels():
    os.makedirs(SITE, exist_ok=True)
    sys.path.append(SITE)
    # Last: what Python brings itself comes first.
    sys.meta_path.append(WheelFinder())


def cut_off():
    """Objects that still hold on to JavaScript find there what the process has left of it, which is little."""
    for finder in [each for each in sys.meta_path if type(each).__module__ == "_pyodide._importhook"]:
        sys.meta_path.remove(finder)
        getattr(finder, "jsproxies", {}).clear()
    for name in ["js", *sys.modules]:
        if name.partition(".")[0] in ("js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core"):
            sys.modules[name] = None
    # Where the code is, by another name.
    sys.path[:] = [path for path in sys.path if path]
    # These would end the process.
    os.system = posix.system = no_processes
    os._exit = posix._exit = sys.exit


def no_processes(_command):
    raise OSError("This sandbox has no processes.")


# A snapshot would begin every session with the same numbers.
random.seed()
offer_wheels()
cut_off()
