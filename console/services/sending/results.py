"""What AMI says later of messages that were sent, by us or by others: kept as evidence."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from console.domain.facts import DeliveryReport, SendStatus
from console.domain.messages import Callback, CallbackKind, DeliveryState
from console.protocol.dialects.known import read_event
from console.protocol.rules.timing import SteadyClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.services.sending.outbox import OutboxStore
    from console.store.outbox.sending import SendingBook


class AmiResults:
    """Records them as they come, as if they came by HTTP: the store knows what is the same. Belongs to the services'
    event loop.
    """

    def __init__(
        self,
        store: OutboxStore,
        watch: Callable[[Future[Any]], None],
        *,
        on_others: Callable[[str, SendStatus], None] | None = None,
    ) -> None:
        """`watch` gets whatever is on its way into the store; `on_others` hears what is of no message of ours."""
        self._store = store
        self._watch = watch
        self._on_others = on_others

    def on_event(self, gateway: str, message: AmiMessage) -> None:
        """Take what an event says about a message, whoever sent it; most say nothing of the kind."""
        match read_event(message):
            case SendStatus() as status:
                self._on_send_status(gateway, status, message.raw)
            case DeliveryReport() as report:
                self._on_report(gateway, report, message.raw)
            case _:
                pass

    def _on_send_status(self, gateway: str, status: SendStatus, raw: bytes) -> None:
        if self._on_others is not None and self._store.find_outbox(gateway, status.id) is None:
            self._on_others(gateway, status)
        callback = Callback(
            kind=CallbackKind.RESULT,
            number=status.to,
            port=str(status.port or ""),
            imsi=status.imsi,
            id=status.id,
            status=status.status if status.state is not DeliveryState.UNKNOWN else f"unknown ({status.status})",
        )
        self._watch(self._store.add_callback(gateway, callback, raw))

    def _on_report(self, gateway: str, report: DeliveryReport, raw: bytes) -> None:
        callback = Callback(
            kind=CallbackKind.REPORT,
            number=report.recipient,
            port=str(report.port or ""),
            gateway_time=report.sent_at,
            imsi=report.imsi,
            status=report.status,
            cause=report.cause,
        )
        self._watch(self._store.add_callback(gateway, callback, raw))


LOOK = 1.0
"""Seconds between two looks, each one small read."""

HELD = 600.0
"""Seconds after a jump of the clock in which nobody knows how long a message has waited: four times as long as gateways
are waited for.
"""


class LateResults:
    """No answer outlives its wait unnoticed. A result that comes later still settles the message."""

    def __init__(
        self,
        sending: SendingBook,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sending = sending
        self._clock = clock
        self._sleep = sleep
        self._steady = SteadyClock(clock.time(), clock.monotonic())
        self._held_until = clock.monotonic()

    async def run(self) -> None:
        """Look until cancelled. Raises StoreError."""
        while True:
            deadline = self._sending.next_deadline()
            if self._is_trusted() and deadline is not None and deadline <= self._clock.time():
                await asyncio.wrap_future(self._sending.expire())
            await self._sleep(LOOK)

    def _is_trusted(self) -> bool:
        """Whether the clock went steadily for as long as what waits may have been accepted by another one."""
        time, monotonic = self._clock.time(), self._clock.monotonic()
        self._steady.read(time, monotonic)
        if self._steady.jumped:
            self._steady, self._held_until = SteadyClock(time, monotonic), monotonic + HELD
        return monotonic >= self._held_until
