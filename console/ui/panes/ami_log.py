"""The AMI log: both directions of the persistent session, newest at the bottom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.message import Message
from textual.widgets import Input

from console.domain.link import MARK, Flow, LinkPhase, LogRecord
from console.errors import ConsoleError
from console.protocol.log_text import text_line
from console.protocol.safe_text import safe
from console.ui.actions import bindings
from console.ui.ami_export import default_name, forms, write_log
from console.ui.clipboard import offer
from console.ui.format import age, count, plural
from console.ui.gateway_chips import LINK
from console.ui.keymap import keymap_of
from console.ui.lessons import of_ami
from console.ui.panes.ami_command import CommandPanel
from console.ui.panes.ami_list import AmiList
from console.ui.panes.ami_search import AmiSearch
from console.ui.panes.base import Pace, Pane
from console.ui.screens.ask import AskScreen
from console.ui.screens.choose import ChooseScreen
from console.ui.screens.detail import account_detail
from console.ui.widgets.lesson import Lesson

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import Store
    from console.store.ami_log import AmiLog
    from console.ui.gateways import Gateways
    from console.ui.widgets.row_list import RowList


class AmiPane(Pane):
    """The list, the filter above it, and the gateway's command line below."""

    NAME = "ami"
    TITLE = "AMI"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ami")]

    class Opened(Message):
        """Enter on a line."""

        def __init__(self, record: LogRecord) -> None:
            self.record = record
            super().__init__()

    def __init__(self, backend: Backend, log: AmiLog, store: Store, clock: Clock, gateways: Gateways) -> None:
        super().__init__(id="ami")
        self._gateways = gateways
        self._backend = backend
        self._log = log
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._revision = -1

    def compose(self) -> ComposeResult:
        yield AmiSearch()
        yield Lesson(id="ami-empty")
        yield AmiList(self._log, self._gateways)
        yield CommandPanel(self._backend, self._store)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a line to type in letters are text, so the keys of this pane rest."""
        return not isinstance(self.screen.focused, Input)

    def focus_first(self) -> None:
        panel = self.query_one(CommandPanel)
        self.give_focus(panel.line if panel.display else self._list)

    @property
    def _list(self) -> AmiList:
        return self.query_one(AmiList)

    # ---- what is shown --------------------------------------------------------------------------------------

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
        links = []
        for gateway in self._gateways.shown():
            look = LINK[gateway.link.phase]
            why = f" {gateway.link.detail}" if gateway.link.phase is not LinkPhase.UP and gateway.link.detail else ""
            links.append(f"{gateway.name} {look.glyph} {look.word or 'up'} {age(now - gateway.link.since)}{why}")
        self._teach()
        hits = "" if found.query.is_empty else f"{count(len(found))} of {count(found.total)}"
        self.entitle(
            f"{self._gateways.chosen} only" if self._gateways.chosen else "",
            hits + ("…" if hits and not found.done else ""),
            *found.query.problems,
            *links,
            self._paused(),
            shown.times.value,
            "" if found.everything else "routine hidden, p shows it",
        )

    def _teach(self) -> None:
        """Where no line is shown: why."""
        found = self._list.found
        empty = not len(found) and found.done
        self.set_class(empty, "-empty")
        if empty:
            self.query_one(Lesson).teach(of_ami(self._gateways.shown(), keymap_of(self), hidden=found.total))

    def _paused(self) -> str:
        shown = self._list
        if shown.following:
            return ""
        return f"paused, {count(shown.unseen)} new below" if shown.unseen else "paused"

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        if event.rows is self._list and self._list.following:
            self._list.unseen = 0

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        if event.rows is self._list and (record := self._list.selected):
            self.post_message(self.Opened(record))

    # ---- filter ---------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        line = self.query_one(AmiSearch)
        line.display = True
        self.give_focus(line)

    def on_ami_search_asked(self, event: AmiSearch.Asked) -> None:
        if event.query != self._list.found.query:
            self._list.ask(query=event.query)

    def on_ami_search_left(self) -> None:
        self.give_focus(self._list)

    def action_routine(self) -> None:
        self._list.ask(everything=not self._list.found.everything)

    # ---- marks, times, files --------------------------------------------------------------------------------

    def action_mark(self) -> None:
        def mark(words: str | None) -> None:
            if words is not None:
                note = f"{words or 'mark'} ({self._backend.operator()})"
                self._log.append(self._clock.time(), "", Flow.NOTE, note, session=MARK)

        remark = "It stands in the log from here on, and in its files. ' and \" go from mark to mark."
        self.app.push_screen(AskScreen("Mark in the AMI log", placeholder="what happens now", remark=remark), mark)

    def action_to_mark(self, step: int) -> None:
        if not self._list.go_to_mark(step):
            self.notify("There is no further mark in this direction.", markup=False)

    def action_times(self) -> None:
        self._list.cycle_times()

    def action_copy(self) -> None:
        if record := self._list.selected:
            offer(self, text_line(record), "The line")

    def action_write(self) -> None:
        records = self._list.found.all()

        def write(name: str | None) -> None:
            if name:
                self._write(Path(name).expanduser(), records)

        title = f"Write {plural(len(records), 'line')} to"
        name = default_name(self._clock.time())
        self.app.push_screen(AskScreen(title, name, placeholder="name of a new file", remark=forms()), write)

    @work(thread=True, group="ami-write", exit_on_error=False)
    def _write(self, path: Path, records: tuple[LogRecord, ...]) -> None:
        """Aside: a disk may be slow."""
        try:
            written = write_log(path, records)
        except ConsoleError as error:
            words, severity = f"{error} {error.hint}".strip(), "error"
        else:
            words, severity = f"{plural(written, 'line')} written to {path}", "information"
        self.app.call_from_thread(self.notify, safe(words), severity=severity, markup=False)

    # ---- the gateway ----------------------------------------------------------------------------------------

    def action_account(self) -> None:
        self.app.push_screen(account_detail(self._backend.gateways()))

    def action_follow(self) -> None:
        self._list.follow()

    def action_command(self) -> None:
        names = [one.name for one in self._backend.gateways() if one.link.phase is not LinkPhase.STOPPED]
        if not names:
            self.notify("No gateway has an AMI link.", severity="warning", markup=False)
        elif len(names) == 1 or self._list.found.gateway in names:
            self._open_command(self._list.found.gateway or names[0])
        else:
            self.app.push_screen(ChooseScreen("Command line of", [(name, name) for name in names]), self._open_command)

    def _open_command(self, gateway: str | None) -> None:
        if gateway is not None:
            panel = self.query_one(CommandPanel)
            self.add_class("-command")
            self.set_class(panel.has_output, "-answered")
            panel.open(gateway)
            self.give_focus(panel.line)

    def on_command_panel_answered(self) -> None:
        self.set_class(self.query_one(CommandPanel).has_output and self.has_class("-command"), "-answered")

    def on_command_panel_left(self) -> None:
        self.remove_class("-command", "-answered")
        self.give_focus(self._list)
