"""The first line: is the gateway reached, is the console receiving, is anything waiting for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
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
        self._revision = -1
        self._unread = 0

    def sync(self, now: float) -> None:
        if (revision := self._store.revision) != self._revision:
            self._unread = self._store.unread_count()
            self._revision = revision
        left: Cells = [(" gsm-console ", "strong")]
        if self._label:
            left.append((f"{self._label} ", "accent"))
        for gateway in self._backend.gateways():
            left += link_cells(gateway, now)
        left += receiver_cells(self._backend.receiver())
        if self._unread:
            left.append((f"  {count(self._unread)} unread", "accent"))
        right = f"{clock_time(now)[:5]} {zone(now)} "
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> RenderResult:
        gap = self.size.width - line_width(self._left) - len(self._right)
        return content([*self._left, (" " * gap, "plain"), (self._right, "quiet")] if gap > 0 else self._left)


class TroubleLine(Widget):
    """What is wrong, why and what to do, in full below the header; not there while all is well."""

    DEFAULT_CSS = "TroubleLine { height: auto; max-height: 4; display: none; }"

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._troubles: list[str] = []

    def sync(self, now: float, reading: str = "") -> None:
        """`reading` is why the screen itself can't read what it shows."""
        troubles = [reading] if reading else []
        troubles += [
            f"{gateway.name}: AMI {LINK[gateway.link.phase].word}: {gateway.link.detail}"
            for gateway in self._backend.gateways()
            if gateway.link.phase in {LinkPhase.WAITING, LinkPhase.REFUSED} and gateway.link.detail
        ]
        receiver = self._backend.receiver()
        if receiver.detail and not receiver.by:
            troubles.append(f"receiver: {receiver.detail}")
        troubles += [line for line in self._backend.trouble().splitlines() if line]
        if troubles != self._troubles:
            self._troubles = troubles
            self.display = bool(troubles)
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        return Content("\n").join([Content(f" ✗ {safe(trouble)}") for trouble in self._troubles])


def link_cells(gateway: GatewaySnapshot, now: float) -> Cells:
    """`gw1 ● AMI 3h12m`, or what is wrong and when it will be tried again."""
    link = gateway.link
    look = LINK[link.phase]
    facts = f" AMI {look.word}".rstrip()
    if link.phase is LinkPhase.WAITING and link.retry_at is not None:
        facts += f", again in {max(0, round(link.retry_at - now))}s"
    elif now - link.since >= 60:
        facts += f" {age(now - link.since)}"
    return [
        (f" {safe(gateway.name)} ", "plain"),
        (look.glyph, look.ink),
        (facts, "plain" if not look.word else look.ink),
    ]


def receiver_cells(receiver: ReceiverStatus) -> Cells:
    """`● receiving :8080`, or that another process does, or that nobody does."""
    if receiver.listening:
        refused: Cells = [(f"  {count(receiver.refused)} refused (!)", "warn")] if receiver.refused else []
        tcp_port = receiver.address.rpartition(":")[2]
        return [("   ", "plain"), ("●", "good"), (f" receiving :{tcp_port}", "plain"), *refused]
    if receiver.by:
        return [("   ", "plain"), ("●", "good"), (f" received by {safe(receiver.by)}", "plain")]
    return [("   ", "plain"), ("✗ not receiving", "bad")]
