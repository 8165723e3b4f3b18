"""Keeps the receiver listening where several processes share one store.

One of them listens and says so in the store every second. The others wait: they show who receives, and take the
address as soon as it is free. A process that goes on without a screen hands it over to one that waits, without a
moment in which nobody listens: it offers the address to the one that asked, and closes its own socket when that
one listens.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.errors import ListenError, StoreError
from console.services.listening import AddressTaken, joined
from console.services.receiver import SWEEP_PERIOD, Receiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.domain.link import ReceiverStatus
    from console.domain.presence import Presence

RECEIVER = "receiver"
"""The role of the one that listens."""

WANTED = "receiver-wanted"
"""The role of one that waits for the address; in place of an address a word of its own."""

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


class PresenceStore(Protocol):
    """What the keeper needs of the store."""

    def beat(self, role: str, address: str = "") -> Future[None]: ...
    def open_gap_if_stale(self, role: str, grace: float) -> Future[int | None]: ...
    def release(self, role: str) -> Future[None]: ...
    def presence(self, role: str) -> Presence | None: ...


class ReceiverKeeper:
    """Runs a receiver. `status` and `leave_when_wanted` may be used from any thread."""

    def __init__(
        self,
        receiver: Receiver,
        store: PresenceStore,
        clock: Clock,
        *,
        patience: float | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`patience` is how many seconds it waits for an address that another process of this store has, before
        it raises ListenError; None: for ever, and for whatever other reason too.
        """
        self.listening = asyncio.Event()
        self._receiver = receiver
        self._store = store
        self._clock = clock
        self._patience = patience
        self._sleep = sleep
        self._word = secrets.token_hex(8)
        self._other: Presence | None = None
        self._on_left: Callable[[], None] | None = None

    @property
    def status(self) -> ReceiverStatus:
        status, other = self._receiver.status, self._other
        if status.listening or other is None:
            return status
        by = f"PID {other.pid} on {other.host}"
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
            for role in (RECEIVER, WANTED, OFFERED):
                self._store.release(role)
        if self._on_left is not None:
            self._on_left()

    async def _take(self) -> None:
        started = self._clock.monotonic()
        waits = False
        while True:
            offered = self._is_offered()
            try:
                await self._receiver.start(shared=offered)
            except ListenError as error:
                self._other = self._there(RECEIVER) if isinstance(error, AddressTaken) else None
                if self._other is not None and not self._is_same_address(self._other):
                    self._other = None
                waits = waits or self._other is not None
                if self._patience is not None:
                    waited = self._clock.monotonic() - started
                    if not waits or waited >= self._patience:
                        raise
                if self._other is not None:
                    self._store.beat(WANTED, self._word)
            else:
                self._other = None
                if not offered:  # else somebody listened all the time
                    self._store.open_gap_if_stale(RECEIVER, GRACE)
                return
            await self._sleep(RETRY_PERIOD)

    async def _hold(self) -> None:
        self._store.release(WANTED)
        self.listening.set()
        address = joined(*self._receiver.address)
        while True:
            self._store.beat(RECEIVER, address)
            await self._sleep(SWEEP_PERIOD)
            self._receiver.sweep()
            if self._on_left is not None:
                wanted = self._there(WANTED)
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

    def _is_offered(self) -> bool:
        offer = self._there(OFFERED)
        return offer is not None and offer.address == self._word

    def _is_same_address(self, other: Presence) -> bool:
        return other.address.rpartition(":")[2] == str(self._receiver.address[1])

    def _there(self, role: str) -> Presence | None:
        """Who has the role now, as far as can be told."""
        try:
            presence = self._store.presence(role)
        except StoreError:
            return None
        return presence if presence is not None and presence.is_fresh(self._clock.time(), GRACE) else None
