"""The C heap is kept small: one arena for all threads, and what lies free between the rest is given back.

glibc would make an arena for each thread, each of them half empty, and would keep all that is free below the
last thing in use.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_M_ARENA_MAX = -8
"""mallopt(3), <malloc.h> of glibc."""

PERIOD = 60.0
"""Seconds between two trims, of half a millisecond each."""


def keep_in_one_piece() -> bool:
    """From now on no further arena is made; call it before the threads start. Whether the C library does so: others
    than glibc have no arenas of this kind.

    Nothing waits for it: whoever allocates holds the interpreter's lock, nearly always.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1


async def keep_trimmed(*, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Give free pages back to the system now and then, until cancelled; return at once where nothing can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await sleep(PERIOD)
        trim(0)
