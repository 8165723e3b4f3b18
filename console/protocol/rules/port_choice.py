"""Which GSM port a message leaves through: never one that is down, without SIM or over its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from console.domain.ports import PortHealth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from console.domain.ports import PortSnapshot

_USELESS = frozenset({PortHealth.NO_SIM, PortHealth.NEEDS_PIN, PortHealth.BLOCKED, PortHealth.OFF, PortHealth.DOWN})

Refusal = str
"""Why a port can't take a message, in words; empty when it can."""


def refusal(port: int, snapshots: Sequence[PortSnapshot], now: float) -> Refusal:
    """Why a named port can't send: it said so a moment ago. What is not known forbids nothing."""
    for snapshot in snapshots:
        if snapshot.port == port and snapshot.is_fresh(now) and snapshot.health in _USELESS:
            return f"Port {port} can't send: {snapshot.health}."
    return ""


def usable(snapshots: Sequence[PortSnapshot], now: float, ours: Collection[int] = ()) -> list[int]:
    """Ports that may be chosen without being named: READY, and those of `ours` that are busy (with what we send)."""
    return [
        snapshot.port
        for snapshot in snapshots
        if snapshot.is_fresh(now)
        and (snapshot.health is PortHealth.READY or (snapshot.health is PortHealth.BUSY and snapshot.port in ours))
    ]


def least_loaded(ports: Sequence[int], load: Mapping[int, int]) -> int | None:
    """The one with the smallest load, the lowest of equals; None when there is none to choose from."""
    return min(ports, key=lambda port: (load.get(port, 0), port), default=None)


def next_in_turn(
    ports: Sequence[int],
    order: Literal["ascending", "descending"],
    last: int | None,
    fits: Callable[[int], bool],
) -> int | None:
    """The next of a set after `last`, by number up or down and round again, that `fits`; None when none does."""
    way = sorted(ports, reverse=order == "descending")
    if last in way:
        start = way.index(last) + 1
        way = way[start:] + way[:start]
    return next((port for port in way if fits(port)), None)
