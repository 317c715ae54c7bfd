"""Starts a kernel in the workspace's own Python.

The environment in ~/.venv or ~/venv, if there is one, else Debian's Python with what the person installed for himself.
The kernel's own packages come last on the path, so that nobody has to install them, and none of them is in the way.
"""

import os
import sys

HOME = "/home/workspace"


def interpreter(home: str = HOME) -> str:
    for name in (".venv", "venv"):
        python = f"{home}/{name}/bin/python"
        if os.access(python, os.X_OK):
            return python
    return "/usr/bin/python3"


# A Python of another version cannot load our compiled packages: it needs the kernel as a package of its own.
BEGINNING = """
import sys, importlib.util
if sys.path[0] == "": del sys.path[0]
if importlib.util.find_spec("ipykernel") is None:
    if sys.version_info[:2] != {version}:
        sys.exit("Python " + sys.version.split()[0] + " at " + sys.executable + " has no kernel; run in it: "
                 "python -m pip install ipykernel")
    sys.path.append({packages})
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


def main() -> None:
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    beginning = BEGINNING.format(version=tuple(sys.version_info[:2]), packages=repr(packages))
    python = interpreter()
    if python == "/usr/bin/python3":
        # Debian's Python takes packages into the home only when it is told (PEP 668); an environment refuses to be told.
        os.environ.update(PIP_USER="1", PIP_BREAK_SYSTEM_PACKAGES="1")
    os.execv(python, [python, "-c", beginning] + sys.argv[1:])


if __name__ == "__main__":
    main()
