"""`gsm-console` with its standard streams as a shell would give them, many times from one start.

`python -m tests.support.streams_process` reads a JSON line a run: `words` for the command, and in `streams` the paths
of standard input, output and errors, None for a closed one. It writes the exit code, as the interpreter's end leaves
it, a line each.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

from console.__main__ import main
from console.cli import build_parser


def next_run() -> list[str]:
    """The words of the next run, in a process of its own. Ends with the input."""
    for line in sys.stdin:
        run = json.loads(line)
        child = os.fork()
        if child == 0:
            take(run["streams"])
            return [os.fsdecode(word.encode("utf-8", "surrogateescape")) for word in run["words"]]
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    sys.exit()


def take(paths: list[str | None]) -> None:
    """As the interpreter does at its start."""
    for number, path in enumerate(paths):
        if path is not None:
            opened = os.open(path, os.O_RDWR if number else os.O_RDONLY)
            os.dup2(opened, number)
            os.close(opened)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if paths[number] is None:
            os.close(number)
            setattr(sys, name, None)
        else:
            errors = "backslashreplace" if number == 2 else "strict"
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", errors=errors, closefd=False))  # noqa: SIM115


if __name__ == "__main__":
    build_parser()  # every command is imported once, and what it would import late
    for late in ("console", "sending"):
        import_module(f"console.runtime.{late}")
    sys.argv[1:] = next_run()
    sys.exit(main())
