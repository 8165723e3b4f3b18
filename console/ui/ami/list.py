"""The lines of the AMI log: found a slice of time at once, followed or held still."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import work

from console.protocol.ami.routine import Routine
from console.protocol.query.log import LOG
from console.ui.kit.format import count, fit, line_width
from console.ui.kit.pane import BUSY_SPACING
from console.ui.kit.row_list import RowList
from console.ui.rows.ami_line import Times, log_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.domain.link import LogRecord
    from console.protocol.query.table import Query
    from console.store.ami.log import AmiLog
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells


SLICE = 0.006
"""Seconds that one look takes at most, about."""

_BATCH = 50
"""Records taken from the log at once."""

MOST_HELD = 40_000
"""Records held while the operator reads old ones; what comes beyond is counted."""


class AmiRows:
    """The records that pass routine and filter, oldest first. They are held here: while the operator reads, none of
    them goes, though the log drops it.
    """

    def __init__(self, log: AmiLog, clock: Callable[[], float]) -> None:
        """`clock` is in seconds and only rises: it tells when a slice is over."""
        self._log = log
        self._clock = clock
        self._records: list[LogRecord] = []
        self._routine = Routine()
        self._read = 0
        self.query = LOG.ask("")
        self.gateway = ""
        """Only of this one; empty for all. What belongs to none is shown with each."""
        self.everything = False
        """Whether routine (keep-alives, status questions and their answers) is shown as well."""
        self.missed = 0
        """Records that came and were not held."""
        self.changes = 0
        """Rises with every record that is found, and when all is looked at anew."""

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> LogRecord:
        return self._records[index]

    @property
    def total(self) -> int:
        """How many records the log holds, whatever is asked for."""
        return self._log.last_seq - self._log.first_seq + 1

    @property
    def done(self) -> bool:
        """Whether every record of the log was looked at."""
        return self._read >= self._log.last_seq

    def ask(self, query: Query[LogRecord], *, everything: bool, gateway: str = "") -> None:
        """Show something else from now on. All is looked at anew."""
        self.query = query
        self.everything = everything
        self.gateway = gateway
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what was found and look at all of the log."""
        self._records.clear()
        self._routine = Routine()
        self._read = 0
        self.missed = 0
        self.changes += 1

    def advance(self) -> int:
        """Look at the next records for a slice of time; how many are shown of them."""
        end = self._clock() + SLICE
        came = 0
        while records := self._log.since(self._read, _BATCH):
            for record in records:
                self._read = record.seq
                if self._is_shown(record):
                    came += 1
                    self._hold(record)
                if self._clock() >= end:
                    return came
        return came

    def let_go(self) -> int:
        """Drop what the log has dropped, too; how many that were."""
        dropped = bisect_left(self._records, self._log.first_seq, key=lambda record: record.seq)
        del self._records[:dropped]
        return dropped

    def place_of(self, seq: int) -> int:
        """Where this record stands; where it is not shown, the next one that is."""
        return bisect_left(self._records, seq, key=lambda record: record.seq)

    def mark_before(self, index: int) -> int | None:
        """Position of the next mark above a row."""
        return next((at for at in range(min(index, len(self)) - 1, -1, -1) if self._records[at].is_mark), None)

    def mark_after(self, index: int) -> int | None:
        """Position of the next mark below a row."""
        return next((at for at in range(index + 1, len(self)) if self._records[at].is_mark), None)

    def all(self) -> tuple[LogRecord, ...]:
        """What is shown, oldest first."""
        return tuple(self._records)

    def _hold(self, record: LogRecord) -> None:
        self.changes += 1
        if len(self._records) < MOST_HELD:
            self._records.append(record)
        else:
            self.missed += 1

    def _is_shown(self, record: LogRecord) -> bool:
        """A mark always is: it was put there to be found."""
        routine = self._routine(record)
        if record.is_mark:
            return True
        if routine and not self.everything:
            return False
        if self.gateway and record.gateway not in {self.gateway, ""}:
            return False
        return self.query.is_empty or self.query.matches(record)


