"""Where the panes stand, which one has the floor, and the one timer that keeps them true."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.errors import ConsoleError
from console.terminal.app import TerminalApp, ThriftyScreen
from console.ui.alarms.notices import AlarmNotices
from console.ui.app.header import HeaderLine, TroubleLine
from console.ui.app.places import ROOMY, Body, Wanted, places
from console.ui.compose.drafts import DraftLine
from console.ui.context.gateways import Gateways
from console.ui.inbox.pane import InboxPane
from console.ui.keys.actions import PANES, bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import keymap_of, takes_text
from console.ui.kit.format import Cells, content
from console.ui.kit.pane import Pane, pane_title
from console.ui.outbox.sending_watch import SendingWatch
from console.ui.ports.grid import PortStrip
from console.ui.rules.ringing import RuleRinging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from textual import events
    from textual.app import ComposeResult, RenderResult
    from textual.binding import BindingType
    from textual.notifications import SeverityLevel

    from console.terminal.theme import Ink
    from console.ui.context.sources import Sources


SHARE = 0.004
"""Seconds of work after which the rest of a round is put off."""

PAUSE = 0.02
"""Seconds until it goes on: what was done is drawn in between, and keys are acted on."""


class Rounds:
    """One round at a time."""

    def __init__(
        self,
        parts: Callable[[], Iterable[Callable[[], None]]],
        later: Callable[[float, Callable[[], None]], object],
        *,
        elapsed: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`parts` are what a round is made of, in its order; `later` calls after so many seconds."""
        self._parts = parts
        self._later = later
        self._elapsed = elapsed
        self._rest: Iterator[Callable[[], None]] | None = None

    def go(self) -> bool:
        """Begin a round, unless the last one is still under way; whether it was begun."""
        if self._rest is not None:
            return False
        self._rest = iter(self._parts())
        self._go_on()
        return True

    def _go_on(self) -> None:
        assert self._rest is not None, "a round is under way"
        end = self._elapsed() + SHARE
        for part in self._rest:
            part()
            if self._elapsed() >= end:
                self._later(PAUSE, self._go_on)
                return
        self._rest = None


class TabLine(Widget):
    """Tells which pane has the screen: `active`."""

    DEFAULT_CSS = "TabLine { height: 1; }"

    active: reactive[str] = reactive(PANES[0])

    def render(self) -> RenderResult:
        cells: Cells = [(" ", "plain")]
        keys = keymap_of(self)
        for name in PANES:
            ink: Ink = "strong" if name == self.active else "quiet"
            cells += [(f"{keys.name(f'pane.{name}')} ", "key"), (f"{pane_title(name)}  ", ink)]
        return content(cells)


AWAY = 180.0
"""Seconds without a key after which nobody is taken to sit there: longer than a message is read, and soon enough for a
screen on the wall to show what comes in.
"""

FRAME = 0.1
"""Seconds between two looks at what changed."""

_BUILDING = 5.0
"""Seconds that the screen may take to be built."""

_DRAFT = "draft"

_PLACES = ("ports", "inbox", "compose", "outbox", "ami")
"""The panes as they follow each other on the screen."""


