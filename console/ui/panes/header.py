"""The first line: is the gateway reached, is the console receiving, is anything waiting for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from console.domain.link import GatewaySnapshot, LinkPhase, ReceiverStatus
from console.protocol.safe_text import safe
from console.ui.format import Cells, Look, age, clock_time, content, count, line_width, zone

if TYPE_CHECKING:
    from textual.app import RenderResult

    from console.domain.backend import Backend
    from console.store import Store

LINK: dict[LinkPhase, Look] = {
    LinkPhase.CONNECTING: Look("◌", "connecting", "warn"),
    LinkPhase.LOGGING_IN: Look("◌", "logging in", "warn"),
    LinkPhase.UP: Look("●", "", "good"),
    LinkPhase.WAITING: Look("✗", "down", "bad"),
    LinkPhase.REFUSED: Look("✗", "login refused", "bad"),
    LinkPhase.STOPPED: Look("○", "stopped", "quiet"),
}


class HeaderLine(Widget):
    """One line, drawn anew only when what it says changes."""

    DEFAULT_CSS = "HeaderLine { height: 1; }"

    def __init__(self, backend: Backend, store: Store, *, label: str = "") -> None:
        super().__init__()
        self._backend = backend
        self._store = store
        self._label = label
        self._left: Cells = []
        self._right = ""

    def sync(self, now: float) -> None:
        left: Cells = [(" gsm-console ", "strong")]
        if self._label:
            left.append((f"{self._label} ", "accent"))
        for gateway in self._backend.gateways():
            left += link_cells(gateway, now)
        left += receiver_cells(self._backend.receiver())
        if unread := self._store.unread_count():
            left.append((f"  {count(unread)} unread", "accent"))
        if trouble := self._backend.trouble():
            left.append((f"  ✗ {safe(trouble)}", "bad"))
        right = f"{clock_time(now)[:5]} {zone(now)} "
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> RenderResult:
        gap = self.size.width - line_width(self._left) - len(self._right)
        return content([*self._left, (" " * gap, "plain"), (self._right, "quiet")] if gap > 0 else self._left)


def link_cells(gateway: GatewaySnapshot, now: float) -> Cells:
    """`gw1 ● AMI 3h12m`, or what is wrong and when it will be tried again."""
    link = gateway.link
    look = LINK[link.phase]
    facts = f" AMI {look.word}".rstrip()
    if link.phase is LinkPhase.WAITING and link.retry_at is not None:
        facts += f", again in {max(0, round(link.retry_at - now))}s"
    else:
        facts += f" {age(now - link.since)}"
    return [
        (f" {safe(gateway.name)} ", "plain"),
        (look.glyph, look.ink),
        (facts, "plain" if not look.word else look.ink),
    ]


def receiver_cells(receiver: ReceiverStatus) -> Cells:
    """`● receiving :8080`, or that it does not."""
    if receiver.listening:
        return [
            ("   ", "plain"),
            ("●", "good"),
            (f" receiving :{receiver.address.rpartition(':')[2]}", "plain"),
        ]
    return [("   ", "plain"), ("✗ not receiving", "bad")]