class AmiList(RowList):
    """The log's records that are worth a look, by position: row 0 is the oldest. Follows the newest line until the
    operator moves up; then the cursor stays on its line, whatever is looked for, and what comes below is counted.
    """

    live_end = "bottom"

    def __init__(self, log: AmiLog, gateways: Gateways) -> None:
        super().__init__(id="ami-list")
        self._gateways = gateways
        self.found = AmiRows(log, time.monotonic)
        self.times = Times.CLOCK
        self.unseen = 0
        """Lines that came below while the operator read."""
        self.looking = False
        """Whether a look goes on between the keys."""
        self._shown = -1
        self._meant: int | None = None
        """The record that the operator put the cursor on; None while the newest is followed."""
        self._bringing_up = False
        self._anew = False
        """Whether what is looked at was there before something else was asked for."""

    @property
    def following(self) -> bool:
        return self._meant is None

    @property
    def selected(self) -> LogRecord | None:
        """What is under the cursor."""
        return self.found[self.cursor] if self.cursor < len(self.found) else None

    @property
    def paused(self) -> str:
        """`paused, 12 new below`; empty while the newest line is followed."""
        if self.following:
            return ""
        return f"paused, {count(self.unseen)} new below" if self.unseen else "paused"

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if not self._bringing_up:
            self._come_to()

    def action_move(self, rows: int) -> None:
        super().action_move(rows)
        self._come_to()

    def action_jump(self, end: str) -> None:
        super().action_jump(end)
        self._come_to()

    def _come_to(self) -> None:
        """A key or a click brought the cursor here."""
        at = self.selected
        self._meant = None if at is None or self.cursor == self.live_row else at.seq
        if self.following:
            self.unseen = 0

    def row(self, index: int, width: int) -> Cells:
        if index >= len(self.found):
            return [("", "plain")]
        before = self.found[index - 1].at if index else None
        record = self.found[index]
        *cells, (words, ink) = log_cells(record, self.times, before, gateway=self._gateways.cells(record.gateway))
        room = width - line_width(cells)
        return [*cells, (words if cell_len(words) <= room else fit(words, room), ink)]

    def ask(
        self, *, query: Query[LogRecord] | None = None, everything: bool | None = None, gateway: str | None = None
    ) -> None:
        """Show something else from now on."""
        found = self.found
        found.ask(
            found.query if query is None else query,
            everything=found.everything if everything is None else everything,
            gateway=found.gateway if gateway is None else gateway,
        )
        self.unseen, self._anew = 0, True
        self.look()

    def look(self) -> None:
        """Look at what is new, for a slice of time; the rest between the keys."""
        if self.looking:
            return
        if self.following and self.found.missed:
            self.found.begin_again()
        self._advance()
        self._bring_up()
        if not self.found.done:
            self.looking = True
            self._look_on()

    def follow(self) -> None:
        """Go to the newest line, and stay there."""
        self.action_jump("bottom")
        self.unseen = 0
        self.look()

    def cycle_times(self) -> None:
        """Write the times in the next way."""
        self.times = self.times.following
        self.refresh_changed()

    def go_to_mark(self, step: int) -> bool:
        """Go to the next mark above (-1) or below (1), one that was set just now too; whether there is one."""
        self.look()
        index = self.found.mark_before(self.cursor) if step < 0 else self.found.mark_after(self.cursor)
        if index is not None:
            self.cursor = index
            self.action_move(0)
        return index is not None

    @work(exclusive=True, group="ami-look", exit_on_error=False)
    async def _look_on(self) -> None:
        try:
            shown_at = time.monotonic()
            while not self.found.done:
                await asyncio.sleep(0)  # whatever key was pressed is answered here
                self._advance()
                if time.monotonic() - shown_at > BUSY_SPACING:
                    self._bring_up()
                    shown_at = time.monotonic()
            self._bring_up()
        finally:
            self.looking = False

    def _advance(self) -> None:
        came = self.found.advance()
        self.unseen = 0 if self.following or self._anew else self.unseen + came
        self._anew = self._anew and not self.found.done

    def _bring_up(self) -> None:
        """Show what was found so far. While the newest line is followed, what the log dropped goes here, too."""
        dropped = self.found.let_go() if self.following else 0
        if dropped or self.found.changes != self._shown:
            self._shown = self.found.changes
            shift = -dropped if self._meant is None else self.found.place_of(self._meant) - self.cursor
            self._bringing_up = True
            self.show_rows(len(self.found), shift=shift)
            self._bringing_up = False
            if not self.following:
                self._bring_cursor_in_sight()