class PaneToCome(Pane):
    """The empty frame of a pane, for the first frame of the screen: what is needed at once does not wait for it."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._shown_title = pane_title(name)


class PanesScreen(ThriftyScreen[None]):
    """Panes side by side where there is room, one at a time where there is not (or when zoomed)."""

    class Built(Message):
        """All panes are there."""

    AUTO_FOCUS = "#inbox-list"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]

    active: reactive[str] = reactive("inbox")
    single: reactive[bool] = reactive(False)

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self._watch = SendingWatch(sources.store, sources.backend)
        self._alarms = AlarmNotices(sources.store, sources.alarms)
        self._rules = RuleRinging(sources.store, sources.rules)
        self._gateways = Gateways(sources.backend)
        self._before_compose = "inbox"
        self._rounds = Rounds(self._parts, self.set_timer)
        self._shown: object = None
        """The facts of the last round."""
        self._zoomed = False
        self._built = asyncio.Event()
        self._draft = DraftLine()
        self._keys_seen, self._touched = 0, 0.0
        """Keys so far, and when the last one was seen; Unix seconds UTC."""

    def compose(self) -> ComposeResult:
        s = self._sources
        self._header = HeaderLine(s.backend, s.store, self._watch, self._alarms, self._gateways, label=s.label)
        self._trouble = TroubleLine(s.backend, self._watch, self._alarms)
        self._strip = PortStrip(self._gateways)
        yield self._header
        yield self._trouble
        yield self._strip
        yield TabLine()
        self.inbox_pane = InboxPane(
            s.store, s.clock, s.backend, self._gateways, s.rules, s.sending, page_values=s.page_values
        )
        self._panes: list[Pane] = [
            self.inbox_pane if name == self.inbox_pane.NAME else PaneToCome(name) for name in _PLACES
        ]
        with Body(self._places):
            yield from self._panes
        yield KeyBar()

    def on_mount(self) -> None:
        self._arrange()
        self.sync()
        self.call_after_refresh(self._build)

    async def _build(self) -> None:
        """The first frame stands: load the other panes, and put them in their places."""
        from console.ui.ami.pane import AmiPane
        from console.ui.compose.pane import ComposePane
        from console.ui.outbox.pane import OutboxPane
        from console.ui.ports.pane import PortsPane

        s = self._sources
        self.ports_pane = PortsPane(s.backend, s.store, s.clock, self._gateways)
        self.compose_pane = ComposePane(s.backend, s.sending, self._alarms.suspects, s.store, s.clock)
        self.outbox_pane = OutboxPane(s.store, s.clock, s.backend, self._watch, self._gateways, rules=s.sending)
        self.ami_pane = AmiPane(s.backend, s.log, s.store, s.clock, self._gateways)
        panes = (self.inbox_pane, self.ports_pane, self.compose_pane, self.outbox_pane, self.ami_pane)
        with self.app.batch_update():
            body = self.query_one(Body)
            await body.remove_children(PaneToCome)
            self._panes = sorted(panes, key=lambda pane: _PLACES.index(pane.NAME))
            inbox = self._panes.index(self.inbox_pane)
            await body.mount_all(self._panes[:inbox], before=self.inbox_pane)
            await body.mount_all([*self._panes[inbox + 1 :], self._draft])
            self._built.set()
            self._arrange()
            self.sync()
        self.set_interval(FRAME, self._look)
        self.post_message(self.Built())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a form letters and digits are its own, so the keys of this screen rest."""
        return not takes_text(self.focused)

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
            if pane.display and pane.is_mounted:
                yield partial(_sync_pane, pane, now)

    def _sync_lines(self, now: float) -> None:
        """What stands above the panes."""
        try:
            self._sources.store.poll()
            self._tell_alarms(now)
            self._tell_rules(now)
            self._header.sync(now)
        except ConsoleError as error:
            self._trouble.sync(now, error.in_full)
        else:
            self._trouble.sync(now)
        self._notice_absence(now)
        if self._watch.is_due(now):
            self.run_worker(partial(self._watch.look, now), group="sending", thread=True, exit_on_error=False)
        if self.single:
            self._strip.sync(now)

    def _notice_absence(self, now: float) -> None:
        """The inbox follows what comes in where nobody has touched a key for a while, and nothing is begun that the
        cursor's place matters to.
        """
        assert isinstance(self.app, TerminalApp), "it has no other"
        number = self.app.typeahead.number
        begun = self.active == "compose" or bool(self._draft.words) or self.app.screen is not self
        if number != self._keys_seen or begun or now < self._touched:
            self._keys_seen, self._touched = number, now
        elif now - self._touched >= AWAY:
            self.inbox_pane.follow_again()

    def on_form_changed(self) -> None:
        form = self.compose_pane.form
        if self._draft.tell(form.recipients.value, form.area.text):
            self._arrange()

    def _tell_alarms(self, now: float) -> None:
        for notice in self._alarms.look(now):
            severity: SeverityLevel = "error" if notice.is_bad else "information"
            self.notify(notice.words, severity=severity, timeout=10, markup=False)
            if notice.rings:
                self.app.bell()

    def _tell_rules(self, now: float) -> None:
        ring = self._rules.look(now)
        if ring is None:
            return
        if ring.bell:
            self.app.bell()
        if ring.words:
            assert isinstance(self.app, TerminalApp), "it has no other"
            self.app.show_notification(self._sources.screen.notify, ring.words)

    def take_settings(self) -> None:
        """Keys, prices or rules may be others: whatever stands here by them is worked out anew."""
        self.query_one(TabLine).refresh()
        for pane in self._panes:
            pane.take_settings()
        self.sync()

    @property
    def is_built(self) -> bool:
        """Whether all its panes are there."""
        return self._built.is_set()

    @property
    def is_ready(self) -> bool:
        """Whether keys have something to act on: a form whose message is about to leave is no place to type in."""
        return not (self.is_built and self.compose_pane.is_sending)

    async def until_built(self) -> None:
        """Wait for them; no longer than it can take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BUILDING):
                await self._built.wait()

    def pane(self, name: str) -> Pane:
        return self.query_one(f"#{name}", Pane)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self.single = self._zoomed or self.size.width < ROOMY[0] or self.size.height < ROOMY[1]
        self.set_class(self.single, "-single")
        shown = self._places(*self.size)
        for name in PANES:
            pane = self.pane(name)
            pane.display = name in shown
            pane.shows_key = not self.single
        self._draft.display = _DRAFT in shown
        self.inbox_pane.refresh(repaint=False, layout=True)  # where it stands depends on what no style tells
        self.query_one(TabLine).active = self.active
        if self.is_built:
            self.ports_pane.show_alone(self.single)

    def _places(self, width: int, height: int) -> dict[str, Region]:
        """Where each pane stands that is to be seen, in so much room."""
        if self.single:
            return {self.active: Region(0, 0, width, height)}
        ports = self.ports_pane.rows_wanted(self.size) if self.is_built else 2
        return places(width, height, Wanted(self.active, ports, draft=bool(self._draft.words)))

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

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self._arrange()
        self.sync()


def _sync_pane(pane: Pane, now: float) -> None:
    try:
        pane.sync(now)
    except ConsoleError as error:
        pane.entitle(f"✗ {error}")
