"""Carries the messages of every gateway, by HTTP or by AMI, and records what became of each: a dispatcher's `Work`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState, OutboxMessage, Via
from console.domain.sending import BatchState, Held
from console.errors import NotConnected, StoreError
from console.services.gateway.sessions import AmiSessions
from console.services.sending.ami_sender import AmiSender
from console.services.sending.http_sender import HttpSender

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractAsyncContextManager

    import httpx

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.domain.link import HttpTrouble
    from console.services.gateway.sessions import Connect
    from console.services.sending.outbox import Outbox, OutboxStore
    from console.services.sending.routing import Route
    from console.store.ami.log import AmiLog

_SETTLING = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING})


class Carrier:
    """Belongs to the services' event loop, but for what it says."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: OutboxStore,
        outbox: Outbox,
        clock: Clock,
        *,
        connect: Connect,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Callable[[float], Awaitable[None]],
        log: AmiLog | None,
    ) -> None:
        """`log` gets what goes to and fro on the AMI sessions that send."""
        self.trouble = ""
        """Why the last message could not be carried or recorded, in words; empty when all is well."""
        self._store = store
        self._outbox = outbox
        self._http: dict[str, HttpSender] = {}
        self._ami: dict[str, AmiSender] = {}
        for gateway in gateways:
            if gateway.http is not None:
                self._http[gateway.name] = HttpSender(gateway, gateway.http, outbox, clock, transport=transport)
            if gateway.ami is not None:
                sessions = AmiSessions(gateway, gateway.ami, connect, clock, log=log)
                self._ami[gateway.name] = AmiSender(gateway, gateway.ami, sessions, outbox, sleep=sleep)

    async def close(self) -> None:
        """Close the connections that are open for the next message."""
        for sender in self._http.values():
            await sender.close()

    def http_trouble(self, gateway: str) -> HttpTrouble | None:
        """Of a gateway's `/sendsms`. For any thread."""
        sender = self._http.get(gateway)
        return None if sender is None else sender.trouble

    def port_lock(self, gateway: str, port: int) -> asyncio.Lock:
        """Held while something is sent by AMI through a port. Raises NotConnected for a gateway without AMI."""
        ami = self._ami.get(gateway)
        if ami is None:
            raise NotConnected(f"Gateway {gateway} has no AMI in the configuration.", hint="Add [gateways.ami].")
        return ami.lock_of(port)

    def watch(self, stored: Future[Any]) -> None:
        """Nobody waits for what is stored here: where it can't be, that is the trouble."""
        stored.add_done_callback(self._notice)

    def _notice(self, stored: Future[Any]) -> None:
        if not stored.cancelled() and (error := stored.exception()) is not None:
            self.trouble = str(error)

    # ---- one message ----------------------------------------------------------------------------------------

    async def carry(self, message: OutboxMessage, route: Route) -> DeliveryState | Held:
        """Send one message; what became of it, or why it waits. Whatever goes wrong stays its own trouble."""
        draft = message.draft
        patient, rule = message.batch is not None or draft.not_before is not None, route.rule
        try:
            if draft.via is Via.HTTP:
                wire_id = self._store.wire_id(message.id)
                http = self._http[draft.gateway]
                state = await http.send(message, route.port, wire_id, imsi=route.imsi, rule=rule, patient=patient)
            else:
                assert route.port is not None, "sending by AMI needs a port"
                ids = self._segment_ids(message)
                ami = self._ami[draft.gateway]
                state = await ami.send(message, route.port, ids, imsi=route.imsi, rule=rule, patient=patient)
            self.trouble = ""
            return state
        except StoreError as error:
            # What is not recorded as under way has not left; what may be is for a person to judge.
            return await self._give_up(message, str(error), str(error), f"not sent: {error}")
        except Exception as error:
            # Nobody knows how far it came. What may have left is UNKNOWN, what has not is called off.
            name = type(error).__name__
            return await self._give_up(message, name, f"stopped by {name}", "not sent")

    async def may_go_on(self, message: OutboxMessage) -> bool:
        """Judge a message that was cut off while it was under way, as `recover` does for a process that is gone: what
        was leaving is UNKNOWN. One of which nothing left may go on, for it is this process's own.
        """
        known = self._store.outbox_message(message.id)
        if known is None or _SETTLING.isdisjoint(known.segments):
            return False
        if known.state is DeliveryState.QUEUED:
            return True
        words = "the console stopped while it was sending"
        await self._end(message, words, f"not sent: {words}")
        return False

    async def _give_up(self, message: OutboxMessage, trouble: str, unknown: str, not_sent: str) -> DeliveryState:
        self.trouble = f"message {message.id}: {trouble}"
        return await self._end(message, unknown, not_sent)

    async def _end(self, message: OutboxMessage, unknown: str, not_sent: str) -> DeliveryState:
        """What may have left is UNKNOWN, what has not is called off; what it comes to."""
        ended = await self._outbox.record_surely(message.id, 0, DeliveryState.UNKNOWN, "console", unknown)
        if DeliveryState.QUEUED in ended.segments:
            ended = await self._outbox.record_surely(message.id, 0, DeliveryState.CANCELLED, "console", not_sent)
        return ended.state

    def _segment_ids(self, message: OutboxMessage) -> list[str]:
        """An id for each segment, so that each result finds its own."""
        if len(message.segments) == 1:
            return [self._store.wire_id(message.id)]
        return [self._store.wire_id(message.id, number) for number in range(1, len(message.segments) + 1)]

    # ---- around it ------------------------------------------------------------------------------------------

    def kept(self, gateway: str) -> AbstractAsyncContextManager[None]:
        ami = self._ami.get(gateway)
        return nullcontext() if ami is None else ami.kept()

    def refuse(self, message: OutboxMessage, words: str) -> None:
        """Record that nothing of it was sent, and why. From any thread."""
        self.watch(self._outbox.note(message.id, 0, DeliveryState.FAILED, "console", f"not sent: {words}"))

    def batch_state(self, batch_id: int) -> BatchState:
        return self._store.sending.batch_state(batch_id)

    def pause(self, batch_id: int, words: str) -> None:
        """Let the rest of a batch wait for a person."""
        self.watch(self._store.sending.set_batch(batch_id, BatchState.PAUSED, f"console, {words}"))

    def call_off(self, batch_id: int) -> None:
        """What is still queued of a batch that was called off is called off too."""
        self.watch(self._store.sending.call_off_rest(batch_id))
