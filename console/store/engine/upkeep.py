"""What the database's files need while nobody writes: looked at, and the main file brought up to date.

What is committed stands in the `-wal` until a checkpoint brings it into the main file. SQLite does that when a commit
finds many pages there; a quiet console's may stand there for days, and who copies the main file alone copies none of
it. A thread of its own does it, so that no commit waits for the disk twice.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from console.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.store.engine.writer import Writer

LOOK_PERIOD = 1.0
"""Seconds between two looks at the files, so that one who asks whether all is well hears the truth."""

CHECKPOINT_PERIOD = 20.0
"""Seconds by which the main file is behind, and a few."""

_TRIES, _PAUSE = 50, 0.01
"""Of one checkpoint, and seconds between them."""


class Upkeep:
    """Of a writer. Waits for nobody who writes or reads, and nobody waits for it."""

    def __init__(
        self, writer: Writer, rows: Callable[[str, Sequence[object]], list[Any]], *, every: float = CHECKPOINT_PERIOD
    ) -> None:
        self._writer = writer
        self._rows = rows
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-upkeep", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it. Harmless when called twice."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic() + self._every
        while not self._ended.wait(min(LOOK_PERIOD, self._every)):
            if self._is_well() and time.monotonic() >= due:
                due = time.monotonic() + self._every
                self.checkpoint()

    def checkpoint(self) -> None:
        """Bring all of the `-wal` into the main file. What fails is tried again.

        Where somebody just began to read or write it is a part only, and then the main file alone is neither as it was
        nor as it is.
        """
        with contextlib.suppress(StoreError):
            for _ in range(_TRIES):
                _, frames, written = self._rows("PRAGMA wal_checkpoint(PASSIVE)", ())[0]
                if frames == written or self._ended.wait(_PAUSE):
                    break
            self._is_well()

    def _is_well(self) -> bool:
        """Look; what is wrong is for the writing thread."""
        try:
            self._writer.guard.look()
        except OSError:
            self._writer.submit(lambda _connection: None, quiet=True)
            return False
        return True
