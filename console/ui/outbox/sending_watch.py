"""What is under way, and what an earlier run left behind: looked at aside, for whoever shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.ui.kit.format import plural
from console.ui.outbox.progress import Rate, header_cells, is_finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.domain.messages import OutboxMessage
    from console.domain.sending import Batch
    from console.store import LiveReader
    from console.ui.kit.format import Cells

SPACING = 1.0
"""Seconds between two looks while something changes."""

IDLE = 10.0
"""Seconds between two looks while nothing does: a process may be gone without a word."""

_LOOKED_AT = 20
"""Batches, the newest, that may still be under way."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a look found."""

    left_over: tuple[OutboxMessage, ...] = ()
    """Queued by a process that is gone, oldest first: they wait for a yes."""
    batches: tuple[Batch, ...] = ()
    """Those of which something has not left, newest first."""
    rates: Mapping[int, float | None] = field(default_factory=dict)
    """By batch, messages that leave in a minute; None while that can't be told."""

    def waits(self, batch: Batch) -> bool:
        """Whether nothing of the batch leaves before somebody says yes."""
        return any(message.batch == batch.id for message in self.left_over)

    @property
    def left_over_words(self) -> str:
        """What there is to say of what is left over; empty when nothing is."""
        if not self.left_over:
            return ""
        number = len(self.left_over)
        wait = "waits" if number == 1 else "wait"
        return f"{plural(number, 'message')} of an earlier run {wait} for your yes"

    @property
    def header(self) -> Cells:
        """The batches under way, for the first line of the screen."""
        return header_cells([batch for batch in self.batches if not self.waits(batch)])


class SendingWatch:
    """Looks when something was committed, at most once a second. `seen` is what the last look found."""

    def __init__(self, store: LiveReader) -> None:
        self._store = store
        self._looking = threading.Lock()
        self._revision = -1
        self._at = -IDLE
        self._finished: set[int] = set()
        self._rates: dict[int, Rate] = {}
        self.seen = Sending()

    def is_due(self, now: float) -> bool:
        """Whether to `look` now. A clock that was set back is no reason to wait."""
        spacing = SPACING if self._store.revision != self._revision else IDLE
        return not 0 <= now - self._at < spacing

    def look(self, now: float) -> None:
        """Read the store; from a thread of its own, as that may take a while. Trouble with it is told elsewhere."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._at, self._revision = now, self._store.revision
            self.seen = self._found(now)
        except ConsoleError:
            pass  # the screen's own look at the store tells why
        finally:
            self._looking.release()

    def _found(self, now: float) -> Sending:
        batches = self._under_way()
        rates = {}
        for batch in batches:
            rate = self._rates.setdefault(batch.id, Rate())
            rate.note(batch, now)
            rates[batch.id] = rate.per_minute(batch)
        for batch_id in self._rates.keys() - rates.keys():
            del self._rates[batch_id]
        return Sending(tuple(self._store.sending.left_over()), tuple(batches), rates)

    def _under_way(self) -> list[Batch]:
        newest = next(iter(self._store.sending.batches(1)), None)
        if newest is None:
            return []
        found = []
        for batch_id in range(newest.id, max(0, newest.id - _LOOKED_AT), -1):
            if batch_id in self._finished:
                continue
            batch = newest if batch_id == newest.id else self._store.sending.batch(batch_id)
            if batch is None or is_finished(batch):
                self._finished.add(batch_id)
            else:
                found.append(batch)
        return found
