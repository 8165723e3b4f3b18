"""Alarms as a search sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind
from console.protocol.query.fields import Choice, Name, Ports, times
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from console.domain.alarms import Alarm


def _true(alarm: Alarm) -> Collection[str]:
    """The words of `is:` that are true of it."""
    return (
        "open" if alarm.is_open else "over",
        "new" if alarm.acknowledged_at is None else "acknowledged",
    )


ALARMS: Table[Alarm] = Table(
    "alarms",
    (
        Ports("port", "the GSM port it concerns", lambda alarm: alarm.port or None),
        Name("gw", "the gateway it concerns", lambda alarm: alarm.gateway, "north"),
        Choice(
            "kind",
            "the kind of alarm",
            dict.fromkeys((kind.code for kind in AlarmKind), ""),
            lambda alarm: (alarm.kind.code,),
        ),
        Choice(
            "is",
            "open: active; new: not acknowledged",
            {"open": "end", "over": "end", "new": "seen", "acknowledged": "seen"},
            _true,
        ),
        *times(lambda alarm: alarm.raised_at, "raised"),
    ),
    text=lambda alarm: f"{alarm.kind.value}\n{alarm.gateway}\n{alarm.words}\n{alarm.acknowledged_by}",
)
