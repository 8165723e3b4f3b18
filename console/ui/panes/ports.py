"""GSM ports at a glance: who can send, who can't, since when, and how old that knowledge is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortSnapshot
from console.protocol.safe_text import safe
from console.ui.format import HEALTH, Cells, age, content, dbm, fit, line_width, signal_bars, signal_ink
from console.ui.panes.base import Pace, Pane
from console.ui.widgets.row_list import RowList, Span

if TYPE_CHECKING:
    from textual.app import ComposeResult, RenderResult

    from console.domain.backend import Backend
    from console.store import Store

STALE_AFTER = 60.0
"""Seconds after which a port's data is called old, whatever it says."""

_CELL = 56
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
        self, ports: list[tuple[str, PortSnapshot]], counts: dict[tuple[str, int], PortCounts], now: float
    ) -> None:
        self._ports, self._counts, self._now = ports, counts, now
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
        return port_cells(port, counts, width, self._now)


def port_cells(port: PortSnapshot, counts: PortCounts, width: int, now: float) -> Cells:
    """One port in `width` cells: number, signal, operator, state with its age, counters; more where there is room."""
    report = port.report
    signal = "--" if report.signal is None else str(report.signal)
    known = port.read_at is not None
    old = known and port.read_at is not None and now - port.read_at > STALE_AFTER
    look = HEALTH[port.health]
    word = look.word
    if port.health is PortHealth.UNKNOWN:
        word = (safe(report.state) or "unknown") if known else "not read yet"
    since = f" {age(now - port.since)}" if known and port.health is not PortHealth.READY else ""
    tail: Cells = [
        (f"↓{counts.received} ↑{counts.sent} ", "plain"),
        (f"✗{counts.failed}", "bad" if counts.failed else "quiet"),
    ]
    if old and port.read_at is not None:
        tail.append((f"  {age(now - port.read_at)} old", "warn"))
    elif known and port.read_at is not None:
        tail.append((f"  {age(now - port.read_at):>3}", "quiet"))
    head: Cells = [
        (f"{port.port:>2} ", "quiet" if old else "strong"),
        (f"{signal_bars(report.signal)} ", "quiet" if old else signal_ink(report.signal)),
        (f"{signal:>2}  ", "plain"),
    ]
    state: Cells = [
        (f" {look.glyph} ", "quiet" if old else look.ink),
        (fit(word + since, 14 if width < 70 else 20), "quiet" if old else look.ink),
    ]
    room = max(4, width - line_width(head) - line_width(state) - max(14, line_width(tail)))
    head.append((fit(safe(report.operator) or ("" if known else "…"), min(room, 16)), "quiet" if old else "plain"))
    gap = width - line_width(head) - line_width(state) - line_width(tail)
    extra: Cells = []
    level = "" if report.signal is None else f"{dbm(report.signal)} dBm"
    for fact, size in ((report.registration, 27), (report.last_event, 16), (level, 10), (report.imsi, 16)):
        if gap >= size:
            extra.append((fit(safe(fact), size), "quiet"))
            gap -= size
    return [*head, *state, *extra, (" " * max(0, gap), "plain"), *tail]


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
        ports = [(gateway.name, port) for gateway in self._backend.gateways() for port in gateway.ports]
        # What is shown depends on the minute (ages) and on the records, nothing else.
        state = (tuple(ports), int(now) // 10, self._store.revision)
        if state == self._drawn or not self._pace.due(now):
            return
        self._drawn = state
        counts = {
            (gateway.name, port): counted
            for gateway in self._backend.gateways()
            for port, counted in self._store.port_counts(gateway.name, now - 86_400).items()
        }
        grid = self.query_one(PortGrid)
        grid.show_ports(ports, counts, now)
        ready = sum(port.health in {PortHealth.READY, PortHealth.BUSY} for _, port in ports)
        self.entitle(f"{ready} of {len(ports)} in service" if ports else "waiting for the gateway")
        self.set_class(not ports, "-empty")


class PortStrip(Widget):
    """All ports on one line, for screens too small to keep the panel in sight: `1● 2● 3▲`."""

    DEFAULT_CSS = "PortStrip { height: 1; }"

    def __init__(self, backend: Backend) -> None:
        super().__init__(id="port-strip")
        self._backend = backend
        self._cells: Cells = []

    def sync(self, now: float) -> None:
        cells: Cells = [(" ", "plain")]
        for gateway in self._backend.gateways():
            for port in gateway.ports:
                look = HEALTH[port.health]
                old = port.read_at is None or now - port.read_at > STALE_AFTER
                cells += [(f"{port.port}", "quiet"), (f"{look.glyph} ", "quiet" if old else look.ink)]
        if cells != self._cells:
            self._cells = cells
            self.refresh()

    def render(self) -> RenderResult:
        return content(self._cells)
