"""One arena of the C heap, and little free in it."""

from __future__ import annotations

import ctypes
import platform
import re
import subprocess
import sys

import pytest

from tests.support.terminal import REPOSITORY

THREADS_ALLOCATE = """
import sys, threading
from console.runtime import memory
if sys.argv[1] == "one":
    assert memory.keep_in_one_piece()
held = []
meet = threading.Barrier(6)
def allocate():
    meet.wait()
    held.append([bytes(2000) for _ in range(500)])
    meet.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
import ctypes
ctypes.CDLL(None).malloc_stats()
"""

HOLES = """
import asyncio
from console.runtime import memory
memory.keep_in_one_piece()
def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 // 2**20
held = [bytes(8000) for _ in range(8000)]
held = held[::8]
before = megabytes()
naps = iter([None])
async def sleep(seconds):
    next(naps)
async def trim():
    await memory.keep_trimmed(sleep=sleep)
try:
    asyncio.run(trim())
except RuntimeError:
    print(before, megabytes())
"""

LARGE_PIECES = """
import ctypes, sys
from console.runtime import memory
if sys.argv[1] == "told":
    assert memory.keep_in_one_piece()
class Told(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")] + [
        (name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]
mallinfo2 = ctypes.CDLL(None).mallinfo2
mallinfo2.restype = Told
bytes(4_000_000)
before = mallinfo2().hblks
held = bytes(200_000)
print(mallinfo2().hblks - before)
"""


def arenas(word: str) -> int:
    """How many a process has in which six threads allocated; `one`: after it was told to keep to one."""
    told = subprocess.run(
        [sys.executable, "-c", THREADS_ALLOCATE, word], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    return len(re.findall(r"^Arena \d+:", told.stderr, re.MULTILINE))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_threads_share_one_arena() -> None:
    assert arenas("many") > 1
    assert arenas("one") == 1


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc_trim is glibc's")
def test_what_lies_free_is_given_back_now_and_then() -> None:
    told = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    before, after = map(int, told.stdout.split())
    assert after < before - 20


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="asks glibc 2.33 or later")
@pytest.mark.parametrize(("word", "apart"), [("untold", 0), ("told", 1)])
def test_a_large_piece_is_kept_apart_though_a_larger_one_was_freed(word: str, apart: int) -> None:
    command = [sys.executable, "-c", LARGE_PIECES, word]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert int(told.stdout) == apart
