"""What AMI says later of messages that were sent: kept as evidence, or told that it came too late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from console.domain.facts import DeliveryReport, SendStatus
from console.domain.messages import Callback, CallbackKind
from console.protocol.ami.events import read_event
from console.store.outbox.wire_id import WireId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.services.sending.outbox import Outbox, OutboxStore
    from console.store.outbox.sending import SendingBook


class AmiResults:
    """Records them as they come; belongs to the services' event loop."""

    def __init__(self, store: OutboxStore, outbox: Outbox, watch: Callable[[Future[Any]], None]) -> None:
        """`watch` gets whatever is on its way into the store."""
        self._store = store
        self._outbox = outbox
        self._watch = watch

    def on_event(self, gateway: str, message: AmiMessage) -> None:
        """Take what an event says about a message of ours; most say nothing of the kind."""
        match read_event(message):
            case SendStatus() as status:
                self._on_send_status(gateway, status)
            case DeliveryReport() as report:
                self._on_report(gateway, report, message.raw)
            case _:
                pass

    def _on_send_status(self, gateway: str, status: SendStatus) -> None:
        wire_id = WireId.parse(status.id)
        message = self._store.find_outbox(gateway, status.id)
        if wire_id is None or message is None:
            return
        segment = wire_id.segment if wire_id.segment <= len(message.segments) else 0
        self._watch(self._outbox.note(message.id, segment, status.state, "SMSSendStatus", status.status))

    def _on_report(self, gateway: str, report: DeliveryReport, raw: bytes) -> None:
        """The store finds the message, as for a report that comes by HTTP: the newest sent by that port to
        that number.
        """
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

    async def run(self) -> None:
        """Look until cancelled. Raises StoreError."""
        while True:
            deadline = self._sending.next_deadline()
            if deadline is not None and deadline <= self._clock.time():
                await asyncio.wrap_future(self._sending.expire())
            await self._sleep(LOOK)
