"""Memory and Python's garbage collector, as a program needs them that draws first and then runs for weeks."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def leave_for_now() -> None:
    """From now on look for none. Whoever calls it sees to it that `look_again` is called."""
    gc.disable()


def look_again() -> None:
    """Look for it as ever, but no more among what there is by now."""
    gc.freeze()
    gc.enable()


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
    """Take out what the start left behind; give free pages back to the system now and then, until cancelled. Where
    nothing can be given back it returns.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    await sleep(PERIOD)
    _look_through_all()
    while trim is not None:
        trim(0)
        await sleep(PERIOD)


def _look_through_all() -> None:
    """Once, among what `look_again` passed over as well: imports leave thousands of cycles, such as the class that a
    dataclass with slots was before it had them. At a quiet moment, for it takes some 40 ms.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
