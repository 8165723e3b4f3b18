"""The ports on offer: any, each with its state and what is left of its limit, and the sets that have a name; and a
warning of the one that is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from console.domain.link import LinkPhase
from console.domain.messages import Draft
from console.domain.ports import PortHealth
from console.errors import ConsoleError
from console.protocol.text.safe import safe
from console.ui.compose.letter import Route
from console.ui.kit.choice import Choice
from console.ui.kit.format import HEALTH, count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Via
    from console.domain.ports import PortSnapshot
    from console.domain.sending import Forecast, SimUsage

_FORESEEN = 64
"""Messages for which ports are foreseen: no gateway has more ports."""

_NAMED = 6
"""Ports that one line names."""


class RouteChoice(Choice[Route]):
    """Through which port a message goes. The chosen one stays chosen while it is there."""

    def __init__(self, backend: Backend) -> None:
        super().__init__("From", [("auto", None)], id="route")
        self._backend = backend
        self._auto = "auto"
        self._gateway: GatewaySnapshot | None = None
        self._asked: object = None

    def offer(self, gateway: GatewaySnapshot, via: Via, messages: int) -> None:
        """Offer what this gateway has, and say what `auto` would take now for so many messages.

        That is asked for aside, and only where the answer may have changed; the text has no say in it.
        """
        if self._gateway is None or _offered(gateway) != _offered(self._gateway):
            if self._gateway is None or self._gateway.name != gateway.name:
                self._auto = "auto"
            self._gateway = gateway
            self._show()
        messages = max(1, min(_FORESEEN, messages))
        states = tuple((port.port, port.health) for port in gateway.ports)
        asked = (gateway.name, states, gateway.link.phase, gateway.usage, via, messages)
        if asked != self._asked:
            self._asked = asked
            self._foresee([Draft(gateway.name, "1", "1", None, via)] * messages)

    @work(thread=True, exclusive=True, group="forecast", exit_on_error=False)
    def _foresee(self, drafts: Sequence[Draft]) -> None:
        try:
            words = ports_words(self._backend.forecast(drafts))
        except ConsoleError as error:
            words = f"✗ {safe(str(error))}"
        self.app.call_from_thread(self._take, drafts, words)

    def _take(self, drafts: Sequence[Draft], words: str) -> None:
        if drafts[0].gateway == (self._gateway.name if self._gateway else ""):
            self._auto = f"auto: {words}"
            self._show()

    def _show(self) -> None:
        options: list[tuple[str, Route]] = [(self._auto, None)]
        if self._gateway is not None:
            options += [(port_words(port, self._gateway), port.port) for port in self._gateway.ports]
            options += [(safe(f"{name}: {ports}"), name) for name, ports in self._gateway.port_sets]
        self.show_options(options)


def _offered(gateway: GatewaySnapshot) -> tuple[object, ...]:
    """What the options are made of."""
    return gateway.name, gateway.ports, gateway.link.phase, gateway.port_sets, gateway.usage


def port_words(port: PortSnapshot, gateway: GatewaySnapshot) -> str:
    """`port 3 CHINA MOBILE ● ready, 12 left`."""
    look = HEALTH[port.health]
    operator = f" {safe(port.report.operator)}" if port.report.operator else ""
    state = f"{look.glyph} {look.word}" if gateway.link.phase is LinkPhase.UP else "? AMI is down"
    usage = gateway.usage.get(port.port)
    return f"port {port.port}{operator} {state}{usage_words(usage) if usage else ''}"


def usage_words(usage: SimUsage) -> str:
    """`, 12 left`, or `, ✗ limit of 100 a day reached`; empty where there is no limit."""
    if usage.left is None:
        return ""
    if usage.left:
        return f", {count(usage.left)} left"
    if usage.daily_limit is not None and usage.today >= usage.daily_limit:
        return f", ✗ limit of {count(usage.daily_limit)} a day reached"
    return f", ✗ limit of {count(usage.monthly_limit or 0)} a month reached"


def ports_words(forecast: Forecast) -> str:
    """`port 3`, `ports 1, 2, 5`, or that the gateway chooses."""
    ports = forecast.ports
    if not ports:
        return "the gateway chooses"
    numbers = ", ".join(map(str, ports[:_NAMED])) + (", …" if len(ports) > _NAMED else "")
    return f"port{'s' if len(ports) > 1 else ''} {numbers}"


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
    return f"Port {route}: the last sends failed although it is registered; its SIM may be blocked. {instead}"


def _is_used_up(gateway: GatewaySnapshot, port: int) -> bool:
    usage = gateway.usage.get(port)
    return usage is not None and usage.left == 0
