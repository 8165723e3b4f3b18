"""Which lines of the AMI log are worth a look.

The console's own keep-alives and status questions seldom are; nor are beginning, end and the dozen dialplan steps and
variables of each incoming SMS, but for the one that carries its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.protocol.ami.log_text import SMS_TEXT

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage
    from console.domain.link import LogRecord

_ROUTINE = re.compile(
    r"^(?:Action: Ping|Command: (?:gsm show spans?(?: \d+)?|manager show user .+))$", re.MULTILINE | re.IGNORECASE
)
_ACTION_ID = re.compile(r"^ActionID: (.+)$", re.MULTILINE | re.IGNORECASE)
_REMEMBERED = 64
"""Questions whose answer is still awaited, and channels: answers come in order, an SMS takes a moment, so few are."""
_LIFE = frozenset({"Newchannel", "SoftHangupRequest", "Hangup"})
"""Events of a channel that are no steps of its dialplan."""


def _is_step(event: AmiMessage) -> bool:
    if event.name == "VarSet":
        return True
    return event.name == "Newexten" and not event.get("AppData").startswith(SMS_TEXT)


class Routine:
    """Tells routine from news, record by record in their order: an answer is routine if its question was."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], None] = {}
        self._sms: dict[tuple[str, str], None] = {}
        """Channels of SMS that have begun, by Uniqueid."""

    def __call__(self, record: LogRecord) -> bool:
        """Whether this record is routine. An answer that is an error never is."""
        if record.flow is Flow.OUT:
            return self._is_question(record)
        if record.message is None:
            return False
        if record.message.kind is AmiKind.EVENT:
            return _is_step(record.message) or self._is_sms(record.gateway, record.message)
        if not record.message.get("ActionID"):
            return False
        asked = self._asked.pop((record.gateway, record.message.get("ActionID")), "no")
        return asked is None and record.message.name.lower() != "error"

    def _is_sms(self, gateway: str, event: AmiMessage) -> bool:
        channel = (gateway, event.get("Uniqueid"))
        if event.name == "Newchannel" and event.get("Exten") == "sms":
            _remember(self._sms, channel)
        return event.name in _LIFE and channel in self._sms

    def _is_question(self, record: LogRecord) -> bool:
        if not _ROUTINE.search(record.text):
            return False
        if action_id := _ACTION_ID.search(record.text):
            _remember(self._asked, (record.gateway, action_id[1]))
        return True


def _remember(known: dict[tuple[str, str], None], one: tuple[str, str]) -> None:
    known[one] = None
    while len(known) > _REMEMBERED:
        del known[next(iter(known))]
