"""A screen over the main one that stays true while it is open, though what it shows takes its time to read."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import work
from textual.screen import ModalScreen

from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.domain.clock import Clock
    from console.store import LiveReader

LOOK = 0.25
"""Seconds between two looks at what changed."""

SPACING = 1.0
"""Seconds between two reads while something changes."""

F = TypeVar("F")


class LiveScreen(ModalScreen[None], Generic[F]):
    """Reads aside, when it opens and after something was committed. A subclass says what is read, and shows it."""

    def __init__(self, store: LiveReader, clock: Clock) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._revision = -1
        self._looked = 0.0
        self._reading = False
        self.is_ready = False
        """Whether the first read is over: keys have something to act on, as far as there is anything."""

    @abstractmethod
    def read(self) -> F:
        """What is shown, as committed. On a thread of its own; raises StoreError."""

    @abstractmethod
    def show(self, found: F) -> None:
        """Show what was read."""

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    def sync(self) -> None:
        """Bring what is shown up to date."""
        now = self._clock.time()
        if self._reading or self._store.revision == self._revision or 0 <= now - self._looked < SPACING:
            return
        self._reading, self._looked = True, now
        self._read(self._store.revision)

    @work(thread=True, group="live", exit_on_error=False)
    def _read(self, revision: int) -> None:
        try:
            found = self.read()
        except ConsoleError:
            self._reading, self.is_ready = False, True  # the main screen's own look at the store tells why
            return
        self.app.call_from_thread(self._take, found, revision)

    def _take(self, found: F, revision: int) -> None:
        self._reading = False
        if self.is_attached:
            self._revision = revision
            self.show(found)
        self.is_ready = True

    def action_leave(self) -> None:
        self.dismiss(None)
