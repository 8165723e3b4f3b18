"""Words for a time, as people type them: one language for searches, the log, and when a message may leave.

    14:30  yesterday 14:30  tomorrow 8:00  today  2026-11-22  2026-11-22T14:30  15m  1h30m  2h ago  in 2h  now

They are of a zone, None for this machine's. A clock time that the zone's clock skips or shows twice that day is taken
all the same, and a remark says which moment that is.
"""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

PAST = "2026-11-22, 2026-11-22T14:30, 14:30, yesterday, yesterday 14:30, today, or how long ago: 15m, 2h, 3d"
"""What `past` understands, for an error or a help text."""

DAY = "2026-11-22, today, yesterday"
"""What `day` understands."""

COMING = "14:30, tomorrow 8:00, 2026-11-22 14:30, or how long from now: 15m, 2h, 3d"
"""What `coming` understands."""

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_BARE_CLOCK = re.compile(_CLOCK)
_DAY = re.compile(rf"(?P<day>yesterday|today|tomorrow)(?:\s+{_CLOCK})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SPAN = re.compile(
    r"(?P<lead>in\s+)?(?=\d)(?:(\d{1,5})\s*d)?\s*(?:(\d{1,6})\s*h)?\s*(?:(\d{1,8})\s*m(?:in)?)?\s*(?:(\d{1,9})\s*s)?"
    r"(?P<ago>\s+ago)?"
)
_UNITS = (86_400, 3_600, 60, 1)
_SHOWN = 40
_UNTIL = re.compile(r"(?:^|\s+)until\s+", re.IGNORECASE)


class NoTime(ValueError):
    """Words that say no time, or not one that is meant there: why, and what is understood."""


class Moment(NamedTuple):
    """A time that was read."""

    at: float
    """Unix seconds UTC."""
    remark: str = ""
    """What is odd about it, in words; empty as a rule."""


class Window(NamedTuple):
    """When a message may leave."""

    not_before: float | None = None
    """Unix seconds UTC; None: at once."""
    not_after: float | None = None
    """None: nothing was said."""
    remarks: tuple[str, ...] = ()


def past(words: str, now: float, zone: datetime.tzinfo | None = None) -> Moment:
    """A time to look back to: a bare `14:30` is the last one, `2h` that long ago, a day its beginning. One to come may
    be named, too. Raises NoTime.
    """
    said = _plain(words)
    if span := _span(said):
        seconds, coming_up, _ = span
        if coming_up:
            raise NoTime(f"{_shown(words)} is not a past time; type {PAST}.")
        return Moment(now - seconds)
    if clock := _BARE_CLOCK.fullmatch(said):
        today = _local(now, zone).date()
        found = [each for each in _moments(_on(today, clock, words, PAST), zone) if each.at <= now]
        return found[-1] if found else _moments(_on(_shifted(today, -1), clock, words, PAST), zone)[-1]
    return _named(said, words, now, zone, PAST)[0]


def day(words: str, now: float, zone: datetime.tzinfo | None = None) -> tuple[float, float]:
    """When a day begins, and the next one. Raises NoTime."""
    begin, is_day = _named(_plain(words), words, now, zone, DAY)
    if not is_day:
        raise NoTime(f"{_shown(words)} is not a date; type {DAY}.")
    return begin.at, _moments(_midnight(_shifted(_local(begin.at, zone).date(), 1)), zone)[0].at


def coming(words: str, now: float, zone: datetime.tzinfo | None = None, *, after: float | None = None) -> Moment:
    """A time to come: a bare `14:30` is the next one, `2h` that long from now. With `after`, both count from there, and
    what comes before it is refused. Raises NoTime, also for a day without a time of day.
    """
    said, start = _plain(words), now if after is None else max(now, after)
    if said == "now":
        found = Moment(now)
    elif span := _span(said):
        seconds, from_now, ago = span
        found = Moment(now - seconds if ago else (now if from_now else start) + seconds)
    elif clock := _BARE_CLOCK.fullmatch(said):
        date = _local(start, zone).date()
        days = (date, _shifted(date, 1))
        return next(each for on in days for each in _moments(_on(on, clock, words, COMING), zone) if each.at > start)
    else:
        found, is_day = _named(said, words, now, zone, COMING)
        if is_day:
            raise NoTime(f"{_shown(words)} has no time of day; type {words.strip()[:_SHOWN]} 8:00.")
    if found.at < start:
        than = "past" if start == now else f"before {spoken(start, now, zone)}, when it may be sent"
        raise NoTime(f"{_shown(words)} is {than}.")
    return found


def window(words: str, now: float, zone: datetime.tzinfo | None = None) -> Window:
    """`tomorrow 8:00 until 12:00`, `in 2h`, `until 18:00`; nothing for no words. Raises NoTime."""
    begin, *end = _UNTIL.split(words.strip(), maxsplit=1)
    return between(begin, end[0] if end else "", now, zone)


