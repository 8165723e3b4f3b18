"""Keeps the receiver listening where several processes share one store.

One of them listens and says so in the store every second. The others wait: they show who receives, and take the
address as soon as it is free. A process that goes on without a screen hands it over to one that waits, without a
moment in which nobody listens: it offers the address to the one that asked, and closes its own socket when that
one listens. While the database can't be written nobody can say that it is there, so nobody is taken for a stranger.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.errors import ListenError, StoreError
from console.services.receiving.listening import AddressTaken, joined
from console.services.receiving.receiver import SWEEP_PERIOD, Receiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.domain.link import ReceiverStatus
    from console.domain.presence import Presence

RECEIVER = "receiver"
"""The role of the one that listens."""

WANTED = "receiver-wanted"
"""The role of one that waits for the address; in place of an address a word of its own."""

WANTED_LAST = "receiver-wanted-last"
"""The same of one at which nobody may act: it takes the address where nobody else waits for it."""

OFFERED = "receiver-offered"
"""The role of one that hands the address over; in place of an address the word of the one that may take it."""

GRACE = 5.0
"""Seconds without a sign of life after which a process is not counted on."""

RETRY_PERIOD = 0.5
"""Seconds between two tries to take the address."""

_OFFER_TIME = 5.0
"""Seconds that an offer stands. Then the address is given up all the same."""

_LOOK_PERIOD = 0.1
"""Seconds between two looks whether the offer was taken."""


_NO_ANSWER = "the database has not answered yet."
_ANSWERS_AGAIN = "the database could not be written until just now."


class PresenceStore(Protocol):
    """What the keeper needs of the store."""

    def beat(self, role: str, address: str = "") -> Future[None]: ...
    def open_gap_if_stale(self, role: str, grace: float) -> Future[int | None]: ...
    def release(self, role: str) -> Future[None]: ...
    def presence(self, role: str) -> Presence | None: ...
    def presences(self, role: str) -> Sequence[Presence]: ...


class _Writing:
    """Whether the store can be written, so that who listens could have said so. One question at a time."""

    def __init__(self, store: PresenceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._asked: Future[None] | None = None
        self._trouble = _NO_ANSWER
        self._failed_at = float("-inf")

    def trouble(self) -> str:
        """Why signs of life can't be relied on now; empty when they can. To be asked again and again."""
        if self._asked is None:
            self._asked = self._ask()
        if self._asked.done():
            self._note(self._asked.exception())
            self._asked = self._ask()
        elif not self._trouble:
            self._trouble, self._failed_at = _NO_ANSWER, self._clock.monotonic()
        return self._trouble

    def forget(self) -> None:
        """What was answered so far says nothing of what comes."""
        self._asked, self._trouble = None, _NO_ANSWER

    def _ask(self) -> Future[None]:
        # Whoever waits for the address has none to offer: this needs the right to write, and changes nothing.
        return self._store.release(OFFERED)

    def _note(self, error: BaseException | None) -> None:
        now = self._clock.monotonic()
        if error is not None:
            self._trouble, self._failed_at = f"{error}. {getattr(error, 'hint', '')}".strip(), now
        else:
            self._trouble = _ANSWERS_AGAIN if now - self._failed_at < GRACE else ""


