"""GSM ports at a glance: who can send, who can't, since when, and how old that knowledge is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.domain.link import LinkPhase
from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortSnapshot
from console.protocol.safe_text import safe
from console.ui.format import HEALTH, age, clock_time, content, dbm, fit, line_width, signal_bars, signal_ink
from console.ui.panes.base import Pace, Pane
from console.ui.widgets.row_list import RowList, Span

if TYPE_CHECKING:
    from textual.app import ComposeResult, RenderResult

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.store import Store
    from console.ui.format import Cells, Look

UNKNOWN_LOOK = HEALTH[PortHealth.UNKNOWN]
_IN_SERVICE = {PortHealth.READY, PortHealth.BUSY}

STALE_AFTER = 60.0
"""Seconds after which a port's data is called old, whatever it says."""

_CELL = 52
"""Narrowest port cell that still says everything that matters at a glance."""


class PortGrid(RowList):
    """Ports in as many columns as fit. The cursor is on one port."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "across(1)", "Right", show=False),
        Binding("left,h", "across(-1)", "Left", show=False),
    ]

    column: reactive[int] = reactive(0, repaint=False)

    class Opened(Message):
        """Enter on a port."""

        def __init__(self, gateway: str, port: PortSnapshot) -> None:
            self.gateway = gateway
            self.port = port
            super().__init__()

    def __init__(self) -> None:
        super().__init__(id="port-grid")
        self._ports: list[tuple[str, PortSnapshot]] = []
        self._counts: dict[tuple[str, int], PortCounts] = {}
        self._live: set[str] = set()
        self._now = 0.0
        self.alone = False
        """Whether no other pane is on the screen."""

    @property
    def columns(self) -> int:
        """As many as there is room for; one, with every fact, where the pane is alone and all ports fit in it."""
        return 1 if self.alone and len(self._ports) <= self.size.height else max(1, self.size.width // _CELL)

    @property
    def following(self) -> bool:
        return False

    def show_ports(
        self,
        ports: list[tuple[str, PortSnapshot]],
        counts: dict[tuple[str, int], PortCounts],
        live: set[str],
        now: float,
    ) -> None:
        """Show these ports from now on; `live` names the gateways whose link is up."""
        self._ports, self._counts, self._live, self._now = ports, counts, live, now
        self.show_rows(-(-len(ports) // self.columns))

    def on_resize(self) -> None:
        self.show_rows(-(-len(self._ports) // self.columns))
        super().on_resize()

    def validate_column(self, column: int) -> int:
        return max(0, min(column, self.columns - 1))

    def watch_column(self) -> None:
        self.refresh_line(self.cursor)

    def action_across(self, by: int) -> None:
        self.column += by

    def action_choose(self) -> None:
        index = self.cursor * self.columns + self.column
        if index < len(self._ports):
            self.post_message(self.Opened(*self._ports[index]))

    def spans(self, y: int) -> list[Span]:
        row, width = self.scroll_offset.y + y, self.size.width // self.columns
        spans: list[Span] = []
        for column in range(self.columns):
            index = row * self.columns + column
            if index >= len(self._ports):
                break
            lit = (row, column) == (self.cursor, self.column)
            spans += [Span(self._cells(*self._ports[index], width - 1), width - 1, lit), Span([], 1)]
        return [*spans, Span([], self.size.width - sum(span.width for span in spans))]

    def _cells(self, gateway: str, port: PortSnapshot, width: int) -> Cells:
        counts = self._counts.get((gateway, port.port), PortCounts())
        return port_cells(port, counts, width, self._now, live=gateway in self._live)


def port_cells(port: PortSnapshot, counts: PortCounts, width: int, now: float, *, live: bool = True) -> Cells:
    """One port in `width` cells: number, signal, operator, state with since when, counters, age of old data.

    Columns are the same for every port of a width. Without a `live` link nothing is known to be still so: the
    state is quiet, and says how old it is.
    """
    report = port.report
    read_at = port.read_at
    old = read_at is not None and (not live or now - read_at > STALE_AFTER)
    look = HEALTH[port.health]
    word = look.word
    if port.health is PortHealth.UNKNOWN:
        word = "not read yet" if read_at is None else safe(report.state) or "unknown"
    if old and read_at is not None:
        word = f"{age(now - read_at)} old: {word}"
    elif read_at is not None and port.health is not PortHealth.READY and now - port.since >= 10:
        word += f" {age(now - port.since)}"
    signal = "--" if report.signal is None else str(report.signal)
    tail: Cells = [
        (f"{fit(f'↓{counts.received}', 5)} {fit(f'↑{counts.sent}', 4)} ", "plain"),
        (fit(f"✗{counts.failed}", 3), "bad" if counts.failed else "quiet"),
    ]
    spare = width - _HEAD - _TAIL
    state_width = min(20, max(14, spare - 24))
    operator_width = max(0, min(16, spare - state_width))
    cells: Cells = [
        (f"{port.port:>2} ", "quiet" if old else "strong"),
        (f"{signal_bars(report.signal)} ", "quiet" if old else signal_ink(report.signal)),
        (f"{signal:>2}  ", "plain"),
        (fit(safe(report.operator) if read_at is not None else "", operator_width), "quiet" if old else "plain"),
        (f" {'?' if old else look.glyph} ", "quiet" if old or read_at is None else look.ink),
        (fit(word, state_width), "quiet" if old or read_at is None else look.ink),
    ]
    spare -= state_width + operator_width
    level = "" if report.signal is None else f"{dbm(report.signal)} dBm"
    fresh = "" if read_at is None or old else "just now" if now - read_at < 10 else f"{age(now - read_at)} ago"
    for fact, size in ((report.registration, 27), (fresh, 9), (level, 10), (report.last_event, 16), (report.imsi, 16)):
        if spare >= size:
            cells.append((fit(safe(fact), size - 1) + " ", "quiet"))
            spare -= size
    return [*cells, (" " * max(0, spare), "plain"), *tail]


_HEAD = 3 + 6 + 4 + 3
_TAIL = 6 + 5 + 3
"""Cells of what every port shows, beside operator, state and further facts."""


class PortsPane(Pane):
    """The frame around the grid; its height follows the number of ports."""

    NAME = "ports"
    TITLE = "Ports"

    def __init__(self, backend: Backend, store: Store) -> None:
        super().__init__(id="ports")
        self._backend = backend
        self._store = store
        self._pace = Pace()
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        yield PortGrid()

    def sync(self, now: float) -> None:
        gateways = self._backend.gateways()
        ports = [(gateway.name, port) for gateway in gateways for port in gateway.ports]
        down = [gateway for gateway in gateways if gateway.link.phase is not LinkPhase.UP]
        # What is shown depends on the records and, for ages, on the time in tens of seconds.
        state = (ports, [gateway.name for gateway in down], int(now) // 10, self._store.revision)
        if state == self._drawn or not self._pace.due(now):
            return
        self._drawn = state
        counts = {
            (gateway.name, port): counted
            for gateway in gateways
            for port, counted in self._store.port_counts(gateway.name, now - 86_400).items()
        }
        live = {gateway.name for gateway in gateways} - {gateway.name for gateway in down}
        self.query_one(PortGrid).show_ports(ports, counts, live, now)
        self.set_class(not ports, "-empty")
        ready = [name for name, port in ports if name in live and port.health in _IN_SERVICE]
        facts = [f"{len(ready)} of {len(ports)} in service"] if ports else ["waiting for the gateway"]
        reads = [port.read_at for name, port in ports if name in live and port.read_at is not None]
        facts += [f"read within {age(now - min(reads) + 9)}"] if reads else []
        facts += [f"{it.name}: not known since {clock_time(it.link.since)}" for it in down if it.ports]
        self.entitle(*facts)


class PortStrip(Widget):
    """All ports on one line, for screens too small to keep the panel in sight: `1● 2● 3▲`."""

    DEFAULT_CSS = "PortStrip { height: 1; }"

    def __init__(self, backend: Backend) -> None:
        super().__init__(id="port-strip")
        self._backend = backend
        self._cells: Cells = []

    def sync(self, now: float) -> None:
        cells = strip_cells(self._backend.gateways(), self.size.width, now)
        if cells != self._cells:
            self._cells = cells
            self.refresh()

    def render(self) -> RenderResult:
        return content(self._cells)


def strip_cells(gateways: tuple[GatewaySnapshot, ...], width: int, now: float) -> Cells:
    """`1● 2● 3▲` for every port; where that is too long, how many are in each state and which are not well."""
    marked: list[tuple[int, Look, bool]] = []
    for gateway in gateways:
        for port in gateway.ports:
            old = gateway.link.phase is not LinkPhase.UP or port.read_at is None or now - port.read_at > STALE_AFTER
            marked.append((port.port, HEALTH[port.health], old))
    cells: Cells = [(" ", "plain")]
    for number, look, old in marked:
        cells += [(f"{number}", "quiet"), (f"{'?' if old else look.glyph} ", "quiet" if old else look.ink)]
    if line_width(cells) <= width:
        return cells
    states = Counter((UNKNOWN_LOOK if old else look) for _, look, old in marked)
    cells = [(f" {len(marked)} ports ", "plain")]
    for look, number in states.most_common():
        cells.append((f" {look.glyph} {number} {look.word}", look.ink))
        if look is not HEALTH[PortHealth.READY]:
            which = " ".join(str(port) for port, its, old in marked if (UNKNOWN_LOOK if old else its) == look)
            cells.append((f" ({which})", "quiet"))
    return cells
