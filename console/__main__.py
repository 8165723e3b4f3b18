"""`gsm-console` and `python -m console`."""

from __future__ import annotations

import io
import sys


def main() -> int:
    """The command; returns its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A locale without UTF-8 lacks most characters: they are written as \u4f60.
        sys.stdout.reconfigure(errors="backslashreplace")
    from console.cli import main as cli

    return cli(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
