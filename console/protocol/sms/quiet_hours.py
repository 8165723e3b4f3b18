"""Hours in which people sleep, by the clock where a number is at home. A seam: only here is asked which zone that is,
and what is asked takes 100 ms to be loaded.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.protocol.sms.numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.config.records import QuietHours


def quiet_words(to: str, at: float, hours: QuietHours, region: str = "") -> str:
    """That it is in these hours at the time `at` (Unix seconds UTC) where the number may be, in words; empty where it
    is not, or nobody can tell. Of several zones one is enough.
    """
    zones = zones_of(to, region)
    for zone in zones:
        local = datetime.fromtimestamp(at, zone)
        if is_quiet(local.hour * 60 + local.minute, hours):
            where = zone.key if len(zones) == 1 else f"{zone.key}, one of {len(zones)} zones it may be in"
            return f"It is {local:%H:%M} for {to} then ({where}): quiet hours are {hours}."
    return ""


def is_quiet(minutes: int, hours: QuietHours) -> bool:
    """Whether a time of the day, in minutes since midnight, is among them. The last one is not."""
    begin, end = hours
    return begin <= minutes < end if begin < end else minutes >= begin or minutes < end


def zones_of(to: str, region: str = "") -> list[ZoneInfo]:
    """Where a number may be; none for a short code, a name, a satellite."""
    from phonenumbers import NumberParseException, parse
    from phonenumbers.timezone import time_zones_for_number

    number = read_number(to, region).number
    try:
        names = time_zones_for_number(parse(number)) if number.startswith("+") else ()
    except NumberParseException:
        names = ()
    return list(_known(names))


def _known(names: Iterable[str]) -> Iterable[ZoneInfo]:
    for name in names:
        try:
            yield ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue  # `Etc/Unknown`
