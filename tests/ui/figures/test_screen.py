"""Figures on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.figures import BOUNDS, By, Figure, median
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, Via
from console.protocol.query.fields import Asker
from console.protocol.query.figures import FIGURES, line_of
from console.protocol.query.outbox import OUTBOX
from console.ui.figures.screen import FiguresScreen, figure_cells, heading
from console.ui.kit.format import line_width
from tests.support.backend import NOON
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


def _figure(by: By, value: str, gateway: str = "") -> Figure:
    stretches = [0] * (len(BOUNDS) + 1)
    figure = Figure(by, value, gateway)
    figure.add("north", (4, 3, 2, 1, 0, 5), [3, *stretches[1:]], [0, 1, 1, *stretches[3:]])
    return figure


@pytest.mark.parametrize("width", [70, 76, 118])
def test_a_line_fits_and_has_its_columns_below_the_heading(width: int) -> None:
    cells = figure_cells(_figure(By.USER, "alice"), "alice", width, {"north": (0.05, "EUR")})
    line = "".join(text for text, _ in cells)
    assert line_width(cells) == width
    assert line_width(heading(width)) == width
    assert line.startswith("alice ")
    assert ("~0.25 EUR" in line) is (width == 118)
    assert line.split()[1:7] == ["3", "50%", "1", "0", "5", "~1s"]


def test_the_middle_lies_in_its_stretch() -> None:
    assert median([0] * 15) is None
    assert median([4, *[0] * 14]) == 1.0
    assert median([0, 2, 2, *[0] * 12]) == 4.0
    assert median([*[0] * 14, 3]) == BOUNDS[-1]


@pytest.mark.parametrize(
    ("figure", "typed", "line"),
    [
        (_figure(By.PORT, "3", "north"), "", "gw:north port:3"),
        (_figure(By.SIM, ""), "port:1-8", "-sim:* port:1-8"),
        (_figure(By.NETWORK, "China Mobile"), "", 'network:"China Mobile"'),
        (_figure(By.REASON, "cms-38"), "gw:north", "state:failed reason:cms-38 gw:north"),
        (_figure(By.REASON, ""), "", "state:failed -reason:*"),
    ],
)
def test_the_rows_of_a_figure_are_asked_for_in_the_words_of_the_outbox(figure: Figure, typed: str, line: str) -> None:
    assert line_of(figure, FIGURES.ask(typed)) == line
    assert str(OUTBOX.ask(line)) == line


def test_a_day_is_asked_for_from_midnight_to_midnight_utc() -> None:
    line = line_of(_figure(By.DAY, "2026-11-22"), FIGURES.ask("after:30d", Asker(now=NOON)))
    midnight = NOON // 86_400 * 86_400
    assert OUTBOX.ask(line, Asker(now=NOON)).span() == (midnight, midnight + 86_400)


async def test_from_a_figure_to_its_rows(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        store = operator.store
        for state, to, raw in ((S.SENT, "+4915112345678", ""), (S.FAILED, "+8613632919026", "+CMS ERROR: 38")):
            message = store.add_outbox(Draft("north", to, f"is {state}", 1, Via.AMI), 1).result(10)
            for each in (S.SUBMITTING, state):
                store.add_evidence(Evidence(message.id, 1, NOON, each, "console", raw)).result(10)
        await operator.says("figures")
        await operator.until(lambda: isinstance(operator.app.screen, FiguresScreen))
        await operator.sees("by day", "2026-11-22", "0%", "all 2 messages", "last 30 days")
        await operator.press("b")
        await operator.sees("by port", "north port 1")
        await operator.says("by reason")
        await operator.sees("The network is out of order")
        await operator.press("t")
        await operator.sees("last 365 days")
        await operator.press("enter")
        await operator.until(lambda: not isinstance(operator.app.screen, FiguresScreen))
        await operator.sees("reason:cms-38", "+8613632919026")
        assert "+4915112345678" not in operator.screen
        await operator.says("figures user")
        await operator.sees("by user", "unknown")
