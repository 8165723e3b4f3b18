from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.ui.kit.format import cut_title, title
from console.ui.kit.pane import Pace


def frames(pace: Pace, seconds: float, start: float = 100.0) -> list[float]:
    """Times at which a frame is drawn when something changes at every tick of 0.1 s."""
    return [now for tick in range(int(seconds * 10)) if pace.due(now := start + tick * 0.1)]


def test_the_first_changes_are_drawn_at_once() -> None:
    assert frames(Pace(), 0.3) == [100.0, 100.1, 100.2]


def test_steady_change_is_drawn_at_four_frames_a_second() -> None:
    drawn = frames(Pace(), 11)
    assert len([now for now in drawn if now >= 101]) in range(38, 42)


def test_a_quiet_second_brings_the_first_frames_back() -> None:
    pace = Pace()
    frames(pace, 5)
    assert pace.due(200.0)
    assert pace.due(200.1)


def test_a_clock_set_back_stops_nothing() -> None:
    pace = Pace()
    frames(pace, 5, start=1000.0)
    assert pace.due(10.0)


def test_a_title_has_three_facts_and_no_number_is_cut() -> None:
    assert title("Inbox", "", "3 of 12", "", "2 unread", "/code", "more") == "Inbox  3 of 12  2 unread  /code"
    whole = "Ports  47 of 60 in service  out: north 5, north 17"
    assert cut_title(whole, 50) == whole
    assert cut_title(whole, 49) == "Ports  47 of 60 in service  out: north 5, north …"
    assert cut_title(whole, 12) == "Ports  47 …"
    assert cut_title(whole, 10) == "Ports …"


@given(st.text("12 ab", max_size=40), st.integers(2, 40))
def test_what_is_cut_of_a_title_is_whole_words(words: str, width: int) -> None:
    cut = cut_title(words, width)
    assert cell_len(cut) <= width
    assert cut == words or cut.endswith("…")
