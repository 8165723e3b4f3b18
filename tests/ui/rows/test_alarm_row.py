from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind
from console.ui.kit.format import line_width
from console.ui.rows.alarm_row import (
    OPEN,
    OVER,
    SEEN,
    alarm_cells,
    alarm_content,
    cleared_words,
    header_cells,
    look_of,
    raised_words,
)
from tests.support.alarms import alarm
from tests.support.backend import NOON, OPERATOR

if TYPE_CHECKING:
    from console.domain.alarms import Alarm
    from console.ui.kit.format import Cells

HOSTILE = "No\x1b[2J [/x]\u202e"


def seen(alarm_id: int = 1, *, cleared_at: float | None = None) -> Alarm:
    return alarm(alarm_id, acknowledged_at=NOON - 60, acknowledged_by=OPERATOR, cleared_at=cleared_at)


def words(cells: Cells) -> str:
    return "".join(text for text, _ in cells)


def test_a_state_is_a_word_a_glyph_and_a_colour() -> None:
    found = [look_of(alarm()), look_of(seen()), look_of(seen(cleared_at=NOON))]
    assert found == [OPEN, SEEN, OVER]
    for part in zip(*found, strict=True):
        assert len(set(part)) == 3


def test_a_row_says_state_since_when_how_long_where_what_who_and_why() -> None:
    for row, shown in (
        (alarm(), "▲ active 11:56:00     4m  gw1 port 3     no SIM                    there is no SIM in it"),
        (seen(), "△ acked  11:56:00     4m  gw1 port 3     no SIM                    alice  there is no SIM"),
        (alarm(cleared_at=NOON - 60), "✓ over   11:56:00     3m  gw1 port 3     no SIM "),
        (alarm(kind=AlarmKind.AMI_DOWN, port=0), "▲ active 11:56:00     4m  gw1            AMI down "),
        (alarm(kind=AlarmKind.RECEIVER_DOWN, port=0, gateway=""), "▲ active 11:56:00     4m  this console   receiver"),
    ):
        assert words(alarm_cells(row, 110, NOON)).startswith(shown)


def test_every_kind_fits_and_a_row_is_as_wide_as_it_is_told() -> None:
    for kind in AlarmKind:
        row = alarm_cells(alarm(kind=kind, words="余额 " * 40), 80, NOON)
        assert kind.value in words(row)
        assert line_width(row) == 80


def test_nothing_that_a_gateway_says_acts() -> None:
    it = alarm(words=HOSTILE, acknowledged_by=HOSTILE, acknowledged_at=NOON)
    for shown in (words(alarm_cells(it, 200, NOON)), alarm_content(it, NOON).plain, raised_words([it])):
        assert "No␛[2J [/x]‹202E›" in shown
        assert not set(shown) & set("\x1b\u202e")


def test_in_full_it_says_from_when_until_when_and_who_has_seen_it() -> None:
    shown = alarm_content(seen(cleared_at=NOON), NOON + 99).plain
    assert shown.splitlines() == [
        "gw1 port 3: no SIM  ✓ over",
        "there is no SIM in it",
        "since 2026-11-22 11:56:00 +00:00 until 2026-11-22 12:00:00 +00:00, 4m",
        f"acknowledged by {OPERATOR} 2026-11-22 11:59:00 +00:00",
    ]


def test_the_header_tells_new_ones_from_those_somebody_has_seen() -> None:
    assert header_cells([], "l") == []
    assert words(header_cells([alarm()], "l")) == "  ▲ 1 alarm (l)"
    assert words(header_cells([alarm(), alarm(2), seen(3)], "l")) == "  ▲ 2 alarms, 1 acked (l)"
    assert words(header_cells([seen()], "l")) == "  △ 1 alarm acked (l)"


def test_a_toast_names_one_and_counts_many() -> None:
    assert raised_words([alarm()]) == "▲ gw1 port 3: no SIM. There is no SIM in it"
    assert raised_words([alarm()], again=True).startswith("▲ gw1 port 3 still: no SIM")
    many = [alarm(number) for number in range(10)] + [alarm(kind=kind) for kind in list(AlarmKind)[4:8]]
    assert raised_words(many).startswith("▲ 14 alarms: no SIM 10, ")
    assert raised_words(many).endswith(", …")
    assert cleared_words([alarm(cleared_at=NOON)], NOON) == "✓ gw1 port 3: no SIM, over after 4m"
    short = alarm()
    short = alarm(cleared_at=short.raised_at + 3.9)
    assert cleared_words([short], NOON) == "✓ gw1 port 3: no SIM, over after 3s"
    assert " 3s  gw1 port 3" in words(alarm_cells(short, 80, NOON))
    assert cleared_words(many[:10], NOON) == "✓ 10 alarms over: no SIM 10"
