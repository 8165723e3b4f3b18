"""Against trouble: no message goes out twice, none vanishes, and the screen tells the truth.

The simulated gateway counts what really went on the air; `tests.support.trouble.compare` holds every message of the
outbox, and the lines that show it, against that. Run with `-s -n 0` for the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Via
from tests.support.trouble import Row, table
from tests.support.trouble_cases import CASES, YEASTAR, YEASTAR_CASES, Case, play
from tests.support.trouble_long import FLAPS, KILLED, flapping, killed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    found: list[Row] = []
    yield found
    print(f"\n{table(found)}")


@pytest.mark.parametrize("case", [*CASES, *YEASTAR_CASES], ids=lambda case: case.name)
async def test_what_the_console_says_is_what_was_on_the_air(case: Case, tmp_path: Path, rows: list[Row]) -> None:
    rows.append(Row(case.name, await play(case, tmp_path)))


@pytest.mark.parametrize("via", [Via.AMI, Via.HTTP])
async def test_a_long_list_while_the_link_flaps(via: Via, tmp_path: Path, rows: list[Row]) -> None:
    rows.append(Row(f"{via.value.upper()}: {FLAPS}", await flapping(tmp_path, via)))


async def test_a_long_list_while_the_link_of_a_yeastar_flaps(tmp_path: Path, rows: list[Row]) -> None:
    rows.append(Row(f"Yeastar: {FLAPS}", await flapping(tmp_path, Via.AMI, YEASTAR)))


@pytest.mark.parametrize("via", [Via.AMI, Via.HTTP])
async def test_a_console_killed_in_a_batch_goes_on_only_after_a_yes(via: Via, tmp_path: Path, rows: list[Row]) -> None:
    rows.append(Row(f"{via.value.upper()}: {KILLED}", await killed(tmp_path, via)))
