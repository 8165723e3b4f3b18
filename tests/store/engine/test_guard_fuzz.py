"""A few rounds of `tests/support/guard_fuzz.py`; `tests/benchmarks/fuzz_guard.py` plays many, with processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.guard_fuzz import one_round

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [2, 3, 7, 11, 15, 19, 22, 34])
def test_what_is_acknowledged_is_kept_whatever_is_done_to_the_files(tmp_path: Path, seed: int) -> None:
    one_round(tmp_path, seed)
