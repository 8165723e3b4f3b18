from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.domain.sending import SimUsage
from console.ui.ports.facts import PortFacts, ago, looks, out_of_service, share, state_of, trouble_count, usage_ink
from tests.support.alarms import Watched
from tests.support.backend import NOON, port
from tests.support.ports import known, noted


def test_a_state_other_than_ready_says_since_when() -> None:
    assert state_of(known(), NOON).words == "ready"
    assert state_of(known(3, PortHealth.UNREGISTERED), NOON).words == "no network 10m"


def test_what_is_old_says_how_old_and_is_neither_good_nor_bad() -> None:
    state = state_of(known(3, PortHealth.UNREGISTERED), NOON + 240)
    assert (state.glyph, state.words, state.ink) == ("?", "4m old: no network", "quiet")
    cut = replace(known(), live=False)
    assert state_of(cut, NOON).words == "0s old: ready"
    assert not cut.in_service


@pytest.mark.parametrize("seconds", [30.0, 360.0])
def test_a_reading_is_old_to_the_alarm_when_it_is_to_the_screen(seconds: float) -> None:
    watched = Watched(replace(port(3), fresh_for=seconds))
    watched.after()
    watched.fresh = False
    for later, old in ((seconds, False), (1, True)):
        assert watched.after(later) == (["stale 0"] if old else [])
        assert PortFacts("gw1", watched.ports[3]).is_old(watched.now) is old


def test_words_that_nobody_knows_are_shown_as_they_are_and_act_on_nothing() -> None:
    odd = state_of(known(3, PortHealth.UNKNOWN, state="FLUX\x1b[2J"), NOON)
    assert odd.words == "FLUX␛[2J 10m"


def test_a_port_never_read_says_so() -> None:
    never = PortFacts("gw1", PortSnapshot(1, PortHealth.UNKNOWN, NOON, None, SpanReport()))
    assert state_of(never, NOON).words == "not read yet"
    assert not never.is_old(NOON + 9999)


@pytest.mark.parametrize(
    ("at", "words"), [(None, "-"), (NOON - 5, "now"), (NOON - 240, "4m"), (NOON - 11_520, "3h12m")]
)
def test_when_it_was(at: float | None, words: str) -> None:
    assert ago(at, NOON) == words


def test_what_is_left_of_a_sim_has_a_colour_as_it_ends() -> None:
    inks = [usage_ink(SimUsage(used, 500, 100, 1000)) for used in (12, 90, 91, 100)]
    assert inks == ["plain", "plain", "warn", "bad"]
    assert usage_ink(SimUsage(5, 5, None, None)) == "plain"
    assert (share(7, 100), share(7, None)) == ("7/100", "7")


def test_failed_and_unknown_are_trouble() -> None:
    assert trouble_count(PortCounts(sent=5, failed=2, unknown=1)) == 3


def test_a_note_is_no_lock() -> None:
    assert not known().locked_out
    assert not noted(known()).locked_out
    assert noted(known(), locked_out=True).locked_out


def test_ports_that_are_out_are_named_the_first_few() -> None:
    every = [known(1), *(known(number, PortHealth.NO_SIM) for number in range(2, 5)), known(5, PortHealth.BUSY)]
    assert out_of_service(every, several=False) == "not in service: 2, 3, 4"
    assert out_of_service(every[:2], several=True) == "not in service: gw1 2"
    more = [known(number, PortHealth.UNREGISTERED) for number in range(1, 8)]
    assert out_of_service(more, several=False) == "not in service: 1, 2, 3, 4 and 3 more"


def test_of_a_port_that_is_not_known_now_nothing_is_said() -> None:
    assert out_of_service([known(1), replace(known(2, PortHealth.NO_SIM), live=False)], several=False) == ""


@pytest.mark.parametrize(
    ("change", "history", "same"),
    [
        ({"read_at": NOON + 4}, True, True),
        ({"read_at": NOON - 61}, False, False),
        ({"read_at": None}, False, False),
        ({"fresh_for": 4.0}, False, False),
        ({"health": PortHealth.BUSY}, False, False),
        ({"since": NOON}, False, False),
        ({"report": SpanReport(state="x")}, False, False),
        ({"signal_history": (3, 4)}, False, True),
        ({"signal_history": (3, 4)}, True, False),
    ],
)
def test_a_reading_looks_as_before_where_nothing_that_is_shown_changed(
    change: dict[str, object], history: bool, same: bool
) -> None:
    before = replace(known().port, read_at=NOON, signal_history=())
    after: PortSnapshot = replace(before, **change)  # type: ignore[arg-type]
    now = NOON + 5
    assert (looks(after, now, history=history) == looks(before, now, history=history)) is same
