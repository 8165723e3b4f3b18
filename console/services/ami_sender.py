"""Sends by AMI: `gsm send sync sms` and `csms` on sessions of their own, one send at a time on each GSM
port.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState, Draft, OutboxMessage
from console.errors import ActionRefused, CannotSend, ConsoleError, NotConnected, StoreError
from console.protocol import gsm_commands, segments
from console.protocol.gsm_commands import SendAnswer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from console.config import AmiConfig
    from console.domain.plan import SegmentPlan
    from console.services.ami_sessions import AmiSessions, Session
    from console.services.outbox import Outbox

BUSY_TRIES = 10
"""Tries of a segment while the gateway answers `WAS USING` (nothing left the air then), as many as the
vendor's.
"""
BUSY_PAUSE = 2.0
"""Seconds between them: the driver's own rhythm for a module that is not ready."""

_NEVER_RAN = (
    "Permission denied",
    "Command blacklisted",
    "No command provided",
    "Failed to create temporary file",
    "Asterisk is shutting down",
    "Invalid/unknown command",
    "Missing action in request",
    "line too long",
    "Too many lines",
)
"""Refusals that Asterisk gives before it runs a command (main/manager.c); any other may come after it."""


_ANSWER = "ami answer"


class _Outcome(NamedTuple):
    state: DeliveryState
    source: str
    raw: str


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
        return (gsm_commands.send_sync_sms(port, draft.to, texts[0], timeout=timeout, id=wire_ids[0]),)
    return tuple(
        gsm_commands.send_sync_csms(
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
    return gsm_commands.FLAGS[message_id % len(gsm_commands.FLAGS)]


def read_outcome(output: Sequence[str]) -> _Outcome:
    """What the output of a send says: SENT, FAILED, QUEUED for a busy port, UNKNOWN for anything else."""
    raw = "\n".join(output).strip()
    if raw.startswith("No such command '"):
        return _Outcome(DeliveryState.FAILED, _ANSWER, raw)
    state = {
        SendAnswer.SUCCESSFULLY: DeliveryState.SENT,
        SendAnswer.FAILED: DeliveryState.FAILED,
        SendAnswer.USING: DeliveryState.QUEUED,
        SendAnswer.UNREADABLE: DeliveryState.UNKNOWN,
    }[gsm_commands.read_send_answer(output)]
    return _Outcome(state, _ANSWER, raw or "the answer was empty")


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

    async def send(self, message: OutboxMessage, wire_ids: Sequence[str]) -> None:
        """Send every segment and record what became of each. Gateway trouble is evidence; raises StoreError.

        `wire_ids` is one id a segment.
        """
        port = message.draft.port
        assert port is not None, "the port is chosen before a message is queued"
        lines = command_lines(message.draft, port, self._ami, wire_ids, flag_for(message.id))
        async with self._sessions.kept(), self._ports.setdefault(port, asyncio.Lock()):
            for number, line in enumerate(lines, 1):
                state = await self._send_segment(message.id, number, line)
                if state is not DeliveryState.SENT:
                    await self._hold(message.id, range(number + 1, len(lines) + 1), number, state)
                    return

    async def _send_segment(self, message_id: int, number: int, line: str) -> DeliveryState:
        """One segment, again while the port is busy or nothing left. Returns the state it came to."""
        for attempt in range(BUSY_TRIES):
            if attempt:
                await self._sleep(BUSY_PAUSE)
            outcome = await self._try(message_id, number, line)
            message = await self._outbox.record_surely(message_id, number, *outcome)
            if outcome.state is not DeliveryState.QUEUED:
                return message.segments[number - 1]
        raw = f"not sent: tried {BUSY_TRIES} times; {outcome.raw}"
        await self._outbox.record_surely(message_id, number, DeliveryState.FAILED, "console", raw)
        return DeliveryState.FAILED

    async def _try(self, message_id: int, number: int, line: str) -> _Outcome:
        """One attempt. QUEUED in the outcome means that nothing left the air and another attempt is safe."""
        asked = False
        try:
            async with self._sessions.borrow() as session:
                message = await self._outbox.record(message_id, number, DeliveryState.SUBMITTING, "console")
                if message.segments[number - 1] is not DeliveryState.SUBMITTING:
                    return _Outcome(message.segments[number - 1], "console", "not sent: it was no longer waiting")
                asked = True
                return await self._ask(session, line)
        except CannotSend as error:
            return _Outcome(DeliveryState.FAILED, "console", f"not sent: {error}")
        except NotConnected as error:
            # Without a session at all there is no use in trying again; a session that broke is worth another.
            state = DeliveryState.QUEUED if asked else DeliveryState.FAILED
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
            ran = not any(words in str(error) for words in _NEVER_RAN)
            return _Outcome(DeliveryState.UNKNOWN if ran else DeliveryState.FAILED, _ANSWER, str(error))
        return read_outcome(output)

    async def _hold(self, message_id: int, held: range, stopped_at: int, state: DeliveryState) -> None:
        for number in held:
            raw = f"not sent: segment {stopped_at} is {state}"
            await self._outbox.record_surely(message_id, number, DeliveryState.CANCELLED, "console", raw)
