"""How the gateways are, for the first line of the screen: a chip each, or their number where there is no room. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.link import LinkPhase
from console.domain.ports import PortHealth
from console.protocol.text.safe import safe
from console.ui.kit.format import Look, age

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.link import GatewaySnapshot
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells

LINK: dict[LinkPhase, Look] = {
    LinkPhase.CONNECTING: Look("◌", "connecting", "warn"),
    LinkPhase.LOGGING_IN: Look("◌", "logging in", "warn"),
    LinkPhase.UP: Look("●", "", "good"),
    LinkPhase.WAITING: Look("✗", "down", "bad"),
    LinkPhase.REFUSED: Look("✗", "login refused", "bad"),
    LinkPhase.STOPPED: Look("○", "stopped", "quiet"),
}

_IN_SERVICE = {PortHealth.READY, PortHealth.BUSY}
_NOT_WELL = {LinkPhase.WAITING, LinkPhase.REFUSED}

_NAMED = 3
"""Gateways that are named where only their number is told."""


def chip(gateway: GatewaySnapshot, ink: Ink, now: float, *, chosen: bool) -> Cells:
    """`gw1 ● 7/8`: AMI is up, ports in service of all. `gw2 ✗ AMI`: it is not. ` ✗ HTTP 3m ago` behind either."""
    look = LINK[gateway.link.phase]
    name = safe(gateway.name)
    cells: Cells = [(f" {name} only ", "chosen"), (" ", "plain")] if chosen else [(f"{name} ", ink)]
    if gateway.link.phase is LinkPhase.UP:
        ports = [port.health in _IN_SERVICE for port in gateway.ports]
        cells += [(f"{look.glyph} ", look.ink), (f"{sum(ports)}/{len(ports)}", "plain" if all(ports) else "warn")]
    else:
        cells.append((f"{look.glyph} AMI", look.ink))
    return [*cells, *http_cells(gateway, now), ("  ", "plain")]


def http_cells(gateway: GatewaySnapshot, now: float) -> Cells:
    """` ✗ HTTP 3m ago`: the last request to send got no answer, and there was none since."""
    trouble = gateway.http_trouble
    return [] if trouble is None else [(f" ✗ HTTP {age(now - trouble.at)} ago", "bad")]


def chips(gateways: Sequence[GatewaySnapshot], inks: Sequence[Ink], chosen: str, now: float) -> Cells:
    """One chip each; `inks` are those of the gateways, in their order."""
    cells: Cells = []
    for gateway, ink in zip(gateways, inks, strict=True):
        cells += chip(gateway, ink, now, chosen=gateway.name == chosen)
    return cells


def counts(gateways: Sequence[GatewaySnapshot], chosen: str, now: float) -> Cells:
    """`5 gateways, 1 down: gw2`; or the chosen one, whole, and `+4, 1 down`."""
    cells: Cells = []
    others = [gateway for gateway in gateways if gateway.name != chosen]
    for gateway in gateways:
        if gateway.name == chosen:
            cells += chip(gateway, "plain", now, chosen=True)
    cells.append((f"+{len(others)}" if cells else f"{len(gateways)} gateways", "plain"))
    down = [safe(gateway.name) for gateway in others if gateway.link.phase in _NOT_WELL or gateway.http_trouble]
    if down:
        named = "" if chosen else f": {', '.join(down[:_NAMED])}{', …' if len(down) > _NAMED else ''}"
        cells.append((f", {len(down)} down{named}", "bad"))
    waiting = sum(LINK[gateway.link.phase].ink == "warn" for gateway in others)
    if waiting:
        cells.append((f", {waiting} connecting", "warn"))
    return [*cells, ("  ", "plain")]
