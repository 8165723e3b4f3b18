"""The one screen: where the panes stand, which one has the floor, and the one timer that keeps them true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from console.errors import ConsoleError
from console.protocol.http_inbound import port_number
from console.protocol.recipients import is_diallable
from console.protocol.safe_text import safe
from console.ui.actions import PANES, bindings
from console.ui.explain import explained
from console.ui.format import Cells, content, plural
from console.ui.panes.ami_log import AmiPane
from console.ui.panes.base import Pane
from console.ui.panes.compose import ComposePane
from console.ui.panes.header import HeaderLine, TroubleLine
from console.ui.panes.inbox import InboxPane
from console.ui.panes.outbox import OutboxPane
from console.ui.panes.ports import PortGrid, PortsPane, PortStrip
from console.ui.screens.confirm import ConfirmScreen
from console.ui.screens.detail import (
    UNMATCHED,
    calls_detail,
    help_screen,
    inbox_detail,
    log_detail,
    outbox_detail,
    port_detail,
)
from console.ui.widgets.choice import Choice
from console.ui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult, RenderResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import Store
    from console.store.ami_log import AmiLog

FRAME = 0.1
"""Seconds between two looks at what changed."""

ROOMY = (112, 36)
"""Columns and rows from which all panes stand side by side; below, one at a time."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the screen reads from and speaks to."""

    store: Store
    log: AmiLog
    backend: Backend
    clock: Clock
    label: str = ""
    """Shown in the header: `demo`."""


class TabLine(Widget):
    """The panes and their keys, on a screen that shows one at a time."""

    DEFAULT_CSS = "TabLine { height: 1; }"

    active: reactive[str] = reactive(PANES[0])

    def render(self) -> RenderResult:
        cells: Cells = [(" ", "plain")]
        for number, name in enumerate(PANES, 1):
            title = {"ami": "AMI"}.get(name, name.capitalize())
            cells += [(f"{number} ", "accent"), (f"{title}  ", "strong" if name == self.active else "quiet")]
        return content(cells)


class MainScreen(Screen[None]):
    """Panes side by side where there is room, one at a time where there is not (or when zoomed)."""

    AUTO_FOCUS = "#inbox-list"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]

    active: reactive[str] = reactive("inbox")
    single: reactive[bool] = reactive(False)

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self._before_compose = "inbox"
        self._zoomed = False

    def compose(self) -> ComposeResult:
        s = self._sources
        yield HeaderLine(s.backend, s.store, label=s.label)
        yield TroubleLine(s.backend)
        yield PortStrip(s.backend)
        yield TabLine()
        with Container(id="body"):
            yield PortsPane(s.backend, s.store)
            yield InboxPane(s.store, s.clock)
            yield ComposePane(s.backend)
            yield OutboxPane(s.store, s.clock)
            yield AmiPane(s.backend, s.log)
        yield KeyBar()

    def on_mount(self) -> None:
        self._arrange()
        self.sync()
        self.set_interval(FRAME, self.sync)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a form letters and digits are its own, so the keys of this screen rest."""
        return not isinstance(self.focused, Input | TextArea | Choice)

    def sync(self) -> None:
        """Ask every visible part to bring itself up to date. Each returns at once where nothing changed."""
        now = self._sources.clock.time()
        trouble = self.query_one(TroubleLine)
        try:
            self._sources.store.poll()
            self.query_one(HeaderLine).sync(now)
        except ConsoleError as error:
            trouble.sync(now, f"{error} {error.hint}".strip())
        else:
            trouble.sync(now)
        if self.single:
            self.query_one(PortStrip).sync(now)
        for pane in self.query(Pane):
            if pane.display:
                try:
                    pane.sync(now)
                except ConsoleError as error:
                    pane.entitle(f"✗ {error}")

    def pane(self, name: str) -> Pane:
        return self.query_one(f"#{name}", Pane)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self.single = self._zoomed or self.size.width < ROOMY[0] or self.size.height < ROOMY[1]
        self.set_class(self.single, "-single")
        for name in PANES:
            self.pane(name).display = not self.single or name == self.active
        self.query_one(TabLine).active = self.active
        self.query_one(PortGrid).alone = self.single

    def action_pane(self, name: str) -> None:
        if name == "compose" and self.active != "compose":
            self._before_compose = self.active
        self.active = name
        self._arrange()
        self.pane(name).focus_first()
        self.sync()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Moving the focus by Tab or mouse gives the pane the floor as well."""
        pane = next((node for node in event.widget.ancestors_with_self if isinstance(node, Pane)), None)
        if pane is not None and self.active != pane.NAME:
            self.active = pane.NAME
            self._arrange()

    def action_new(self) -> None:
        self.query_one(ComposePane).start_anew()
        self.action_pane("compose")

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange()
        self.sync()

    def action_receiver(self) -> None:
        with explained(self):
            store = self._sources.store
            self.app.push_screen(calls_detail(self._sources.backend.receiver(), store.unmatched(0, UNMATCHED)))

    def action_help(self) -> None:
        self.app.push_screen(help_screen())

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_reconnect(self) -> None:
        for gateway in self._sources.backend.gateways():
            self._sources.backend.reconnect(gateway.name)

    def action_quit(self) -> None:
        if isinstance(self.app.screen, ConfirmScreen):
            return
        question = "Leave the console?"
        if not self._sources.backend.receiver().by:
            question += " While it is closed nothing receives, and the gateway does not call twice."
        if unsent := self.query_one(ComposePane).unsent:
            question += f" {plural(unsent, 'draft is', 'drafts are')} not sent and will be gone."
        self.app.push_screen(ConfirmScreen(question, yes="Leave", no="Stay"), self._leave)

    def _leave(self, confirmed: bool | None) -> None:
        if confirmed:
            self.app.exit()

    def on_compose_pane_left(self) -> None:
        self.action_pane(self._before_compose)

    def on_inbox_pane_reply(self, event: InboxPane.Reply) -> None:
        message = event.message
        if not is_diallable(message.callback.number):
            sender = safe(message.callback.number) or "An unknown sender"
            self.notify(f"{sender} takes no replies: that is a name, not a number.", severity="warning", markup=False)
            return
        self.action_pane("compose")
        self.query_one(ComposePane).write_to(
            message.callback.number, gateway=message.gateway, port=port_number(message.callback.port)
        )

    def on_outbox_pane_again(self, event: OutboxPane.Again) -> None:
        draft = event.message.draft
        self.action_pane("compose")
        self.query_one(ComposePane).write_again(draft)

    def on_outbox_pane_opened(self, event: OutboxPane.Opened) -> None:
        if isinstance(event, OutboxPane.Again):
            return
        with explained(self):
            evidence = self._sources.store.evidence(event.message.id)
            self.app.push_screen(outbox_detail(event.message, evidence))

    def on_inbox_pane_opened(self, event: InboxPane.Opened) -> None:
        with explained(self):
            calls = self._sources.store.callbacks_of(event.message.id)
            self.app.push_screen(inbox_detail(event.message, calls))

    def on_ami_pane_opened(self, event: AmiPane.Opened) -> None:
        self.app.push_screen(log_detail(event.record))

    def on_port_grid_opened(self, event: PortGrid.Opened) -> None:
        self.app.push_screen(port_detail(event.gateway, event.port, self._sources.clock.time()))
