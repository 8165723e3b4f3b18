"""The one screen: where the panes stand, which one has the floor, and the one timer that keeps them true."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from console.config.records import AlarmConfig, SendingConfig
from console.errors import ConsoleError
from console.protocol.recipients import is_diallable
from console.protocol.safe_text import safe
from console.ui.actions import PANES, bindings
from console.ui.alarm_notices import AlarmNotices
from console.ui.contact_names import known_name
from console.ui.correspondent import Correspondent, ThreadWanted
from console.ui.explain import explained
from console.ui.format import plural
from console.ui.gateways import Gateways
from console.ui.line_pace import LinePace
from console.ui.panes.ami_log import AmiPane
from console.ui.panes.base import Pane
from console.ui.panes.compose import ComposePane
from console.ui.panes.header import HeaderLine, TroubleLine
from console.ui.panes.inbox import InboxPane
from console.ui.panes.outbox import OutboxPane
from console.ui.panes.ports import PortsPane, PortStrip
from console.ui.rounds import Rounds
from console.ui.sending_watch import SendingWatch
from console.ui.terminal_app import TerminalApp
from console.ui.widgets.choice import Choice
from console.ui.widgets.key_bar import KeyBar
from console.ui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.notifications import SeverityLevel

    from console.domain.alarms import Alarm
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import InboxMessage
    from console.store import Store
    from console.store.ami_log import AmiLog
    from console.ui.lessons import PageValues
    from console.ui.widgets.port_grid import PortGrid

FRAME = 0.1
"""Seconds between two looks at what changed."""

_MOUNTING = 5.0
"""Seconds that the screen may take to be built."""

_MOUNTING_LOOK = 0.01

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
    sending: SendingConfig = field(default_factory=SendingConfig)
    """Rules and templates for writing messages."""
    alarms: AlarmConfig = field(default_factory=AlarmConfig)
    """How alarms sound."""
    line: LinePace = field(default_factory=LinePace)
    """What the terminal takes."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The operator's own: id of an action -> its keys."""
    page_values: Callable[[], PageValues] = tuple
    """Says what to type on the gateway's page SMS to HTTP; may take its time."""

    def mark_read(self, *messages: InboxMessage) -> None:
        """They were shown to the operator. One who may change nothing leaves them unread for the others."""
        unread = [message.id for message in messages if not message.read]
        if unread and not self.backend.read_only():
            self.store.mark_read(unread)


def _sync_pane(pane: Pane, now: float) -> None:
    try:
        pane.sync(now)
    except ConsoleError as error:
        pane.entitle(f"✗ {error}")


