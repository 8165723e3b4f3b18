"""Sends by AMI: `gsm send sync sms` and `csms` on sessions of their own, one send at a time on each GSM
port.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState, Draft, OutboxMessage
from console.domain.sending import ANYTHING, Allowance, Held
from console.errors import ActionRefused, CannotSend, ConsoleError, NotConnected, StoreError
from console.protocol.ami.refusals import never_ran
from console.protocol.openvox import commands
from console.protocol.openvox.commands import SendAnswer
from console.protocol.sms import segments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from console.config import AmiConfig
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


def plan_of(text: str, ami: AmiConfig) -> SegmentPlan:
    """How a text is cut for AMI, where nothing is split for the caller: the preview and the send agree by it."""
    return segments.plan(text, "ami", sizes=segments.Sizes(*ami.segment_sizes) if ami.segment_sizes else None)


def command_lines(draft: Draft, port: int, ami: AmiConfig, wire_ids: Sequence[str], flag: int) -> tuple[str, ...]:
    """One command line a segment: `sms` for a single one, else `csms`. Raises CannotSend when one can't
    travel.

    `wire_ids` is one id a segment, `flag` the reference that the segments share: two decimal digits, so that it
    reads the same where a gateway takes it for hexadecimal.
    """
    texts = [segment.text for segment in plan_of(draft.text, ami).segments]
    timeout = ami.sync_timeout
    if len(texts) == 1:
        return (commands.send_sync_sms(port, draft.to, texts[0], timeout=timeout, id=wire_ids[0]),)
    return tuple(
        commands.send_sync_csms(
            port,
            draft.to,
            text,
            flag=flag,
            count=len(texts),
            sequence=number,
            timeout=timeout,
            id=wire_id,
        )
        for number, (text, wire_id) in enumerate(zip(texts, wire_ids, strict=True), 1)
    )


def flag_for(message_id: int) -> int:
    """The reference of a long message, another for each of ninety in a row: a phone joins the parts by it."""
    return commands.FLAGS[message_id % len(commands.FLAGS)]


def read_outcome(output: Sequence[str]) -> _Outcome:
    """What the output of a send says: SENT, FAILED, QUEUED for a busy port, UNKNOWN for anything else."""
    raw = "\n".join(output).strip()
    answer = commands.read_send_answer(output)
    state = {
        SendAnswer.SUCCESSFULLY: DeliveryState.SENT,
        SendAnswer.FAILED: DeliveryState.FAILED,
        SendAnswer.USING: DeliveryState.QUEUED,
        SendAnswer.TIMEOUT: DeliveryState.UNKNOWN,
        SendAnswer.UNREADABLE: DeliveryState.UNKNOWN,
    }[answer]
    words = f"{raw}: the driver keeps it and may still send it" if answer is SendAnswer.TIMEOUT else raw
    return _Outcome(state, _ANSWER, words or "the answer was empty")


class AmiSender:
    """Carries the messages of one gateway that go by AMI.

    The segments of a message go in order on one port, the next only after the one before is SENT. At the
    first that is not, the rest are held and recorded as CANCELLED with the reason: they were never tried.
    """

    def __init__(
        self,
        ami: AmiConfig,
        sessions: AmiSessions,
        outbox: Outbox,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
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
        lines = command_lines(message.draft, port, self._ami, wire_ids, flag_for(message.id))
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
        return read_outcome(output)

    async def _hold(self, message_id: int, held: range, stopped_at: int, state: DeliveryState) -> None:
        for number in held:
            raw = f"not sent: segment {stopped_at} is {state}"
            await self._outbox.record_surely(message_id, number, DeliveryState.CANCELLED, "console", raw)
