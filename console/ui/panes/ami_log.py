"""The AMI log: both directions of the persistent session, newest at the bottom."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from console.domain.link import LinkPhase, LogRecord
from console.ui.actions import bindings
from console.ui.ami_filter import Routine
from console.ui.ami_line import log_cells
from console.ui.format import Cells, age, count
from console.ui.panes.base import Pace, Pane
from console.ui.panes.header import LINK
from console.ui.screens.detail import account_detail
from console.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.store.ami_log import AmiLog


_BATCH = 1000
"""Records read from the ring at a time."""


class AmiList(RowList):
    """The ring's records that are worth a look, by position: row 0 is the oldest still kept."""

    live_end = "bottom"

    def __init__(self, log: AmiLog) -> None:
        super().__init__(id="ami-list")
        self._log = log
        self._shown: deque[int] = deque()
        self._read = 0
        self._routine = Routine()
        self.everything = False
        """Whether routine (keep-alives, status questions and their answers) is shown as well."""

    def reload(self) -> int:
        """Show what the ring holds now; returns how many rows came."""
        came = dropped = 0
        while records := self._log.since(self._read, _BATCH):
            self._read = records[-1].seq
            for record in records:
                routine = self._routine(record)
                if self.everything or not routine:
                    self._shown.append(record.seq)
                    came += 1
        while self._shown and self._shown[0] < self._log.first_seq:
            self._shown.popleft()
            dropped += 1
        if came or dropped:
            self.show_rows(len(self._shown), shift=-dropped)
        return came

    def show_everything(self, everything: bool) -> None:
        """With or without routine; the cursor goes to the newest line."""
        self.everything = everything
        self._shown.clear()
        self._read = 0
        self._routine = Routine()
        self.reload()
        self.action_jump("bottom")

    def record_at(self, index: int) -> LogRecord | None:
        if not 0 <= index < len(self._shown):
            return None
        records = self._log.window(self._shown[index], 1)
        return records[0] if records else None

    def row(self, index: int, width: int) -> Cells:
        record = self.record_at(index)
        return log_cells(record) if record else [("", "plain")]


class AmiPane(Pane):
    """Follows the newest line until the operator moves up; then counts what comes below."""

    NAME = "ami"
    TITLE = "AMI"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ami")]

    class Opened(Message):
        """Enter on a line."""

        def __init__(self, record: LogRecord) -> None:
            self.record = record
            super().__init__()

    def __init__(self, backend: Backend, log: AmiLog) -> None:
        super().__init__(id="ami")
        self._backend = backend
        self._log = log
        self._pace = Pace()
        self._revision = -1
        self._unseen = 0

    def compose(self) -> ComposeResult:
        yield AmiList(self._log)

    def sync(self, now: float) -> None:
        revision = self._log.revision
        if revision != self._revision and self._pace.due(now):
            self._revision = revision
            rows = self.query_one(AmiList)
            following = rows.following
            came = rows.reload()
            self._unseen = 0 if following else self._unseen + came
        self._retitle(now)

    def _retitle(self, now: float) -> None:
        links = []
        for gateway in self._backend.gateways():
            look = LINK[gateway.link.phase]
            why = f" {gateway.link.detail}" if gateway.link.phase is not LinkPhase.UP and gateway.link.detail else ""
            links.append(f"{gateway.name} {look.glyph} {look.word or 'up'} {age(now - gateway.link.since)}{why}")
        routine = "" if self.query_one(AmiList).everything else "routine hidden, p shows it"
        self.entitle(*links, f"paused, {count(self._unseen)} new below" if self._unseen else "", routine)

    def on_row_list_moved(self) -> None:
        if self.query_one(AmiList).following:
            self._unseen = 0

    def on_row_list_chosen(self) -> None:
        rows = self.query_one(AmiList)
        if record := rows.record_at(rows.cursor):
            self.post_message(self.Opened(record))

    def action_routine(self) -> None:
        rows = self.query_one(AmiList)
        rows.show_everything(not rows.everything)
        self._unseen = 0

    def action_account(self) -> None:
        self.app.push_screen(account_detail(self._backend.gateways()))

    def action_follow(self) -> None:
        self.query_one(AmiList).action_jump("bottom")
