"""What a screen reads: all that is committed, and word of when to read it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.store.engine.failure import explained
from console.store.outbox.sending import SendingReader
from console.store.ports.history import PortHistory
from console.store.ports.notes import PortNotesReader
from console.store.ports.totals import PortTotalsReader
from console.store.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from console.config import Regions
    from console.domain.clock import Clock
    from console.store.engine.changes import Changes
    from console.store.presence import Process


class LiveReader(Reader):
    """Reads of `Reader`, and what only a running console asks. It writes nothing."""

    def __init__(
        self, path: Path, changes: Changes, clock: Clock, process: Process, *, regions: Regions, busy_timeout: float
    ) -> None:
        super().__init__(path, regions=regions, busy_timeout=busy_timeout)
        self._changes = changes
        self.sending: SendingReader = SendingReader(self._rows, clock, process)
        """Batches, and what waits for a person's yes."""
        self.port_notes: PortNotesReader = PortNotesReader(self._rows, lambda: self.revision)
        """What colleagues should know of a port."""
        self.port_totals = PortTotalsReader(self._rows)
        """What each port did since the database counts."""
        self.port_history = PortHistory(self._rows, clock)
        """What went through each port, and what its last days say of it."""

    @property
    def revision(self) -> int:
        """Rises when something was committed: by this process at once, by another once `poll` is called."""
        return self._changes.revision

    def poll(self) -> int:
        """Look whether another process committed, and return `revision`. Cheap enough for every tick of a
        screen.
        """
        with explained(self.path, "reading"):
            return self._changes.poll()
