"""The C heap is kept small: one arena for all threads, large pieces apart from it, and what lies free is given back.

glibc would make an arena for each thread, each of them half empty. Once a large piece was freed it would take the next
ones from within the heap: each read of a socket asks for 256 KiB and keeps a few bytes of them, and holes are left.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_M_ARENA_MAX = -8
_M_MMAP_THRESHOLD = -3
"""mallopt(3), <malloc.h> of glibc."""

LARGE = 131_072
"""Bytes from which a piece is one of its own, given back as soon as it is freed: glibc's own figure, which stays so."""

PERIOD = 60.0
"""Seconds between two trims, of half a millisecond each."""


def keep_in_one_piece() -> bool:
    """From now on no further arena is made, and large pieces are taken elsewhere; call it before the threads start.
    Whether the C library does so: others than glibc have no arenas of this kind.

    Nothing waits for it: whoever allocates holds the interpreter's lock, nearly always.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1 and mallopt(_M_MMAP_THRESHOLD, LARGE) == 1


async def keep_trimmed(*, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Give free pages back to the system now and then, until cancelled; return at once where nothing can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await sleep(PERIOD)
        trim(0)
