"""Sends by AMI, in the gateway's dialect, on sessions of their own: one send at a time on each GSM port."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState, Draft, OutboxMessage
from console.domain.sending import ANYTHING, Allowance, Held
from console.errors import ActionRefused, CannotSend, ConsoleError, NotConnected, StoreError
from console.protocol.ami.refusals import never_ran
from console.protocol.dialects.dialect import Parcel
from console.protocol.dialects.known import DIALECTS
from console.protocol.sms import segments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from console.config import AmiConfig, GatewayConfig
    from console.domain.plan import SegmentPlan
    from console.services.gateway.sessions import AmiSessions, Session
    from console.services.sending.outbox import Outbox

BUSY_TRIES = 10
"""Tries of a segment while the gateway answers `WAS USING` (nothing left the air then), as many as the
vendor's.
"""
BUSY_PAUSE = 2.0
"""Seconds between them: the driver's own rhythm for a module that is not ready."""

_ANSWER = "ami answer"
_ON_AIR = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})
"""A report may be quicker than the answer."""


class _Outcome(NamedTuple):
    state: DeliveryState
    source: str
    raw: str


class _Step(NamedTuple):
    """One segment on its way."""

    message_id: int
    number: int
    line: str
    port: int
    imsi: str
    rule: Allowance
    patient: bool


def plan_of(text: str, gateway: GatewayConfig) -> SegmentPlan:
    """How a text is cut that goes by AMI: the preview and the send agree by it."""
    ami = gateway.ami
    sizes = segments.Sizes(*ami.segment_sizes) if ami is not None and ami.segment_sizes else None
    return segments.plan(text, DIALECTS[gateway.dialect].path, sizes=sizes)


def texts_of(text: str, gateway: GatewayConfig) -> list[str]:
    """The texts of its commands: one a segment where the console cuts, else the whole."""
    cuts = DIALECTS[gateway.dialect].cuts
    return [segment.text for segment in plan_of(text, gateway).segments] if cuts else [text]


def command_lines(
    draft: Draft, port: int, gateway: GatewayConfig, wire_ids: Sequence[str], number: int
) -> tuple[str, ...]:
    """One command line a text, with an id each. Raises CannotSend when one can't travel. `number` is the message's."""
    assert gateway.ami is not None, "it goes by AMI"
    texts = texts_of(draft.text, gateway)
    return DIALECTS[gateway.dialect].send(Parcel(port, draft.to, texts, wire_ids, number, gateway.ami.sync_timeout))


class AmiSender:
    """Carries the messages of one gateway that go by AMI.

    The segments of a message go in order on one port, the next only after the one before is SENT. At the
    first that is not, the rest are held and recorded as CANCELLED with the reason: they were never tried.
    """

    def __init__(
        self,
        gateway: GatewayConfig,
        ami: AmiConfig,
        sessions: AmiSessions,
        outbox: Outbox,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gateway = gateway
        self._ami = ami
        self._sessions = sessions
        self._outbox = outbox
        self._sleep = sleep
        self._ports: dict[int, asyncio.Lock] = {}

    def kept(self) -> AbstractAsyncContextManager[None]:
        """While inside, sessions that one message is done with stay open for the next."""
        return self._sessions.kept()

    def lock_of(self, port: int) -> asyncio.Lock:
        """Held while something is under way on a port: a send, or whatever else takes its module."""
        return self._ports.setdefault(port, asyncio.Lock())

    async def send(
        self,
        message: OutboxMessage,
        port: int,
        wire_ids: Sequence[str],
        *,
        imsi: str = "",
        rule: Allowance = ANYTHING,
        patient: bool = False,
    ) -> DeliveryState | Held:
        """Send every segment through `port`, with the SIM `imsi` in it, and record what became of each. Returns the
        state of the one that it ended with, and Held where all of it has to wait. Gateway trouble is evidence;
        raises StoreError.

        `wire_ids` is one id a segment. A `patient` message stays QUEUED, and that is returned, where there is no
        connection at all before its first segment. CANCELLED: it waits no longer, or another process has it.
        """
        lines = command_lines(message.draft, port, self._gateway, wire_ids, message.id)
        async with self.kept(), self.lock_of(port):
            for number, line in enumerate(lines, 1):
                step = _Step(message.id, number, line, port, imsi, rule, patient=patient and number == 1)
                state = await self._send_segment(step)
                if isinstance(state, Held) or state in (DeliveryState.QUEUED, DeliveryState.CANCELLED):
                    return state
                if state not in _ON_AIR:
                    await self._hold(message.id, range(number + 1, len(lines) + 1), number, state)
                    return state
        return DeliveryState.SENT

    async def _send_segment(self, step: _Step) -> DeliveryState | Held:
        """One segment, again while the port is busy or nothing left. Returns the state it came to."""
        words = ""
        for attempt in range(BUSY_TRIES):
            if attempt:
                await self._sleep(BUSY_PAUSE)
            outcome = await self._try(step)
            if outcome is None or isinstance(outcome, Held):
                return outcome or DeliveryState.CANCELLED
            message = await self._outbox.record_surely(step.message_id, step.number, *outcome)
            if outcome.state is not DeliveryState.QUEUED:
                return message.segments[step.number - 1]
            if step.patient and outcome.source == "console":
                return DeliveryState.QUEUED
            words = outcome.raw
        raw = f"not sent: tried {BUSY_TRIES} times; {words}"
        await self._outbox.record_surely(step.message_id, step.number, DeliveryState.FAILED, "console", raw)
        return DeliveryState.FAILED

    async def _try(self, step: _Step) -> _Outcome | Held | None:
        """One attempt; None: it waits no longer, or another process has it. Held, or QUEUED in the outcome, mean that
        nothing left the air and another attempt is safe.
        """
        asked = False
        try:
            async with self._sessions.borrow() as session:
                begun = await self._outbox.begin(
                    step.message_id, step.number, port=step.port, imsi=step.imsi, rule=step.rule
                )
                if begun is not True:
                    return begun or None
                asked = True
                return await self._ask(session, step.line)
        except CannotSend as error:
            return _Outcome(DeliveryState.FAILED, "console", f"not sent: {error}")
        except NotConnected as error:
            # Without a session at all there is no use in trying again; a session that broke is worth another.
            state = DeliveryState.QUEUED if asked or step.patient else DeliveryState.FAILED
            return _Outcome(state, "console", f"not sent: {error}")
        except StoreError:
            raise
        except ConsoleError as error:
            if asked:
                return _Outcome(DeliveryState.UNKNOWN, "console", str(error))
            return _Outcome(DeliveryState.FAILED, "console", f"not sent: {error}")

    async def _ask(self, session: Session, line: str) -> _Outcome:
        """Run the command and read its answer. Raises what the session raises, but for a plain refusal."""
        try:
            output = await session.command(line, timeout=self._ami.sync_timeout + self._ami.answer_timeout)
        except ActionRefused as error:
            state = DeliveryState.FAILED if never_ran(str(error)) else DeliveryState.UNKNOWN
            return _Outcome(state, _ANSWER, str(error))
        state, words = DIALECTS[self._gateway.dialect].read_send(output)
        return _Outcome(state, _ANSWER, words)

    async def _hold(self, message_id: int, held: range, stopped_at: int, state: DeliveryState) -> None:
        for number in held:
            raw = f"not sent: segment {stopped_at} is {state}"
            await self._outbox.record_surely(message_id, number, DeliveryState.CANCELLED, "console", raw)