class MainScreen(Screen[None]):
    """Panes side by side where there is room, one at a time where there is not (or when zoomed)."""

    AUTO_FOCUS = "#inbox-list"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]

    active: reactive[str] = reactive("inbox")
    single: reactive[bool] = reactive(False)

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self._watch = SendingWatch(sources.store)
        self._alarms = AlarmNotices(sources.store, sources.alarms)
        self._gateways = Gateways(sources.backend)
        self._before_compose = "inbox"
        self._rounds = Rounds(self._parts, self.set_timer)
        self._shown: object = None
        """The facts of the last round."""
        self._complete = False
        self._zoomed = False

    def compose(self) -> ComposeResult:
        s = self._sources
        self._header = HeaderLine(s.backend, s.store, self._watch, self._alarms, self._gateways, label=s.label)
        self._trouble = TroubleLine(s.backend, self._watch)
        self._strip = PortStrip(self._gateways)
        yield self._header
        yield self._trouble
        yield self._strip
        yield TabLine()
        self._panes: tuple[Pane, ...] = (
            PortsPane(s.backend, s.store, s.clock, self._gateways),
            InboxPane(s.store, s.clock, s.backend, self._gateways, page_values=s.page_values),
            ComposePane(s.backend, s.sending, self._alarms),
            OutboxPane(s.store, s.clock, s.backend, self._watch, self._gateways),
            AmiPane(s.backend, s.log, s.store, s.clock, self._gateways),
        )
        with Container(id="body"):
            yield from self._panes
        yield KeyBar()

    def on_mount(self) -> None:
        self._arrange()
        self.sync()
        self.set_interval(FRAME, self._look)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a form letters and digits are its own, so the keys of this screen rest."""
        return not isinstance(self.focused, Input | TextArea | Choice)

    def _look(self) -> None:
        """What changed by itself waits until the terminal has room for it."""
        facts = self._facts()
        behind = any(pane.display and pane.behind for pane in self._panes)
        if (behind or facts != self._shown) and self._sources.line.may_draw() and self._rounds.go():
            self._shown = facts

    def _facts(self) -> object:
        """All that what is shown depends on, beside what the panes know themselves; ages are told by the second."""
        s = self._sources
        with contextlib.suppress(ConsoleError):  # a round will tell of it
            s.store.poll()
        known = (s.store.revision, s.log.revision, self._watch.seen)
        told = (s.backend.gateways(), s.backend.receiver(), s.backend.trouble())
        assert isinstance(self.app, TerminalApp), "it has no other"
        return int(s.clock.time()), known, told, self._gateways.chosen, self.app.typeahead.number, self.size

    def sync(self) -> None:
        """Bring every visible part up to date, now and at once."""
        for part in self._parts():
            part()

    def _parts(self) -> Iterator[Callable[[], None]]:
        """What each visible part does to be up to date; it returns at once where nothing changed."""
        now = self._sources.clock.time()
        yield partial(self._sync_lines, now)
        for pane in self._panes:
            if pane.display and self.is_complete:
                yield partial(_sync_pane, pane, now)

    def _sync_lines(self, now: float) -> None:
        """What stands above the panes."""
        try:
            self._sources.store.poll()
            self._tell_alarms(now)
            self._header.sync(now)
        except ConsoleError as error:
            self._trouble.sync(now, error.in_full)
        else:
            self._trouble.sync(now)
        if self._watch.is_due(now):
            self.run_worker(partial(self._watch.look, now), group="sending", thread=True, exit_on_error=False)
        if self.single:
            self._strip.sync(now)

    def _tell_alarms(self, now: float) -> None:
        for notice in self._alarms.look(now):
            severity: SeverityLevel = "error" if notice.is_bad else "information"
            self.notify(notice.words, severity=severity, timeout=10, markup=False)
            if notice.rings:
                self.app.bell()

    @property
    def is_complete(self) -> bool:
        """Whether everything on it is there. What opens over it later is not asked for."""
        if not self._complete:
            self._complete = self.is_mounted and all(node.is_mounted for node in self.walk_children(Widget))
        return self._complete

    async def until_complete(self) -> None:
        """Wait for that; no longer than it can take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MOUNTING):
                while not self.is_complete:  # noqa: ASYNC110 - Textual tells of each widget, and of no tree
                    await asyncio.sleep(_MOUNTING_LOOK)

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
        self.query_one(PortsPane).show_alone(self.single)

    def action_pane(self, name: str) -> None:
        if name == "compose" and self.active != "compose":
            self._before_compose = self.active
        self.active = name
        self._arrange()
        self.pane(name).focus_first()
        self.sync()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Moving the focus by Tab or mouse gives the pane the floor as well. The word of a focus that has moved on
        since comes too late: it would hide the pane that a key has chosen.
        """
        if event.widget is not self.focused:
            return
        pane = next((node for node in event.widget.ancestors_with_self if isinstance(node, Pane)), None)
        if pane is not None and self.active != pane.NAME:
            self.active = pane.NAME
            self._arrange()

    def action_new(self) -> None:
        self.query_one(ComposePane).form.start_anew()
        self.action_pane("compose")

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange()
        self.sync()

    def action_receiver(self) -> None:
        from console.ui.screens.detail import UNMATCHED, calls_detail

        with explained(self):
            store = self._sources.store
            self.app.push_screen(calls_detail(self._sources.backend.receiver(), store.unmatched(0, UNMATCHED)))

    def action_alarms(self) -> None:
        from console.ui.screens.alarms import AlarmsScreen

        s = self._sources
        self.app.clear_notifications()  # the list says it all, and a toast would cover it
        self.app.push_screen(AlarmsScreen(s.store, s.clock, s.backend, go_to=self._go_to_alarm))

    def action_next_alarm(self) -> None:
        if alarm := self._alarms.next():
            self._go_to_alarm(alarm)
        else:
            self.notify("Nothing is wrong.")

    def _go_to_alarm(self, alarm: Alarm) -> None:
        """To what it is about: a port, a gateway's AMI link, or the receiver."""
        if alarm.gateway and not self._gateways.shows(alarm.gateway):
            self.action_gateway(alarm.gateway)
        if alarm.port:
            self.action_pane("ports")
            self.query_one(PortsPane).go_to(alarm.gateway, alarm.port)
        elif alarm.gateway:
            self.action_pane("ami")
        else:
            self.action_receiver()

    # ---- one gateway, or all --------------------------------------------------------------------------------

    def action_step_gateway(self, by: int) -> None:
        if self._gateways.several:
            self.action_gateway(self._gateways.after(by))
        else:
            self.notify("There is only one gateway.")

    def action_gateway(self, name: str) -> None:
        """Show one gateway alone, or all of them."""
        self._gateways.choose(name)
        self.query_one(ComposePane).form.prefer(self._gateways.chosen)
        self.query_one(InboxPane).show_chosen()
        self.query_one(OutboxPane).show_chosen()
        self.query_one(AmiPane).show_chosen()
        self.sync()

    @property
    def gateway_names(self) -> tuple[str, ...]:
        """Those that can be chosen; none where there is nothing to choose."""
        return tuple(gateway.name for gateway in self._gateways.all()) if self._gateways.several else ()

    def action_reconnect(self) -> None:
        for gateway in self._gateways.shown():
            self._sources.backend.reconnect(gateway.name)

    def action_quit(self) -> None:
        from console.ui.screens.confirm import ConfirmScreen

        if isinstance(self.app.screen, ConfirmScreen):
            return
        question = "Leave the console?"
        if not self._sources.backend.receiver().by:
            question += " While it is closed nothing receives, and the gateway does not call twice."
        if unsent := self.query_one(ComposePane).form.unsent:
            question += f" {plural(unsent, 'draft is', 'drafts are')} not sent and will be gone."
        self.app.push_screen(ConfirmScreen(question, yes="Leave", no="Stay"), self._leave)

    def _leave(self, confirmed: bool | None) -> None:
        if confirmed:
            self.app.exit()

    def on_compose_pane_left(self) -> None:
        self.action_pane(self._before_compose)

    def on_inbox_pane_reply(self, event: InboxPane.Reply) -> None:
        self._sources.mark_read(event.message)
        self._reply_to(Correspondent.of(event.message))

    def _reply_to(self, who: Correspondent) -> None:
        if not is_diallable(who.number):
            sender = safe(who.number) or "An unknown sender"
            self.notify(f"{sender} takes no replies: that is a name, not a number.", severity="warning", markup=False)
            return
        self.action_pane("compose")
        self.query_one(ComposePane).write_to(who.number, gateway=who.gateway, port=who.port)

    def on_thread_wanted(self, event: ThreadWanted) -> None:
        from console.ui.screens.thread import Desk, ThreadScreen

        if not event.correspondent.number.strip():
            self.notify("There is no number to show a thread of.", severity="warning")
            return
        s, form = self._sources, self.query_one(ComposePane).form
        desk = Desk(s.store, s.clock, s.backend, s.sending, s.mark_read, self._reply_to, form.keep, form.take_kept)
        self.app.push_screen(ThreadScreen(event.correspondent, desk, within=self._gateways.chosen))

    def on_outbox_pane_again(self, event: OutboxPane.Again) -> None:
        self.action_pane("compose")
        self.query_one(ComposePane).write_again(event.message)

    def on_outbox_pane_all_again(self, event: OutboxPane.AllAgain) -> None:
        self.action_pane("compose")
        self.query_one(ComposePane).write_again(*event.messages)

    def on_inbox_pane_opened(self, event: InboxPane.Opened) -> None:
        from console.ui.screens.detail import inbox_detail

        self._sources.mark_read(event.message)
        with explained(self):
            calls = self._sources.store.callbacks_of(event.message.id)
            called = known_name(self._sources.store.contacts, event.message.callback.number)
            self.app.push_screen(inbox_detail(event.message, calls, called))

    def on_ami_pane_opened(self, event: AmiPane.Opened) -> None:
        from console.ui.screens.detail import log_detail

        self.app.push_screen(log_detail(event.record))

    def on_ports_pane_ussd_wanted(self, event: PortsPane.UssdWanted) -> None:
        from console.ui.screens.ussd import UssdScreen

        s = self._sources
        self.app.push_screen(UssdScreen(s.backend, s.store, s.clock, event.gateway, event.port))

    def on_port_grid_opened(self, event: PortGrid.Opened) -> None:
        from console.ui.screens.port_detail import PortScreen

        s = self._sources
        self.app.push_screen(PortScreen(s.backend, s.store, s.log, s.clock, event.facts))
