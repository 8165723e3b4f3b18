"""Ports with all that is known of them, as the panels draw them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortNote, PortPast
from console.domain.sending import SimUsage
from console.ui.ports.facts import PortFacts
from tests.support.backend import NOON, port

if TYPE_CHECKING:
    from tests.support.backend import FakeBackend


def known(number: int = 2, health: PortHealth = PortHealth.READY, **report: object) -> PortFacts:
    """A port of gw1 with a little of everything."""
    return PortFacts(
        "gw1",
        port(number, health, **report),
        today=PortCounts(received=40, sent=12, failed=2, delivered=9, delivery_seconds=7.4),
        hour=PortCounts(received=3, sent=1),
        past=PortPast(NOON - 240, NOON - 7200),
    )


def noted(facts: PortFacts, note: str = "antenna loose", *, locked_out: bool = False) -> PortFacts:
    return replace(facts, note=PortNote("gw1", facts.port.port, note, locked_out, "bob", NOON - 60))


def mix(backend: FakeBackend) -> None:
    """Let the ports of the first gateway be in many states, with signals that wander, and limits."""
    states = {
        3: PortHealth.UNREGISTERED,
        5: PortHealth.BUSY,
        6: PortHealth.NO_SIM,
        17: PortHealth.DOWN,
        21: PortHealth.NEEDS_PIN,
        30: PortHealth.STARTING,
        31: PortHealth.BLOCKED,
    }
    gateway = backend.snapshots[0]
    for one in gateway.ports:
        signal = (one.port * 7) % 29 + 2
        quiet = one.port in {3, 6, 17, 21}
        history = tuple(max(0, min(31, signal + (one.port * turn) % 7 - 3)) for turn in range(30))
        report = replace(
            one.report,
            signal=None if quiet else signal,
            operator="" if quiet else ("CHINA MOBILE", "CHN-UNICOM", "Beeline")[one.port % 3],
            registration="Searching" if one.port == 3 else one.report.registration,
        )
        health = states.get(one.port, PortHealth.READY)
        backend.change_port(
            one.port,
            health=health,
            since=NOON - 60 * one.port,
            report=report,
            signal_history=() if quiet else history,
        )
    usage = {2: SimUsage(93, 420, 100, 1000), 4: SimUsage(12, 80, 100, None)}
    backend.snapshots = (replace(backend.snapshots[0], usage=usage), *backend.snapshots[1:])
