"""The first line: is the gateway reached, is the console receiving, is anything waiting for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from console.domain.alarms import AlarmKind
from console.domain.link import GatewaySnapshot, LinkPhase, ReceiverStatus
from console.protocol.text.safe import safe
from console.ui.context.gateway_chips import LINK, chips, counts, http_cells
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, age, clock_time, content, count, fit, line_width, zone

if TYPE_CHECKING:
    from textual.app import RenderResult

    from console.domain.backend import Backend
    from console.store import LiveReader
    from console.ui.alarms.notices import AlarmNotices
    from console.ui.context.gateways import Gateways
    from console.ui.outbox.sending_watch import SendingWatch


class HeaderLine(Widget):
    """One line, drawn anew only when what it says changes."""

    DEFAULT_CSS = "HeaderLine { height: 1; }"

    def __init__(
        self,
        backend: Backend,
        store: LiveReader,
        watch: SendingWatch,
        alarms: AlarmNotices,
        gateways: Gateways,
        *,
        label: str = "",
    ) -> None:
        super().__init__()
        self._backend = backend
        self._store = store
        self._watch = watch
        self._alarms = alarms
        self._gateways = gateways
        self._label = label
        self._left: Cells = []
        self._right = ""
        self._revision = -1
        self._unread = 0

    def sync(self, now: float) -> None:
        if (revision := self._store.revision) != self._revision:
            self._unread = self._store.unread_count()
            self._revision = revision
        keys = keymap_of(self)
        waiting: Cells = list(self._alarms.header(keys.name("alarms.list")))
        if self._unread:
            waiting.append((f"  {count(self._unread)} unread", "accent"))
        sending = self._watch.seen
        left, right = self._fitted(
            [*waiting, *sending.header(keys)], [*waiting, *sending.header(keys, short=True)], now
        )
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def _fitted(self, rest: Cells, short_rest: Cells, now: float) -> tuple[Cells, str]:
        """The line at its longest that fits: the zone goes first, then the receiver's address, the program's name and
        the time; then the gateways are counted, and what waits is told in fewer words.
        """
        label: Cells = [(f"{self._label} ", "accent")] if self._label else []
        badge: Cells = [("READ ONLY ", "warn")] if self._backend.read_only() else []
        label += badge
        title: Cells = [(" gsm-console ", "strong"), *label]
        edge: Cells = [(" ", "plain")]
        time, receiver = clock_time(now)[:5], self._backend.receiver()
        key = keymap_of(self).name("app.receiver")
        long, short = (receiver_cells(receiver, key, short=short) for short in (False, True))
        whole = gateway_cells(self._gateways, now)
        ways: list[tuple[Cells, Cells, Cells, str]] = [
            (title, whole, long, f"{time} {zone(now)} "),
            (title, whole, long, f"{time} "),
            (title, whole, short, f"{time} "),
            ([*edge, *label], whole, short, f"{time} "),
            ([*edge, *label], whole, short, ""),
        ]
        if self._gateways.several:
            number = counts(self._gateways.all(), self._gateways.chosen, now)
            ways += [(title, number, long, f"{time} "), ([*edge, *label], number, short, f"{time} ")]
            ways.append(([*edge, *badge], number, short, ""))
        for (head, gateways, receiving, right), told in [*((way, rest) for way in ways), (ways[-1], short_rest)]:
            left = [*head, *gateways, *receiving, *told]
            if line_width(left) + len(right) <= self.size.width:
                break
        return left, right

    def render(self) -> RenderResult:
        gap = self.size.width - line_width(self._left) - len(self._right)
        return content([*self._left, (" " * gap, "plain"), (self._right, "quiet")] if gap > 0 else self._left)


class TroubleLine(Widget):
    """What is wrong, why and what to do, in full below the header; not there while all is well. What somebody has seen,
    by its alarm, shares one line.
    """

    DEFAULT_CSS = "TroubleLine { height: auto; max-height: 4; display: none; }"

    def __init__(self, backend: Backend, watch: SendingWatch, alarms: AlarmNotices) -> None:
        super().__init__()
        self._backend = backend
        self._watch = watch
        self._alarms = alarms
        self._troubles: list[str] = []
        self._seen: list[str] = []
        """Those among them whose alarm was acknowledged."""
        self._links: dict[str, str] = {}
        """By gateway, why its AMI is down. It is so until AMI is up, though it is being tried again."""

    def sync(self, now: float, reading: str = "") -> None:
        """`reading` is why the screen itself can't read what it shows."""
        troubles = [reading] if reading else []
        seen: list[str] = []
        known = {(a.kind, a.gateway) for a in self._alarms.open if a.acknowledged_at is not None}
        for gateway in self._backend.gateways():
            link = gateway.link
            if link.phase in {LinkPhase.WAITING, LinkPhase.REFUSED} and link.detail:
                self._links[gateway.name] = f"{gateway.name}: AMI {LINK[link.phase].word}: {link.detail}"
            elif link.phase in {LinkPhase.UP, LinkPhase.STOPPED}:
                self._links.pop(gateway.name, None)
            if words := self._links.get(gateway.name):
                (seen if (AlarmKind.AMI_DOWN, gateway.name) in known else troubles).append(words)
        receiver = self._backend.receiver()
        if receiver.detail and not receiver.by:
            is_seen = (AlarmKind.RECEIVER_DOWN, "") in known
            (seen if is_seen else troubles).append(f"receiver: {receiver.detail}")
        troubles += [line for line in self._backend.trouble().splitlines() if line]
        if words := self._watch.seen.left_over_words:
            keys = keymap_of(self)
            troubles.append(f"{words} ({keys.name('pane.outbox')} {keys.name('outbox.release')})")
        if (troubles, seen) != (self._troubles, self._seen):
            self._troubles, self._seen = troubles, seen
            self.display = bool(troubles or seen)
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        lines = [f"✗ {safe(trouble)}" for trouble in self._troubles]
        if self._seen:
            key = f"  {keymap_of(self).name('alarms.list')} lists them" if len(self._seen) > 1 else ""
            room = max(1, self.content_size.width - len(key))
            lines.append(fit(safe(f"△ {'; '.join(self._seen)}"), room) + key)
        return Content("\n").join(map(Content, lines))


