"""Says that the SIM in the chosen port may be blocked, and names a port that could be taken instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from console.domain.link import LinkPhase
from console.domain.ports import PortHealth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from console.domain.link import GatewaySnapshot
    from console.ui.compose.letter import Route


class SuspectLine(Static):
    """One line; not there while there is nothing to say."""

    DEFAULT_CSS = "SuspectLine { height: auto; max-height: 2; display: none; }"

    def __init__(self, suspects: Callable[[str], Collection[int]]) -> None:
        """`suspects` says which ports of a gateway those are."""
        super().__init__(id="suspect")
        self._suspects = suspects
        self._words = ""

    def look(self, gateway: GatewaySnapshot | None, route: Route) -> bool:
        """Warn of this route where there is something to warn of; whether that is something else than before."""
        suspects = self._suspects(gateway.name) if gateway is not None else ()
        words = suspect_words(gateway, route, suspects) if suspects else ""
        changed = words != self._words
        if changed:
            self._words = words
            self.display = bool(words)
            self.update(Content.assemble((f"! {words}", "$warning")))
        return changed


def suspect_words(gateway: GatewaySnapshot | None, route: Route, suspects: Collection[int]) -> str:
    """Why a port should not be taken now, and which one could; empty where nothing speaks against the route."""
    if gateway is None or route not in suspects:
        return ""
    better = [
        port.port
        for port in gateway.ports
        if port.health is PortHealth.READY and port.port not in suspects and not _is_used_up(gateway, port.port)
    ]
    instead = "No other port is ready."
    if gateway.link.phase is LinkPhase.UP and better:
        instead = f"Port {better[0]} is ready."
    return f"Port {route}: the last sends failed though it is registered, its SIM may be blocked. {instead}"


def _is_used_up(gateway: GatewaySnapshot, port: int) -> bool:
    usage = gateway.usage.get(port)
    return usage is not None and usage.left == 0
