"""The AMI log: both directions of the persistent session, newest at the bottom."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widgets import Input

from console.config.private_file import write_lines
from console.domain.link import MARK, Flow, LinkPhase, LogRecord
from console.protocol.ami.log_record import write_record
from console.protocol.ami.log_text import text_line
from console.protocol.query.log import LOG
from console.ui.ami.command_line import CommandPanel
from console.ui.ami.list import AmiList
from console.ui.context.copying import ask_file, offer
from console.ui.context.gateway_chips import LINK
from console.ui.context.lessons import Lesson, of_ami
from console.ui.context.searching import KeptViews, ViewKeys, asker
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import FilterLine, FilterProblem
from console.ui.kit.format import age, count, plural
from console.ui.kit.pane import ListPane, Pace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.link import LogRecord
    from console.store import LiveReader
    from console.store.ami.log import AmiLog
    from console.ui.context.gateways import Gateways
    from console.ui.kit.row_list import RowList


class AmiPane(ViewKeys, ListPane):
    """The list, the filter above it, and the gateway's command line below."""

    NAME = "ami"
    TITLE = "AMI"
    LIST = AmiList
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ami")]

    class Opened(Message):
        """Enter on a line."""

        def __init__(self, record: LogRecord) -> None:
            self.record = record
            super().__init__()

    def __init__(self, backend: Backend, log: AmiLog, store: LiveReader, clock: Clock, gateways: Gateways) -> None:
        super().__init__(id="ami")
        self._gateways = gateways
        self._backend = backend
        self._log = log
        self._store = store
        self._clock = clock
        self._list = AmiList(log, gateways)
        self._line = FilterLine(LOG, asker(store, clock, backend), id="ami-search")
        self.views = KeptViews(self._line, store, backend.views)
        self._pace = Pace()
        self._revision = -1

    def compose(self) -> ComposeResult:
        yield self._line
        yield FilterProblem()
        yield Lesson(id="ami-empty")
        yield self._list
        yield CommandPanel(self._backend, self._store)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a line to type in letters are text, so the keys of this pane rest."""
        return not isinstance(self.screen.focused, Input) and super().check_action(action, parameters)

    def focus_first(self) -> None:
        panel = self.query_one(CommandPanel)
        if panel.display:
            self.give_focus(panel.line)
        else:
            self.focus_list()

    # ---- what is shown --------------------------------------------------------------------------------------

    @property
    def behind(self) -> bool:
        return self._log.revision != self._revision

    def sync(self, now: float) -> None:
        revision = self._log.revision
        if revision != self._revision and not self._list.looking and self._pace.due(now):
            self._revision = revision
            self._list.look()
        self._retitle(now)

    def show_chosen(self) -> None:
        """Show what was said to and by the chosen gateway, or all."""
        if self._list.found.gateway != self._gateways.chosen:
            self._list.ask(gateway=self._gateways.chosen)

    def _retitle(self, now: float) -> None:
        shown, found = self._list, self._list.found
        self._teach()
        hits = "" if found.query.is_empty else f"{count(len(found))} of {count(found.total)}"
        self.entitle(
            shown.paused,
            self._line.asked_words,
            hits + ("…" if hits and not found.done else ""),
            self._link_words(now),
            shown.times.value,
            "" if found.everything else f"routine hidden, {keymap_of(self).name('ami.routine')} shows it",
        )

    def _link_words(self, now: float) -> str:
        """The link of the gateway that is shown, or how many are up of several."""
        shown = self._gateways.shown()
        if len(shown) != 1:
            return f"{sum(gateway.link.phase is LinkPhase.UP for gateway in shown)} of {len(shown)} up" if shown else ""
        link, look = shown[0].link, LINK[shown[0].link.phase]
        only = " only" if self._gateways.chosen else ""
        why = f" {link.detail}" if link.phase is not LinkPhase.UP and link.detail else ""
        return f"{shown[0].name}{only} {look.glyph} {look.word or 'up'} {age(now - link.since)}{why}"

    def _teach(self) -> None:
        """Where no line is shown: why."""
        found = self._list.found
        empty = not len(found) and found.done
        self.set_class(empty, "-empty")
        if empty:
            self.query_one(Lesson).teach(of_ami(self._gateways.shown(), keymap_of(self), hidden=found.total))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        if event.rows is self._list and (record := self._list.selected):
            self.post_message(self.Opened(record))

    # ---- filter ---------------------------------------------------------------------------------------------

    def look_for(self) -> None:
        if self._line.wanted != self._list.found.query:
            self._list.ask(query=self._line.wanted)

    def action_routine(self) -> None:
        self._list.ask(everything=not self._list.found.everything)

    # ---- marks, times, files --------------------------------------------------------------------------------

    def action_mark(self) -> None:
        from console.ui.kit.dialogs import AskScreen

        def mark(words: str | None) -> None:
            if words is not None:
                note = f"{words or 'mark'} ({self._backend.operator()})"
                self._log.append(self._clock.time(), "", Flow.NOTE, note, session=MARK)

        remark = "It is kept in the log and its files. ' and \" go from bookmark to bookmark."
        self.app.push_screen(AskScreen("Bookmark in the AMI log", placeholder="what happens now", remark=remark), mark)

    def action_to_mark(self, step: int) -> None:
        if not self._list.go_to_mark(step):
            self.notify("There are no more bookmarks in this direction.", markup=False)

    def action_times(self) -> None:
        self._list.cycle_times()

    def action_copy(self) -> None:
        if record := self._list.selected:
            offer(self, text_line(record), "The line")

    def action_write(self) -> None:

        ask_where(self, self._list.found.all(), self._clock.time())

    # ---- the gateway ----------------------------------------------------------------------------------------

    def action_account(self) -> None:
        from console.ui.context.detail import account_detail

        self.app.push_screen(account_detail(self._backend.gateways()))

    def action_follow(self) -> None:
        self._list.follow()

    def action_command(self, begun: str = "") -> None:
        """Open the line, where `begun` stands already."""
        from console.ui.kit.dialogs import ChooseScreen

        names = [one.name for one in self._backend.gateways() if one.link.phase is not LinkPhase.STOPPED]
        if not names:
            self.notify("No gateway has an AMI link.", severity="warning", markup=False)
        elif len(names) == 1 or self._list.found.gateway in names:
            self._open_command(self._list.found.gateway or names[0], begun)
        else:
            choices = ChooseScreen("Asterisk CLI of", [(name, name) for name in names])
            self.app.push_screen(choices, partial(self._open_command, begun=begun))

    def _open_command(self, gateway: str | None, begun: str) -> None:
        if gateway is not None:
            panel = self.query_one(CommandPanel)
            self.add_class("-command")
            self.set_class(panel.has_output, "-answered")
            panel.open(gateway, begun)
            self.give_focus(panel.line)

    def on_command_panel_answered(self) -> None:
        self.set_class(self.query_one(CommandPanel).has_output and self.has_class("-command"), "-answered")

    def on_command_panel_left(self) -> None:
        self.remove_class("-command", "-answered")
        self.focus_list()


def default_name(now: float) -> str:
    """A name that was hardly given before."""
    return f"ami-{datetime.fromtimestamp(now).astimezone():%Y%m%d-%H%M%S}.txt"


def forms() -> str:
    """What may be named, for whoever is asked."""
    return (
        f"In {Path.cwd()}, unless you give another folder.\n"
        "One line per record, times in UTC; JSON lines if the name ends in .jsonl. Secrets are masked."
    )


def write_log(path: Path, records: Sequence[LogRecord]) -> int:
    """Write them; how many lines that were. Nothing is written over. Raises ConsoleError."""
    form = write_record if path.suffix.lower() in {".json", ".jsonl"} else text_line
    return write_lines(path, (form(record) for record in records))


def ask_where(widget: Widget, records: Sequence[LogRecord], now: float) -> None:
    """Ask for the name of a new file, then write the records into it."""

    def write(path: Path) -> str:
        return f"{plural(write_log(path, records), 'line')} written to {path}"

    ask_file(widget, f"Write {plural(len(records), 'line')} to", default_name(now), forms(), write)
