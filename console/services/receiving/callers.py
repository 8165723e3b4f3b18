"""What each address has open and under way at the receiver, so that one address leaves room for the others.

What is too much is not refused but read later: TCP holds the rest back at the caller, and nothing is lost. Only
connections past a limit are turned away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from console.protocol.http.access import is_local

if TYPE_CHECKING:
    from console.domain.clock import Clock

MAX_CONNECTIONS = 512
"""At once, of all callers. Each may hold one request line, so this bounds the memory (100 MB at the very
worst).
"""

MAX_PER_ADDRESS = 256
"""At once, of one address: a flood from one leaves room for the others. A gateway opens one for each SMS."""

MAX_UNDER_WAY = 512
"""Requests of one address that wait for the store. That fills one commit; the next is shared with the others."""

DEFAULT_RATE = 1_000
"""Requests a second of one address. A gateway with 44 ports takes a few SMS a second."""


class Held(Protocol):
    """A connection that is not read for now."""

    def go_on(self) -> None:
        """Read what came meanwhile, and go on reading."""
        ...


@dataclass(slots=True, eq=False)
class Caller:
    """One address."""

    address: str
    rate: float
    """Requests a second; 0 without a limit."""
    budget: float
    """Requests that may be read at once; below 0 a debt that time pays back."""
    counted_at: float
    """Monotonic seconds up to which `budget` is reckoned."""
    connections: int = 0
    under_way: int = 0
    held: deque[Held] = field(default_factory=deque)
    timer: asyncio.TimerHandle | None = None
    releasing: bool = False


class Callers:
    """All addresses that are connected, or were just now."""

    def __init__(
        self, clock: Clock, *, max_connections: int, max_per_address: int, max_rate: int | None = None
    ) -> None:
        """`max_rate` is requests a second: None for DEFAULT_RATE and no limit for this machine, 0 for none."""
        self._clock = clock
        self._max_connections = max_connections
        self._max_per_address = max_per_address
        self._max_rate = max_rate
        self._callers: dict[str, Caller] = {}
        self._connections = 0

    def connect(self, address: str) -> tuple[Caller, str]:
        """Count a connection in. With the caller comes why it is to be turned away; empty when it is not."""
        caller = self._callers.get(address)
        if caller is None:
            rate = self._rate_of(address)
            caller = self._callers[address] = Caller(address, rate, rate, self._clock.monotonic())
        caller.connections += 1
        self._connections += 1
        if self._connections > self._max_connections:
            return caller, f"More than {self._max_connections} connections at once."
        if caller.connections > self._max_per_address:
            return caller, f"More than {self._max_per_address} connections at once from this address."
        return caller, ""

    def is_full_of(self, address: str) -> bool:
        """Whether an address has more connections than one may."""
        return self._callers[address].connections > self._max_per_address

    def disconnect(self, caller: Caller) -> None:
        """Count a connection out."""
        caller.connections -= 1
        self._connections -= 1
        self._forget(caller)

    def may_read(self, caller: Caller, held: Held) -> bool:
        """Whether its next requests may be read now. If not, `held.go_on()` is called once they may."""
        if not caller.held and ((not caller.rate and caller.under_way < MAX_UNDER_WAY) or self._is_due(caller)):
            return True
        caller.held.append(held)
        return False

    def drop(self, caller: Caller, held: Held) -> None:
        """It does not wait any more."""
        if held in caller.held:
            caller.held.remove(held)

    def begin(self, caller: Caller) -> None:
        """A request was read."""
        caller.under_way += 1
        if caller.rate:
            caller.budget -= 1

    def finish(self, caller: Caller) -> None:
        """A request was answered, or will never be."""
        caller.under_way -= 1
        if caller.held:
            self._release(caller)

    def sweep(self) -> None:
        """Forget addresses that are gone and owe nothing; about once a second."""
        for caller in list(self._callers.values()):
            self._forget(caller)

    def _rate_of(self, address: str) -> float:
        if self._max_rate is not None:
            return self._max_rate
        # A tunnel or a proxy on this machine brings the calls of many.
        return 0 if is_local(address) else DEFAULT_RATE

    def _is_due(self, caller: Caller) -> bool:
        if caller.under_way >= MAX_UNDER_WAY:
            return False  # `finish` goes on
        if not caller.rate:
            return True
        self._reckon(caller)
        if caller.budget >= 1:
            return True
        if caller.timer is None:
            wait = (1 - caller.budget) / caller.rate
            caller.timer = asyncio.get_running_loop().call_later(wait, self._on_timer, caller)
        return False

    def _on_timer(self, caller: Caller) -> None:
        caller.timer = None
        self._release(caller)

    def _release(self, caller: Caller) -> None:
        if caller.releasing:
            return  # a request that is answered at once comes back here; whoever releases goes on
        caller.releasing = True
        try:
            while caller.held and self._is_due(caller):
                caller.held.popleft().go_on()
        finally:
            caller.releasing = False

    def _reckon(self, caller: Caller) -> None:
        now = self._clock.monotonic()
        caller.budget = min(caller.rate, caller.budget + (now - caller.counted_at) * caller.rate)
        caller.counted_at = now

    def _forget(self, caller: Caller) -> None:
        if caller.connections or caller.under_way:
            return
        self._reckon(caller)
        if caller.budget >= caller.rate and self._callers.get(caller.address) is caller:
            del self._callers[caller.address]
