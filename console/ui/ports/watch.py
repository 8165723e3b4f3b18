"""What went through the ports lately: looked at aside, for whoever shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.domain.link import LinkPhase
from console.domain.messages import PortCounts
from console.domain.ports import PortPast
from console.errors import ConsoleError
from console.protocol.text.time_words import midnight
from console.ui.ports.facts import PortFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.domain.link import GatewaySnapshot
    from console.domain.ports import PortNote, PortSnapshot
    from console.store import LiveReader
    from console.ui.context.gateways import Gateways

SPACING = 2.0
"""Seconds between two looks while something changes."""

IDLE = 30.0
"""Seconds between two looks while nothing does: hours and days go by."""

_NO_COUNTS = PortCounts()
_NO_PAST = PortPast()


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a look found of one gateway, by port."""

    today: Mapping[int, PortCounts] = field(default_factory=dict)
    hour: Mapping[int, PortCounts] = field(default_factory=dict)
    past: Mapping[int, PortPast] = field(default_factory=dict)
    notes: Mapping[int, PortNote] = field(default_factory=dict)


_NO_TRAFFIC = Traffic()


class PortWatch:
    """Looks when something was committed, now and then. `seen` is what the last look found, by gateway."""

    def __init__(self, store: LiveReader) -> None:
        self._store = store
        self._looking = threading.Lock()
        self._revision = -1
        self._at = -IDLE
        self.seen: Mapping[str, Traffic] = {}

    def is_due(self, now: float) -> bool:
        """Whether to `look` now. A clock that was set back is no reason to wait."""
        spacing = SPACING if self._store.revision != self._revision else IDLE
        return not 0 <= now - self._at < spacing

    def look(self, gateways: Sequence[str], now: float) -> None:
        """Read the store; from a thread of its own, as that may take a while. Trouble with it is told elsewhere."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._at, self._revision = now, self._store.revision
            self.seen = {gateway: self._found(gateway, now) for gateway in gateways}
        except ConsoleError:
            pass  # the screen's own look at the store tells why
        finally:
            self._looking.release()

    def _found(self, gateway: str, now: float) -> Traffic:
        store = self._store
        return Traffic(
            store.port_history.counts(gateway, (midnight(now), now + 60))[0],
            store.port_history.counts(gateway, (now - 3600, now + 60))[0],
            store.port_history.past(gateway),
            store.port_notes.of(gateway),
        )

    def facts(self, gateways: Gateways) -> list[PortFacts]:
        """Every port of those that are shown with all that is known of it, in their order."""
        named = gateways.column > 0
        return [
            facts_of(gateway, port, self.seen.get(gateway.name, _NO_TRAFFIC), gateways if named else None)
            for gateway in gateways.shown()
            for port in gateway.ports
        ]


def facts_of(
    gateway: GatewaySnapshot, port: PortSnapshot, traffic: Traffic, named: Gateways | None = None
) -> PortFacts:
    """One port of a gateway; with its name, where gateways have to be told apart."""
    number = port.port
    return PortFacts(
        gateway.name,
        port,
        live=gateway.link.phase is LinkPhase.UP,
        label=gateway.name if named else "",
        label_ink=named.ink(gateway.name) if named else "plain",
        today=traffic.today.get(number, _NO_COUNTS),
        hour=traffic.hour.get(number, _NO_COUNTS),
        past=traffic.past.get(number, _NO_PAST),
        note=traffic.notes.get(number),
        usage=gateway.usage.get(number),
        suspect_after=gateway.suspect_after,
    )
