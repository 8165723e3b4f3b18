"""One arena of the C heap."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

from tests.support.terminal import REPOSITORY

THREADS_ALLOCATE = """
import sys, threading
from console.runtime import heap
if sys.argv[1] == "one":
    assert heap.keep_in_one_piece()
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
