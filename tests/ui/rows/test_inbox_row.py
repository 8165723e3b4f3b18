from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import Callback, CallbackKind, Claim, InboxMessage
from console.ui.kit.format import Cells, line_width
from console.ui.rows.inbox_row import TIME_WIDTHS, gateway_time, heading, inbox_cells, utc_time
from tests.support.backend import NOON

SMALL, ROOMY = TIME_WIDTHS


def message(callback: Callback, at: float = NOON) -> InboxMessage:
    return InboxMessage(1, "gw1", at, callback, b"", read=False)


def row(callback: Callback, *, width: int = 76, time_width: int = SMALL) -> str:
    return "".join(text for text, _ in inbox_cells(message(callback), width, NOON + 60, time_width=time_width))


@pytest.mark.parametrize(
    ("at", "width", "shown"),
    [
        (datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC), SMALL, "14:03:11Z"),
        (datetime(2026, 11, 21, 14, 3, 11, tzinfo=UTC), SMALL, "11-21 14:03Z"),
        (datetime(2026, 11, 21, 14, 3, 11, tzinfo=UTC), ROOMY, "11-21 14:03:11Z"),
        (datetime(2025, 11, 22, 14, 3, 11, tzinfo=UTC), ROOMY, "2025-11-22Z"),
    ],
)
def test_our_time_is_utc_and_says_so(at: datetime, width: int, shown: str) -> None:
    assert utc_time(at.timestamp(), NOON, width) == shown


@pytest.mark.parametrize(
    ("written", "width", "shown"),
    [
        ("2026/11/22 14:03:12", SMALL, "14:03:12"),
        ("2026-11-22 14:03:12", SMALL, "14:03:12"),
        ("2026/11/23 01:03:12", SMALL, "11-23 01:03"),
        ("2026/11/23 01:03:12", ROOMY, "11-23 01:03:12"),
        ("1970/01/01 00:00:07", SMALL, "1970-01-01"),
        ("", SMALL, "-"),
        ("half past \x1b[31m", SMALL, "half past ␛[31m"),
        ("9" * 5_000, SMALL, "9" * 24),
    ],
)
def test_the_gateway_s_time_is_as_it_was_written(written: str, width: int, shown: str) -> None:
    assert gateway_time(written, NOON, width) == shown


def test_the_columns_stand_below_their_names() -> None:
    names = heading(SMALL)[0][0]
    line = row(Callback(CallbackKind.SMS, "+8613632919026", "hello", "2", gateway_time="2026/11/23 01:03:12"))
    for name, value in (
        ("our UTC", "12:00:00Z"),
        ("gateway", "11-23 01:03"),
        ("port", "2"),
        ("from", "+86136"),
        ("text", "hello"),
    ):
        assert line[names.index(name) :].startswith(value)


def test_there_is_room_for_the_text_on_eighty_columns() -> None:
    line = row(Callback(CallbackKind.SMS, "+8613632919026", "hello, is the line up?", "2", gateway_time="x" * 40))
    assert line.rstrip().endswith("hello, is the line up?")


def test_a_gap_keeps_its_words() -> None:
    gap = InboxMessage(1, "", NOON, Callback(CallbackKind.GAP), b"", read=True, since=NOON - 60, until=NOON)
    for width in (0, SMALL):
        assert "not receiving" in "".join(text for text, _ in inbox_cells(gap, 76, NOON, time_width=width))


@given(st.text(), st.text(), st.text(), st.sampled_from([0, SMALL, ROOMY]))
def test_no_row_has_room_for_mischief(number: str, text: str, time: str, time_width: int) -> None:
    callback = Callback(CallbackKind.SMS, number, text, "3", gateway_time=time)
    cells = inbox_cells(message(callback), 76, NOON, time_width=time_width)
    assert line_width(cells) == 76
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for piece, _ in cells for char in piece)


def test_who_looks_after_it_and_whose_it_is_stand_in_the_row() -> None:
    entry = message(Callback(CallbackKind.SMS, "10086", "help", "2"))
    mine, done = Claim(1, "alice from 192.0.2.7", NOON), Claim(1, "alice", NOON, NOON, "bob\x1b[31m from 192.0.2.8")

    def shown(**more: Claim | Cells | None) -> str:
        return "".join(text for text, _ in inbox_cells(entry, 76, NOON, **more))  # type: ignore[arg-type]

    assert "10086             @alice help" in shown(claim=mine)
    assert "10086             ✓ bob␛[31m help" in shown(claim=done)
    assert "  gw1 2  10086             help" in shown(gateway=[("gw1 ", "gateway-1")])
    assert len(shown(claim=done, gateway=[("gw1 ", "gateway-1")])) == 76
