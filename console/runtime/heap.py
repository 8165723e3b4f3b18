"""The C heap is kept in one piece: the arenas that glibc makes for each thread would only lie there half empty."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8
"""mallopt(3), <malloc.h> of glibc."""


def keep_in_one_piece() -> bool:
    """From now on no further arena is made; call it before the threads start. Whether the C library does so: others
    than glibc have no arenas of this kind.

    Nothing waits for it: whoever allocates holds the interpreter's lock, nearly always.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1
