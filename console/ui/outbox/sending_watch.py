"""What is under way, what an earlier run left behind, and what came to an end that nobody has looked at.

It is read aside, for whoever shows it.

That somebody looked is known of this console alone, and for as long as it runs: two people at two consoles both have to
know that a message failed. What is settled for all (sent again, marked, reported late) is gone from every console.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.rules.timing import is_planned
from console.protocol.text.time_words import spoken
from console.ui.kit.format import plural
from console.ui.outbox.progress import Rate, ended_cells, header_cells, held_words, troubled_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.domain.backend import Backend
    from console.domain.messages import DeliveryState, OutboxMessage
    from console.domain.sending import Batch, Troubled
    from console.store import LiveReader
    from console.ui.keys.keymap import Keymap
    from console.ui.kit.format import Cells

SPACING = 1.0
"""Seconds between two looks while something changes."""

IDLE = 10.0
"""Seconds between two looks while nothing does: a process may be gone without a word."""

UNDER_WAY = 2.0
"""The same while a batch is under way: for what it waits is in no commit."""

_LOOKED_AT = 20
"""Batches, the newest, that may still be under way."""

MOST = 1_000
"""Failed and unknown messages that are counted."""

_RECENT = 86_400.0
"""Seconds: what failed longer ago than that when the console began has been looked at by somebody."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a look found."""

    left_over: tuple[OutboxMessage, ...] = ()
    """Queued by a process that is gone, oldest first: they wait for a yes."""
    batches: tuple[Batch, ...] = ()
    """Those of which something has not left, newest first."""
    rates: Mapping[int, float | None] = field(default_factory=dict)
    """By batch, messages that leave in a minute; None while that can't be told."""
    held: Mapping[int, str] = field(default_factory=dict)
    """By batch, for what it waits though it may leave, in words."""
    planned: frozenset[int] = frozenset()
    """Batches of which the rest waits for its time."""
    ended: tuple[Batch, ...] = ()
    """Batches that came to their end and that nobody has looked at since, newest first."""
    troubled: tuple[Troubled, ...] = ()
    """Messages that failed or are unknown, and that nobody has looked at since."""

    def waits(self, batch: Batch) -> bool:
        """Whether nothing of the batch leaves before somebody says yes."""
        return any(message.batch == batch.id for message in self.left_over)

    @property
    def left_over_words(self) -> str:
        """What there is to say of what is left over; empty when nothing is."""
        if not self.left_over:
            return ""
        number = len(self.left_over)
        are = "is" if number == 1 else "are"
        return f"{plural(number, 'message')} from an earlier session {are} held"

    def header(self, keymap: Keymap, *, short: bool = False) -> Cells:
        """What needs somebody, and the batches under way or ended, for the first line of the screen. `short`: as short
        as can be.
        """
        outbox, needs, batches = (keymap.name(f"{key}") for key in ("pane.outbox", "outbox.filter", "outbox.batches"))
        return [
            *troubled_cells(self.troubled, f"{outbox} {needs}", most=MOST, short=short),
            *ended_cells(self.ended, f"{outbox} {batches}", short=short),
            *header_cells([one for one in self.batches if one.id not in self.planned and not self.waits(one)]),
        ]


