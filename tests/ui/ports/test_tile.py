from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ports import PortHealth, PortPast, PortSnapshot, SpanReport
from console.domain.sending import SimUsage
from console.ui.kit.format import line_width
from console.ui.ports.facts import PortFacts
from console.ui.ports.tile import LOWEST, NARROWEST, TALLEST, tile_lines
from tests.support.backend import NOON
from tests.support.ports import known, noted


def drawn(facts: PortFacts, width: int = NARROWEST, height: int = TALLEST, now: float = NOON) -> list[str]:
    lines = tile_lines(facts, width, height, now)
    assert [line_width(line) for line in lines] == [width] * height
    return ["".join(text for text, _ in line) for line in lines]


def test_the_first_lines_say_what_matters_most() -> None:
    facts = replace(known(), port=replace(known().port, signal_history=(2, 12, 31)))
    assert drawn(facts) == [
        " 2 ● ready         ▁▂▄·· 12",
        "   CHINA M… -89dBm      ▁▃█",
        "   ↓40 ↑12 ✗2  1h ↓3 ↑1    ",
        "   last ↓4m ↑2h00m         ",
        "   460028893040002         ",
    ]


def test_an_age_that_has_no_room_is_left_out_and_not_cut() -> None:
    facts = known(2, PortHealth.UNREGISTERED, signal=None)
    for minutes, head in ((5, "no network 5m"), (17, "no network"), (192, "no network")):
        since = replace(facts.port, since=NOON - 60 * minutes)
        assert drawn(replace(facts, port=since))[0] == f" 2 ▲ {head:13}   ·   --"


def test_beside_the_counters_stands_what_is_most_worth_knowing() -> None:
    limited = replace(known(), usage=SimUsage(93, 420, 100, 1000))
    assert drawn(limited)[2].rstrip().endswith("✗2  93/100")
    monthly = replace(known(), usage=SimUsage(93, 420, None, 1000))
    assert drawn(monthly)[2].rstrip().endswith("✗2  420/1000 mo.")
    failing = replace(limited, past=PortPast(failures=4))
    assert drawn(failing)[2].rstrip().endswith("✗2  4 in a row")
    assert "⊘ locked out" in drawn(noted(failing, locked_out=True))[2]


def test_the_note_of_a_colleague_stands_below() -> None:
    assert drawn(noted(known(), "mind [/x]\x1b"))[4] == "   “mind [/x]␛”            "


def test_old_data_has_no_colour_of_its_own() -> None:
    inks = {ink for line in tile_lines(known(), 30, 2, NOON + 240) for _, ink in line}
    assert inks == {"quiet", "plain"}


def test_few_colours_on_a_line() -> None:
    facts = noted(replace(known(), label="gw2", past=PortPast(failures=9)), locked_out=True)
    assert max(len(line) for line in tile_lines(facts, 40, TALLEST, NOON)) <= 6


@pytest.mark.parametrize("height", range(LOWEST, TALLEST + 1))
def test_a_lower_tile_has_the_same_first_lines(height: int) -> None:
    assert drawn(known(), height=height) == drawn(known())[:height]


@given(
    st.integers(NARROWEST, 70),
    st.text(max_size=40),
    st.integers(0, 10**7),
    st.sampled_from(PortHealth),
    st.one_of(st.none(), st.integers(0, 31)),
    st.text(max_size=12),
)
def test_every_width_is_filled_and_no_more(
    width: int, words: str, number: int, health: PortHealth, signal: int | None, label: str
) -> None:
    facts = noted(known(2, health, operator=words, state=words, signal=signal, imsi=words), words)
    facts = replace(facts, label=label, today=replace(facts.today, received=number, sent=number))
    drawn(facts, max(width, NARROWEST + 9 if label else width))


def test_a_port_never_read_is_a_tile_as_well() -> None:
    never = PortFacts("gw1", PortSnapshot(1, PortHealth.UNKNOWN, NOON, None, SpanReport()))
    assert drawn(never)[0] == " 1 ? not read yet    ·   --"
