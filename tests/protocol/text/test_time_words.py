"""Words for a time: looked back to, to come, and the days on which a clock is put on or back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.text.time_words import NoTime, Window, between, coming, past, spoken, spoken_window, window

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 14, 30, 20, tzinfo=BERLIN)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0)
DAY = timedelta(days=1)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return NOW.replace(day=day, hour=hour, minute=minute, second=second)


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("2026-11-20", at(20, 0)),
        ("2026/11/20", at(20, 0)),
        ("2026-11-20T09:15", at(20, 9, 15)),
        ("2026-11-20 09:15:07", at(20, 9, 15, 7)),
        ("2026-11-20T09:15Z", datetime(2026, 11, 20, 9, 15, tzinfo=UTC)),
        ("14:30", at(22, 14, 30)),
        ("14:31", at(21, 14, 31)),
        ("8:00", at(22, 8)),
        ("00:00:05", at(22, 0, 0, 5)),
        ("today", MIDNIGHT),
        ("Yesterday", MIDNIGHT - DAY),
        ("yesterday  8:05", at(21, 8, 5)),
        ("tomorrow", MIDNIGHT + DAY),
        ("90s", NOW - timedelta(seconds=90)),
        ("15m", NOW - timedelta(minutes=15)),
        ("15 min ago", NOW - timedelta(minutes=15)),
        ("1h30m", NOW - timedelta(minutes=90)),
        ("3d", NOW - timedelta(days=3)),
        ("now", NOW),
    ],
)
def test_looking_back(words: str, then: datetime) -> None:
    assert past(words, NOW.timestamp(), BERLIN).at == then.timestamp()


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("14:30", at(23, 14, 30)),
        ("14:31", at(22, 14, 31)),
        ("8:00", at(23, 8)),
        ("today 18:00", at(22, 18)),
        ("tomorrow 8:00", at(23, 8)),
        ("2026-11-24 08:00", at(24, 8)),
        ("2h", NOW + timedelta(hours=2)),
        ("in 1h 20m", NOW + timedelta(minutes=80)),
        ("now", NOW),
    ],
)
def test_to_come(words: str, then: datetime) -> None:
    assert coming(words, NOW.timestamp(), BERLIN).at == then.timestamp()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("today 8:00", "is past"),
        ("yesterday 8:00", "is past"),
        ("2h ago", "is past"),
        ("2026-11-20 08:00", "is past"),
        ("tomorrow", "no time of day; type tomorrow 8:00"),
        ("2026-12-01", "no time of day"),
        ("soon", "is not a time; type 14:30, tomorrow 8:00"),
        ("25:00", "not a time of day"),
        ("tomorrow 8:75", "not a time of day"),
        ("", "is not a time"),
        ("-5m", "is not a time"),
        ("99999d 99999d", "is not a time"),
        ("9999-12-31 23:59:59.9999999+99:00", "is not a time"),
    ],
)
def test_what_is_not_to_come_is_refused_with_what_is_understood(words: str, why: str) -> None:
    with pytest.raises(NoTime, match=why):
        coming(words, NOW.timestamp(), BERLIN)


@pytest.mark.parametrize("words", ["", "soon", "-5m", "25:00", "12:x", "in 2h", "in 2h ago"])
def test_what_is_no_time_to_look_back_to(words: str) -> None:
    with pytest.raises(NoTime, match="yesterday 14:30"):
        past(words, NOW.timestamp(), BERLIN)


def test_a_window_ends_after_it_begins() -> None:
    now, eight, noon = NOW.timestamp(), at(23, 8).timestamp(), at(23, 12).timestamp()
    assert window("tomorrow 8:00 until 12:00", now, BERLIN) == Window(eight, noon)
    assert window("8:00 until 4h", now, BERLIN) == Window(eight, noon)
    assert window("8:00 until tomorrow 12:00", now, BERLIN) == Window(eight, noon)
    assert window("until 18:00", now, BERLIN) == Window(None, at(22, 18).timestamp())
    assert window("now until 18:00", now, BERLIN) == Window(None, at(22, 18).timestamp())
    assert between("8:00", "", now, BERLIN) == Window(eight, None)
    assert window(" ", now, BERLIN) == Window()
    with pytest.raises(NoTime, match="is before tomorrow 08:00, when it may be sent"):
        window("tomorrow 8:00 until today 20:00", now, BERLIN)


def test_a_clock_time_that_is_skipped_or_shown_twice_is_said() -> None:
    spring = datetime(2026, 3, 28, 20, tzinfo=BERLIN).timestamp()
    skipped = coming("2:30", spring, BERLIN)
    assert skipped.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC).timestamp()
    assert skipped.remark == "The clock skips 2026-03-29 02:30; 03:30 is used."

    autumn = datetime(2026, 10, 24, 20, tzinfo=BERLIN).timestamp()
    first = coming("2:30", autumn, BERLIN)
    assert first.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert first.remark == "The clock shows 2026-10-25 02:30 twice: taken as the first, before it is set back."
    second = coming("2:30", first.at + 60, BERLIN)
    assert second.at == first.at + 3600
    assert "taken as the second" in second.remark
    assert past("2:30", first.at + 7200, BERLIN) == second
    assert window("2:30 until 3:00", autumn, BERLIN).remarks == (first.remark,)


MOMENTS = st.integers(min_value=0, max_value=4_000_000_000)
ZONES = st.sampled_from(
    [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]
)


@given(now=MOMENTS, ahead=st.integers(min_value=1, max_value=40 * 86_400), zone=ZONES)
def test_what_is_spoken_is_understood(now: int, ahead: int, zone: ZoneInfo) -> None:
    then = coming(spoken(now + ahead, now, zone), now, zone) if ahead > 7200 else None
    if then is not None:
        # Of two moments that a clock shows alike the first is read.
        assert now + ahead - then.at in ((0,) if not then.remark else (0, 1800, 3600))


@given(now=MOMENTS, hour=st.integers(0, 23), minute=st.integers(0, 59), zone=ZONES)
def test_a_bare_clock_time_is_the_nearest_one(now: int, hour: int, minute: int, zone: ZoneInfo) -> None:
    words = f"{hour}:{minute:02}"
    assert now < coming(words, now, zone).at <= now + 86_400 + 7200
    assert now - 86_400 - 7200 <= past(words, now, zone).at <= now


@given(words=st.text(max_size=30), now=MOMENTS)
def test_any_words_are_a_time_or_refused(words: str, now: int) -> None:
    for read in (coming, past, window):
        with suppress(NoTime):
            read(words, now, BERLIN)


def test_a_window_is_spoken() -> None:
    now, eight, noon = NOW.timestamp(), at(23, 8).timestamp(), at(23, 12).timestamp()
    assert spoken_window(eight, noon, now, BERLIN) == "tomorrow 08:00, not after tomorrow 12:00"
    assert spoken_window(None, noon, now, BERLIN) == "at once, not after tomorrow 12:00"
    assert spoken_window(eight, None, now, BERLIN) == "tomorrow 08:00"
