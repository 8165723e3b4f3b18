"""`gsm-console` and `python -m console`."""

from __future__ import annotations

import sys


def main() -> int:
    """The command; returns its exit code."""
    from console.cli import main as cli

    return cli(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
