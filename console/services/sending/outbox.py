"""The outbox as the senders see it: one way to record what became known about a message, durably."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from console.domain.messages import ANSWER_KEPT, Callback, DeliveryState, Draft, Evidence, InboxMessage, OutboxMessage
from console.domain.sending import ANYTHING, Allowance, Held
from console.errors import StoreError
from console.protocol.rules.timing import SteadyClock
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.config import Regions
    from console.domain.clock import Clock
    from console.domain.rules import AnswerOf
    from console.domain.sending import Seen
    from console.protocol.rules.timing import Now
    from console.store.inbox.person import Person
    from console.store.opt_outs import OptOutsReader
    from console.store.outbox.planned import PlannedBook
    from console.store.outbox.sending import SendingBook
    from console.store.ports.notes import PortNotes


RETRY = 2.0
"""Seconds before an outcome that could not be recorded is recorded again."""


class OutboxStore(Protocol):
    """What sending needs of the store. Futures resolve after the durable commit."""

    @property
    def sending(self) -> SendingBook: ...

    @property
    def planned(self) -> PlannedBook: ...

    @property
    def port_notes(self) -> PortNotes: ...

    @property
    def opt_outs(self) -> OptOutsReader: ...

    def add_outbox(
        self,
        draft: Draft,
        segments: int,
        *,
        parts: int = 0,
        result_wait: float = 0.0,
        operator: str = "",
        seen: Seen | None = None,
        answer: AnswerOf | None = None,
    ) -> Future[OutboxMessage]: ...

    def outbox_message(self, message_id: int) -> OutboxMessage | None: ...

    @property
    def regions(self) -> Regions: ...

    def person(self, number: str, gateway: str = "") -> Person: ...

    def thread(self, person: Person, first: int = 0, count: int = 100) -> list[InboxMessage | OutboxMessage]: ...

    def add_evidence(self, evidence: Evidence) -> Future[OutboxMessage]: ...

    def add_callback(self, gateway: str, callback: Callback, raw: bytes) -> Future[int]: ...

    def recover(self) -> Future[int]: ...

    def beat(self, role: str, address: str = "") -> Future[None]: ...

    def wire_id(self, message_id: int, segment: int = 0) -> str: ...

    def find_outbox(self, gateway: str, wire_id: str) -> OutboxMessage | None: ...


class Outbox:
    """Records evidence and waits for the commit."""

    def __init__(
        self, store: OutboxStore, clock: Clock, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.trouble = ""
        """What can't be recorded just now; empty when all is well."""
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._steady = SteadyClock(clock.time(), clock.monotonic())

    def now(self) -> Now:
        """The time by which a message may leave, or is too late."""
        return self._steady.read(self._clock.time(), self._clock.monotonic())

    @property
    def clock_trouble(self) -> str:
        """That the clock jumped, in words; empty while it goes."""
        jumped = self._steady.jumped
        if not jumped:
            return ""
        way = "forward" if jumped > 0 else "back"
        return (
            f"the clock was put {way} by {abs(jumped) / 60:,.0f} min: planned messages wait until it is right again "
            "or this program is restarted"
        )

    async def begin(
        self, message_id: int, segment: int, *, port: int | None, imsi: str, rule: Allowance = ANYTHING
    ) -> bool | Held:
        """Record that it leaves now, through `port` with the SIM `imsi` in it; no byte may leave before, and none
        where this is anything but True. False: it waits no longer, it is not its time, or another process has it. Held:
        the SIM may not carry it now, by `rule`, or its batch waits. `segment` 0 is the message as a whole.

        Raises StoreError when it can't be recorded.
        """
        begun = self._store.sending.begin(message_id, segment, port, imsi, rule, self.now())
        answer = await asyncio.wrap_future(begun)
        return answer if isinstance(answer, Held) else answer is not None

    async def record(
        self, message_id: int, segment: int, state: DeliveryState, source: str, raw: str = ""
    ) -> OutboxMessage:
        """Store one piece of evidence and return the message as it then is.

        Raises StoreError when it can't be stored.
        """
        evidence = self._evidence(message_id, segment, state, source, raw)
        return await asyncio.wrap_future(self._store.add_evidence(evidence))

    async def record_surely(
        self, message_id: int, segment: int, state: DeliveryState, source: str, raw: str = ""
    ) -> OutboxMessage:
        """The same, again and again while the store can't be written: what became known must not be lost.

        Only the record is repeated, never the send.
        """
        while True:
            try:
                message = await self.record(message_id, segment, state, source, raw)
            except StoreError as error:
                self.trouble = f"message {message_id} is {state}, which can't be recorded yet: {error}"
                await self._sleep(RETRY)
            else:
                self.trouble = ""
                return message

    def note(
        self, message_id: int, segment: int, state: DeliveryState, source: str, raw: str = ""
    ) -> Future[OutboxMessage]:
        """The same without waiting."""
        return self._store.add_evidence(self._evidence(message_id, segment, state, source, raw))

    def _evidence(self, message_id: int, segment: int, state: DeliveryState, source: str, raw: str) -> Evidence:
        return Evidence(message_id, segment, self._clock.time(), state, source, redact(raw)[:ANSWER_KEPT])