def gateway_cells(gateways: Gateways, now: float) -> Cells:
    """The link of the only gateway in words, or a chip for each of several."""
    every = gateways.all()
    if len(every) > 1:
        return chips(every, [gateways.ink(gateway.name) for gateway in every], gateways.chosen, now)
    return [cell for gateway in every for cell in link_cells(gateway, now)]


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
        *http_cells(gateway, now),
    ]


def receiver_cells(receiver: ReceiverStatus, key: str, *, short: bool = False) -> Cells:
    """`● receiving :8080`, or that another process does, or that nobody does. `short`: no more than that. `key`
    tells whose calls were refused.
    """
    if receiver.listening:
        refused: Cells = [(f"  {count(receiver.unkept)} not kept ({key})", "bad")] if receiver.unkept else []
        if receiver.refused:
            refused.append((f"  {count(receiver.refused)} refused ({key})", "warn"))
        tcp_port = receiver.address.rpartition(":")[2]
        gap, where = (" ", "") if short else ("   ", f" :{tcp_port}")
        return [(gap, "plain"), ("●", "good"), (f" receiving{where}", "plain"), *refused]
    if receiver.by:
        whom = "elsewhere" if short else f"by {safe(receiver.by)}"
        return [(" " if short else "   ", "plain"), ("●", "good"), (f" received {whom}", "plain")]
    if not receiver.tried:
        return [(" " if short else "   ", "plain"), ("◌", "warn"), (" receiver starts", "plain")]
    return [(" " if short else "   ", "plain"), ("✗ not receiving", "bad")]