class SendingWatch:
    """Looks when something was committed, at most once a second. `seen` is what the last look found."""

    def __init__(self, store: LiveReader, backend: Backend) -> None:
        self._store = store
        self._backend = backend
        self._looking = threading.Lock()
        self._revision = -1
        self._at = -IDLE
        self._finished: set[int] = set()
        self._rates: dict[int, Rate] = {}
        self._gate = threading.Lock()
        """Held while what somebody looked at is taken out of `seen`."""
        self._newest: int | None = None
        """Id of the newest batch at the last look."""
        self._followed: set[int] = set()
        """Batches that were seen under way, and not looked at since they ended."""
        self._known: set[tuple[int, DeliveryState]] | None = None
        """Messages that were looked at, and how they were then; None before the first look."""
        self.seen = Sending()

    def is_due(self, now: float) -> bool:
        """Whether to `look` now. A clock that was set back is no reason to wait."""
        at_rest = UNDER_WAY if self.seen.batches else IDLE
        spacing = SPACING if self._store.revision != self._revision else at_rest
        return not 0 <= now - self._at < spacing

    def look(self, now: float) -> None:
        """Read the store; from a thread of its own, as that may take a while. Trouble with it is told elsewhere."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._at, self._revision = now, self._store.revision
            self._publish(self._found(now))
        except ConsoleError:
            pass  # the screen's own look at the store tells why
        finally:
            self._looking.release()

    def _found(self, now: float) -> Sending:
        newest = next(iter(self._store.sending.batches(1)), None)
        batches = self._under_way(newest)
        rates = {}
        for batch in batches:
            rate = self._rates.setdefault(batch.id, Rate())
            rate.note(batch, now)
            rates[batch.id] = rate.per_minute(batch)
        for batch_id in self._rates.keys() - rates.keys():
            del self._rates[batch_id]
        following = {batch.id: it for batch in batches if (it := self._store.sending.next_of(batch.id)) is not None}
        planned = frozenset(batch_id for batch_id, it in following.items() if is_planned(it, now))
        held = {batch_id: words for batch_id, it in following.items() if (words := self._held(it, now))}
        left_over = tuple(self._store.sending.left_over())
        ended = self._ended({batch.id for batch in batches}, 0 if newest is None else newest.id)
        return Sending(left_over, tuple(batches), rates, held, planned, ended, self._troubled(now))

    def _held(self, following: OutboxMessage, now: float) -> str:
        if is_planned(following, now) and (begin := following.draft.not_before) is not None:
            return f"planned for {spoken(begin, now)}"
        gateways = {gateway.name: gateway for gateway in self._backend.gateways()}
        return held_words(following.draft, gateways.get(following.draft.gateway))

    def _ended(self, running: set[int], newest: int) -> tuple[Batch, ...]:
        """Those that were under way, or came since the last look, and are so no more; the newest first."""
        with self._gate:
            came = range(max(self._newest, newest - _LOOKED_AT) + 1, newest + 1) if self._newest is not None else ()
            self._followed |= {*running, *came}
            self._newest = newest
            over = sorted(self._followed - running, reverse=True)
        return tuple(batch for batch in map(self._store.sending.batch, over) if batch is not None)

    def _troubled(self, now: float) -> tuple[Troubled, ...]:
        found = self._store.outbox.troubled(MOST)
        if self._known is None:
            self._known = {(each.id, each.state) for each in found if each.at < now - _RECENT}
        return tuple(found)

    def _publish(self, found: Sending) -> None:
        with self._gate:
            known = self._known or set()
            troubled = tuple(each for each in found.troubled if (each.id, each.state) not in known)
            ended = tuple(batch for batch in found.ended if batch.id in self._followed)
            self.seen = replace(found, troubled=troubled, ended=ended)

    # ---- what somebody looked at ----------------------------------------------------------------------------

    def looked_at_troubled(self, batch: int | None = None) -> None:
        """Somebody sees those that failed or are unknown: all, or those of one batch."""
        seen = [each for each in self.seen.troubled if batch is None or each.batch == batch]
        if seen and self._known is not None:
            self._known |= {(each.id, each.state) for each in seen}
            self._publish(self.seen)

    def looked_at_batches(self) -> None:
        """Somebody sees how batches ended."""
        if self.seen.ended:
            self._followed -= {batch.id for batch in self.seen.ended}
            self._publish(self.seen)

    def _under_way(self, newest: Batch | None) -> list[Batch]:
        if newest is None:
            return []
        found = []
        for batch_id in range(newest.id, max(0, newest.id - _LOOKED_AT), -1):
            if batch_id in self._finished:
                continue
            batch = newest if batch_id == newest.id else self._store.sending.batch(batch_id)
            if batch is None or batch.is_finished:
                self._finished.add(batch_id)
            else:
                found.append(batch)
        return found
