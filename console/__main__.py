"""`gsm-console` and `python -m console`."""

from __future__ import annotations

import sys


def main() -> int:
    """The command; returns its exit code, that of its work, whatever becomes of what it prints."""
    from console.runtime import streams

    streams.open_all()
    from console.cli import main as cli

    try:
        code = cli(sys.argv[1:])
    except SystemExit as end:  # of the arguments: help, or what is wrong
        code = end.code if isinstance(end.code, int) else 1
    return streams.settled(code)


if __name__ == "__main__":
    sys.exit(main())
