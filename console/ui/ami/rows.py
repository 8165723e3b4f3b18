"""Which records of the AMI log are shown, found a little at a time so that no search holds up the screen."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from console.protocol.ami.log_query import LogQuery
from console.protocol.ami.routine import Routine

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.domain.link import LogRecord
    from console.store.ami.log import AmiLog

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
        self.query = LogQuery()
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

    def ask(self, query: LogQuery, *, everything: bool, gateway: str = "") -> None:
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