def between(begin: str, end: str, now: float, zone: datetime.tzinfo | None = None) -> Window:
    """The same, each in words of its own; either may be empty."""
    starts = coming(begin, now, zone) if begin.strip() else None
    if starts is not None and starts.at <= now:
        starts = None
    ends = coming(end, now, zone, after=starts.at if starts else None) if end.strip() else None
    remarks = tuple(each.remark for each in (starts, ends) if each and each.remark)
    return Window(starts.at if starts else None, ends.at if ends else None, remarks)


def spoken(at: float, now: float, zone: datetime.tzinfo | None = None) -> str:
    """`today 14:30`, `tomorrow 08:00`, `2026-12-03 08:00`, with seconds where there are some: words that are understood
    again.
    """
    then, today = _local(at, zone), _local(now, zone).date()
    days = {_shifted(today, by): word for word, by in _DAYS.items()}
    clock = f"{then:%H:%M:%S}" if then.second else f"{then:%H:%M}"
    return f"{days.get(then.date(), then.date().isoformat())} {clock}"


def spoken_window(
    not_before: float | None, not_after: float | None, now: float, zone: datetime.tzinfo | None = None
) -> str:
    """`tomorrow 08:00, not after tomorrow 12:00`; `at once` where nothing has to be waited for."""
    begin = "at once" if not_before is None else spoken(not_before, now, zone)
    return begin if not_after is None else f"{begin}, not after {spoken(not_after, now, zone)}"


def _span(said: str) -> tuple[int, bool, bool] | None:
    """Seconds, whether `in` stands before them, and `ago` behind."""
    match = _SPAN.fullmatch(said)
    if match is None or (match["lead"] and match["ago"]):
        return None
    numbers = match.groups()[1:5]
    seconds = sum(int(number) * unit for number, unit in zip(numbers, _UNITS, strict=True) if number)
    return seconds, bool(match["lead"]), bool(match["ago"])


def _named(said: str, words: str, now: float, zone: datetime.tzinfo | None, understood: str) -> tuple[Moment, bool]:
    """A time that says its day, and whether that is all it says."""
    if said == "now":
        return Moment(now), False
    if match := _DAY.fullmatch(said):
        date = _shifted(_local(now, zone).date(), _DAYS[match["day"]])
        wall = _on(date, match, words, understood) if match["hour"] else _midnight(date)
        return _moments(wall, zone)[0], not match["hour"]
    written = said.replace("/", "-").upper()
    try:
        moment = datetime.datetime.fromisoformat(written)
        if moment.tzinfo is not None:
            return Moment(moment.timestamp()), False
    except (ValueError, OverflowError):
        raise NoTime(f"{_shown(words)} is not a time; type {understood}.") from None
    return _moments(moment, zone)[0], _DATE.fullmatch(written) is not None


def _on(date: datetime.date, clock: re.Match[str], words: str, understood: str) -> datetime.datetime:
    try:
        time = datetime.time(int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        raise NoTime(f"{_shown(words)} is not a time of day; type {understood}.") from None
    return datetime.datetime.combine(date, time)


def _midnight(date: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(date, datetime.time())


def _moments(wall: datetime.datetime, zone: datetime.tzinfo | None) -> list[Moment]:
    """When the clock on the wall shows that: once, or twice where it is set back. Where it skips it: the moment that
    far behind the last one before.
    """
    try:
        first, second = (_stamp(wall.replace(fold=fold), zone) for fold in (0, 1))
    except (ValueError, OverflowError, OSError):
        raise NoTime(f"{wall.isoformat(' ')[:16]} is too far away.") from None
    if first == second:
        return [Moment(first)]
    shown = f"{wall:%Y-%m-%d %H:%M}"
    if first < second:
        twice = f"The clock shows {shown} twice"
        return [
            Moment(first, f"{twice}: taken as the first, before it is set back."),
            Moment(second, f"{twice}: taken as the second, after it is set back."),
        ]
    return [Moment(first, f"The clock skips {shown}; {_local(first, zone):%H:%M} is used.")]


def _stamp(wall: datetime.datetime, zone: datetime.tzinfo | None) -> float:
    return (wall if zone is None else wall.replace(tzinfo=zone)).timestamp()


def _local(at: float, zone: datetime.tzinfo | None) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(at, zone)
    except (ValueError, OverflowError, OSError):
        raise NoTime("That is too far away.") from None


def _shifted(date: datetime.date, days: int) -> datetime.date:
    try:
        return date + datetime.timedelta(days=days)
    except OverflowError:
        raise NoTime("That is too far away.") from None


def _plain(words: str) -> str:
    return " ".join(words.split()).lower()


def _shown(words: str) -> str:
    return f"{words.strip()[:_SHOWN]!r}"


def midnight(now: float) -> float:
    """When the day began, local time; Unix seconds UTC."""
    local = datetime.datetime.fromtimestamp(now).astimezone()
    return local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None).timestamp()
