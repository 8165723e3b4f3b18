"""The AMI log: both directions of the persistent session, newest at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from console.domain.link import LinkPhase, LogRecord
from console.ui.actions import bindings
from console.ui.ami_line import log_cells
from console.ui.format import Cells, age, count
from console.ui.panes.base import Pace, Pane
from console.ui.panes.header import LINK
from console.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.store.ami_log import AmiLog


class AmiList(RowList):
    """The ring's records by position: row 0 is the oldest still kept."""

    live_end = "bottom"

    def __init__(self, log: AmiLog) -> None:
        super().__init__(id="ami-list")
        self._log = log
        self._first = 1

    def reload(self) -> int:
        """Show what the ring holds now; returns how many records came."""
        last_known = self._first + self.count - 1
        first, last = self._log.first_seq, self._log.last_seq
        dropped, self._first = first - self._first, first
        self.show_rows(max(0, last - first + 1), shift=-dropped)
        return last - last_known

    def record_at(self, index: int) -> LogRecord | None:
        records = self._log.window(self._first + index, 1)
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
        self.entitle(*links, f"paused, {count(self._unseen)} new below" if self._unseen else "")

    def on_row_list_moved(self) -> None:
        if self.query_one(AmiList).following:
            self._unseen = 0

    def on_row_list_chosen(self) -> None:
        rows = self.query_one(AmiList)
        if record := rows.record_at(rows.cursor):
            self.post_message(self.Opened(record))

    def action_follow(self) -> None:
        self.query_one(AmiList).action_jump("bottom")
