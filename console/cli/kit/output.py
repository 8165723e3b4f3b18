"""What commands print: moments, lines in which nothing acts on the terminal, and an end when nobody reads any more."""

from __future__ import annotations

import os
import select
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def utc(at: float) -> str:
    """`2026-11-22T12:00:00.000Z`, for programs."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(at: float) -> str:
    """`2026-11-22 12:00:00Z`, for people."""
    return utc(at)[:19].replace("T", " ") + "Z"


def one_line(*words: str) -> str:
    """Those that are not empty, on one line, whatever is in them."""
    from console.protocol.text.safe import safe

    return "  ".join(safe(word) for word in words if word)


@contextmanager
def until_nobody_reads() -> Iterator[None]:
    """End quietly when the reader of standard output leaves (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reader_left(seconds: float) -> bool:
    """Wait; True as soon as whoever reads standard output is gone."""
    watched = select.poll()
    watched.register(sys.stdout.fileno(), 0)
    return bool(watched.poll(seconds * 1_000))
