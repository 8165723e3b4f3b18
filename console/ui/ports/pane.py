"""GSM ports at a glance: who can send, who can't, since when, and how old that knowledge is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widgets import Static

from console.protocol.query.ports import PORTS
from console.protocol.text.safe import safe
from console.ui.context.lessons import Lesson, of_ports, of_search
from console.ui.context.searching import KeptViews, ViewKeys
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import FilterLine, FilterProblem
from console.ui.kit.format import age, content
from console.ui.kit.pane import ListPane, Pace
from console.ui.ports.decisions import PortDecisions, PortKeys
from console.ui.ports.facts import looks, out_of_service, ports_found, unknown_words
from console.ui.ports.grid import PortGrid
from console.ui.ports.order import Order, sort_ports
from console.ui.ports.table import heading
from console.ui.ports.watch import PortWatch

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Size

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import LiveReader
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells
    from console.ui.ports.facts import PortFacts


class PortsPane(PortKeys, ViewKeys, ListPane):
    """The frame around the grid; its height follows the number of ports."""

    NAME = "ports"
    TITLE = "Ports"
    LIST = PortGrid
    ON_MARKED = ("ports.power", "ports.reset", "ports.lock-out")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ports")]

    class UssdWanted(Message):
        """The operator wants to ask the network through the port under the cursor."""

        def __init__(self, gateway: str, port: int, begun: str = "") -> None:
            self.gateway = gateway
            self.port = port
            self.begun = begun
            """A code that was typed already."""
            super().__init__()

    def __init__(self, backend: Backend, store: LiveReader, clock: Clock, gateways: Gateways) -> None:
        """`gateways` says whose ports are shown."""
        super().__init__(id="ports")
        self._gateways = gateways
        self._pace = Pace()
        self._watch = PortWatch(store)
        self._order = Order.PORT
        self._drawn: object = None
        self._wanted: object = None
        """What all that is drawn depends on: as it was drawn, and as it is by the last look."""
        self._traffic: object = None
        self._every: list[PortFacts] = []
        """Of the gateways that are shown, whatever is looked for."""
        self._line = FilterLine(PORTS, id="ports-search")
        self.views = KeptViews(self._line, store, backend.views)
        self._looked_for = self._line.wanted
        """What the ports that are shown were looked for by."""
        self.decisions = PortDecisions(self, backend, clock)

    def compose(self) -> ComposeResult:
        yield self._line
        yield FilterProblem()
        yield Static(id="ports-heading")
        yield Lesson(id="ports-empty")
        yield PortGrid()

    @property
    def _grid(self) -> PortGrid:
        return self.query_one(PortGrid)

    @property
    def chosen(self) -> PortFacts | None:
        return self._grid.selected

    @property
    def marked_ports(self) -> list[PortFacts]:
        marked = self.marked
        return [facts for facts in self._every if facts.key in marked]

    @property
    def looked_for(self) -> str:
        return str(self._line.wanted)

    def ask_network(self, facts: PortFacts, begun: str = "") -> None:
        self.post_message(self.UssdWanted(*facts.key, begun))

    def choose_port(self, word: str) -> bool:
        found = self._gateways.ports().get(word)
        if found is not None:
            self.go_to(*found)
        if found is None or self.chosen is None or self.chosen.key != found:
            self.notify(f"There is no port {safe(word)}.", severity="warning", markup=False)
            return False
        return True

    def action_show_port(self, words: str = "") -> None:
        """By its name only: the port under the cursor is opened as any row is."""
        if self._meant(words) is not None:
            self._grid.action_choose()

    @property
    def behind(self) -> bool:
        return self._wanted != self._drawn or self._watch.seen is not self._traffic

    def sync(self, now: float) -> None:
        gateways = self._gateways.shown()
        if self._watch.is_due(now):
            look = partial(self._watch.look, [gateway.name for gateway in self._gateways.all()], now)
            self.run_worker(look, group="ports", thread=True, exit_on_error=False)
        # What is shown depends on the records and, for ages, on the time in tens of seconds.
        charts = self._grid.alone or self._grid.tiled
        places = [
            ([looks(port, now, history=charts) for port in gateway.ports], gateway.link.phase, gateway.usage)
            for gateway in gateways
        ]
        wanted = self._line.wanted, self._line.view
        self._traffic = self._watch.seen
        self._wanted = (places, int(now) // 10, self._traffic, self._order, wanted)
        if self._wanted == self._drawn or not self._pace.due(now):
            return
        self._drawn = self._wanted
        self._every = every = self._watch.facts(self._gateways)
        keys = keymap_of(self)
        self._grid.nothing = of_search(keys, keys.name("ports.search")) if not self._line.wanted.is_empty else ""
        self._arrange(now)
        self.set_class(not every, "-empty")
        self.query_one(Lesson).teach("" if every else of_ports(gateways, keys))
        self._show_heading()
        self._retitle()

    def _arrange(self, now: float) -> None:
        """Show the ports that are looked for, in their order; as long as the words stay the same also the one under the
        cursor, whatever becomes of it.
        """
        wanted = self._line.wanted
        kept = self.chosen if wanted == self._looked_for else None
        self._looked_for = wanted
        ports = ports_found(self._every, wanted, keep=None if kept is None else kept.key)
        self._grid.show_ports(sort_ports(ports, self._order), now)
        self.drop_hidden_marks()

    @property
    def is_found(self) -> bool:
        return self._line.asks_for(self._looked_for)

    def on_filter_line_left(self) -> None:
        super().on_filter_line_left()
        self._arrange(self._grid.now)
        self._grid.settle()

    def on_row_list_moved(self) -> None:
        if not self._looked_for.is_empty:
            self._draw_anew()  # a port that was shown for the cursor alone goes

    def _retitle(self) -> None:
        every, arranged, now = self._every, self._grid.arranged, self._grid.now
        gateways = self._gateways.shown()
        ready = sum(facts.in_service for facts in every)
        titles = ["waiting for the gateway"]
        if every:
            titles = [f"{ready} of {len(every)} in service{unknown_words(gateways)}"]
        if marked := self.marked_words:
            titles[:0] = [marked]
        if words := self._line.asked_words:
            titles += [words, f"{len(arranged.ports)} of {len(every)}"]
        if arranged.is_table and arranged.width:
            last = len(arranged.pages)
            titles.append(f"more columns ←/→ ({min(arranged.page, last - 1) + 1}/{last})")
        titles.append(self._order.value)
        titles.append(out_of_service(every, several=len(gateways) > 1))
        reads = [facts.port.read_at for facts in every if facts.live and facts.port.read_at is not None]
        titles += [f"read within {age(now - min(reads) + 10)}"] if reads else []
        only = f"{self._gateways.chosen} only" if self._gateways.chosen else ""
        self.entitle(only, *titles)

    def _show_heading(self) -> None:
        """The names of the columns, where there is a table of them."""
        arranged = self._grid.arranged
        names = self.query_one("#ports-heading", Static)
        page = arranged.shown_page
        names.display = bool(page)
        if page:
            room: Cells = [(" " * self._grid.mark_width, "plain")]
            names.update(content([*room, *heading(page, arranged.label)]))

    def _draw_anew(self) -> None:
        self._drawn = None

    def rows_wanted(self, screen: Size) -> int:
        """Rows of the pane, with its frame, that show every port."""
        grid, width = self._grid, screen.width - 4
        above = (each for each in self.children if each.display and each is not grid)
        return sum(each.get_content_height(screen, screen, width) for each in above) + grid.lines + 2

    def show_alone(self, alone: bool) -> None:
        """Whether no other pane is on the screen."""
        self._grid.show_as(alone=alone)
        self._draw_anew()

    def go_to(self, gateway: str, port: int) -> None:
        """Put the cursor on a port, though other ones were looked for."""
        if not self._grid.select(gateway, port):
            self._line.end()
            self._line.read_now()
            self._every = self._watch.facts(self._gateways)
            self._arrange(self._grid.now)
            self._grid.select(gateway, port)

    def show_marks(self) -> None:
        self._show_heading()
        self._retitle()

    def on_port_grid_turned(self) -> None:
        self._show_heading()
        self._retitle()

    def action_tiles(self) -> None:
        self._grid.show_as(tiled=not self._grid.tiled)
        self._show_heading()
        self._retitle()

    def action_order(self) -> None:
        self._order = self._order.next()
