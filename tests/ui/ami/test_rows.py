from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.link import MARK, Flow
from console.protocol.query.log import LOG
from console.store.ami.log import AmiLog
from console.ui.ami import list as ami_list
from console.ui.ami.list import SLICE, AmiRows
from tests.support.backend import NOON

if TYPE_CHECKING:
    import pytest


class Ticking:
    """A clock that moves a little with each look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def filled(count: int, *, capacity: int = 1_000) -> AmiLog:
    log = AmiLog(capacity)
    for number in range(count):
        log.append(NOON + number, "gw1", Flow.NOTE, f"line {number}")
    return log


def texts(rows: AmiRows) -> list[str]:
    return [record.text for record in rows.all()]


def test_all_is_found_where_nothing_is_asked_for() -> None:
    rows = AmiRows(filled(120), Ticking())
    assert rows.advance() == 120
    assert rows.done
    assert (len(rows), rows.total) == (120, 120)
    assert rows[7].text == "line 7"


def test_a_look_ends_when_its_slice_of_time_is_over_and_goes_on_later() -> None:
    rows = AmiRows(filled(500), Ticking(SLICE / 100))
    looks = 0
    while not rows.done:
        assert rows.advance() <= 102
        looks += 1
    assert looks > 3
    assert texts(rows) == [f"line {number}" for number in range(500)]


def test_a_query_finds_among_what_there_is_and_what_comes() -> None:
    log = filled(30)
    rows = AmiRows(log, Ticking())
    rows.ask(LOG.ask('"line 1"'), everything=True)
    rows.advance()
    assert len(rows) == 11
    log.append(NOON, "gw1", Flow.NOTE, "line 199")
    log.append(NOON, "gw1", Flow.NOTE, "line 2")
    assert rows.advance() == 1
    assert rows.total == 32


def test_marks_are_found_whatever_is_asked_for() -> None:
    log = filled(5)
    log.append(NOON, "", Flow.NOTE, "here", session=MARK)
    log.append(NOON, "gw1", Flow.NOTE, "after")
    log.append(NOON, "", Flow.NOTE, "there", session=MARK)
    rows = AmiRows(log, Ticking())
    rows.ask(LOG.ask("nothing"), everything=False, gateway="gw9")
    rows.advance()
    assert texts(rows) == ["here", "there"]
    rows.ask(LOG.ask(""), everything=False)
    rows.advance()
    assert (rows.mark_before(7), rows.mark_before(5), rows.mark_after(0), rows.mark_after(7)) == (5, None, 5, None)
    assert rows.mark_after(5) == 7


def test_one_gateway_can_be_asked_for() -> None:
    log = filled(2)
    log.append(NOON, "gw2", Flow.NOTE, "other")
    log.append(NOON, "", Flow.NOTE, "of none")
    rows = AmiRows(log, Ticking())
    rows.ask(LOG.ask(""), everything=True, gateway="gw2")
    rows.advance()
    assert texts(rows) == ["other", "of none"]


def test_what_the_log_drops_stays_here_until_it_is_let_go() -> None:
    log = filled(10, capacity=10)
    rows = AmiRows(log, Ticking())
    rows.advance()
    for number in range(10, 16):
        log.append(NOON, "gw1", Flow.NOTE, f"line {number}")
    rows.advance()
    assert len(rows) == 16
    assert rows.let_go() == 6
    assert texts(rows)[0] == "line 6"


def test_no_more_than_so_many_are_held_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_list, "MOST_HELD", 20)
    log = filled(15)
    rows = AmiRows(log, Ticking())
    rows.advance()
    for _ in range(15):
        log.append(NOON, "gw1", Flow.NOTE, "late")
    assert rows.advance() == 15
    assert (len(rows), rows.missed) == (20, 10)
    rows.begin_again()
    rows.advance()
    assert rows.missed == 10