class ReceiverKeeper:
    """Runs a receiver. `status` and `leave_when_wanted` may be used from any thread."""

    def __init__(
        self,
        receiver: Receiver,
        store: PresenceStore,
        clock: Clock,
        *,
        patience: float | None = None,
        stands_back: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`patience` is how many seconds it waits for an address that another process of this store has, before
        it raises ListenError; None: for ever, and for whatever other reason too. `stands_back`: it takes the address
        only where nobody waits for it that does not stand back.
        """
        self.listening = asyncio.Event()
        self._receiver = receiver
        self._store = store
        self._clock = clock
        self._patience = patience
        self._stands_back = stands_back
        self._waiting: tuple[str, ...] = ()
        """Those that wait for the address, as far as they are the next to have it."""
        self._sleep = sleep
        self._word = secrets.token_hex(8)
        self._other: Presence | None = None
        self._writing = _Writing(store, clock)
        self._unclear = ""
        """Why it can't be told who has the address."""
        self._on_left: Callable[[], None] | None = None

    @property
    def status(self) -> ReceiverStatus:
        status, other = self._receiver.status, self._other
        if status.listening:
            return replace(status, next=self._waiting) if self._waiting else status
        if other is None:
            return replace(status, detail=f"{self._unclear} Waiting for it.") if self._unclear else status
        by = _name(other)
        return replace(status, by=by, since=other.since, detail=f"Received by {by}, which listens on {other.address}.")

    def leave_when_wanted(self, on_left: Callable[[], None]) -> None:
        """From now on give the address to the first process that waits for it, then call `on_left` and end."""
        self._on_left = on_left

    async def run(self) -> None:
        """Listen, or wait until one can, until cancelled or handed over. Raises ListenError only with `patience`."""
        try:
            await self._take()
            await self._hold()
        finally:
            self.listening.clear()
            await self._receiver.stop()
            for role in (RECEIVER, WANTED, WANTED_LAST, OFFERED):
                self._store.release(role)
        if self._on_left is not None:
            self._on_left()

    async def _take(self) -> None:
        started = self._clock.monotonic()
        waits = False
        while True:
            offered = self._is_offered()
            if self._stands_back and not offered and self._there(WANTED):
                self._other = self._there(RECEIVER) or self._other
                self._store.beat(WANTED_LAST, self._word)
                await self._sleep(RETRY_PERIOD)
                continue
            try:
                await self._receiver.start(shared=offered)
            except ListenError as error:
                self._look_who_has_it(error)
                waits = waits or self._other is not None
                if self._patience is not None:
                    waited = self._clock.monotonic() - started
                    if waited >= self._patience or not (waits or self._unclear):
                        raise (ListenError(self._unclear) if self._unclear else error) from error.__cause__
                if self._other is not None:
                    self._store.beat(WANTED_LAST if self._stands_back else WANTED, self._word)
            else:
                self._other, self._unclear = None, ""
                if not offered:  # else somebody listened all the time
                    self._store.open_gap_if_stale(RECEIVER, GRACE)
                return
            await self._sleep(RETRY_PERIOD)

    async def _hold(self) -> None:
        self._store.release(WANTED_LAST if self._stands_back else WANTED)
        self.listening.set()
        address = joined(*self._receiver.address)
        while True:
            self._store.beat(RECEIVER, address)
            self._waiting = tuple(map(_name, self._who_wait()))
            await self._sleep(SWEEP_PERIOD)
            self._receiver.sweep()
            if self._on_left is not None:
                wanted = self._there(WANTED) or self._there(WANTED_LAST)
                if wanted is not None:
                    await self._hand_over(wanted)
                    return

    async def _hand_over(self, wanted: Presence) -> None:
        # Still listening, but no longer the one that counts: its place is taken by the other's first sign of life.
        try:
            await asyncio.wrap_future(self._store.release(RECEIVER))
            if not self._receiver.share_address():
                return
            await asyncio.wrap_future(self._store.beat(OFFERED, wanted.address))
        except StoreError:
            return
        until = self._clock.monotonic() + _OFFER_TIME
        while self._there(RECEIVER) is None and self._clock.monotonic() < until:
            await self._sleep(_LOOK_PERIOD)

    def _look_who_has_it(self, error: ListenError) -> None:
        self._other, self._unclear = None, ""
        if not isinstance(error, AddressTaken):
            return
        last = self._last(RECEIVER)
        if last is not None and not self._is_same_address(last):
            last = None
        if last is not None and last.is_fresh(self._clock.time(), GRACE):
            self._other = last
            self._writing.forget()
            return
        trouble = self._writing.trouble()
        if trouble:
            words = f"{joined(*self._receiver.address)} is in use, by an unknown process: {trouble}"
            if last is not None and last.alive and not last.released:
                words += f" PID {last.pid} on {last.host} listened there before."
            self._unclear = words

    def _is_offered(self) -> bool:
        offer = self._there(OFFERED)
        return offer is not None and offer.address == self._word

    def _is_same_address(self, other: Presence) -> bool:
        return other.address.rpartition(":")[2] == str(self._receiver.address[1])

    def _who_wait(self) -> list[Presence]:
        """Whoever may have the address next: those that stand back only where there is nobody else."""
        now = self._clock.time()
        for role in (WANTED, WANTED_LAST):
            with contextlib.suppress(StoreError):
                if there := [one for one in self._store.presences(role) if one.is_fresh(now, GRACE)]:
                    return there
        return []

    def _there(self, role: str) -> Presence | None:
        """Who has the role now, as far as can be told."""
        last = self._last(role)
        return last if last is not None and last.is_fresh(self._clock.time(), GRACE) else None

    def _last(self, role: str) -> Presence | None:
        """Who has the role or had it last, as far as can be told."""
        try:
            return self._store.presence(role)
        except StoreError:
            return None


def _name(process: Presence) -> str:
    return f"PID {process.pid} on {process.host}"
