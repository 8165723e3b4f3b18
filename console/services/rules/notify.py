"""A notification by `apprise`, in a process of its own: it may take long, and it can be killed.

A seam: the package is optional, and known only here. Run as a program it reads what to say and where from standard
input, so that no address is seen in a list of processes: exit code 0 where it went to all of them, else 1.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from console.services.program import run_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.config import Secret

MISSING = "notify needs the extra package: pip install 'gsm-console[notify]'"


async def notify(
    urls: Sequence[Secret], title: str, body: str, *, environment: Mapping[str, str], timeout: float
) -> str:
    """Say it to all of them once; what went wrong, in words, or nothing. `timeout` is in seconds."""
    if find_spec("apprise") is None:
        return MISSING
    fields = {"urls": [url.reveal() for url in urls], "title": title, "body": body}
    command = (sys.executable, "-m", __name__)
    return await run_program(command, fields, environment=environment, timeout=timeout, name="notify")


def main() -> int:
    """What is said on standard input."""
    import apprise

    told = json.load(sys.stdin)
    everyone = apprise.Apprise()
    known = everyone.add(told["urls"])  # goes on behind one that is wrong
    return 0 if everyone.notify(title=told["title"], body=told["body"]) and known else 1


if __name__ == "__main__":
    sys.exit(main())
