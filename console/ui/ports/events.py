"""What AMI said of one port lately, out of the log of this run."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.protocol.ami.events import read_event
from console.protocol.ami.routine import Routine

if TYPE_CHECKING:
    from console.domain.link import LogRecord
    from console.store.ami.log import AmiLog

KEPT = 200
"""Lines kept, the newest."""

_BATCH = 1000
_COMMAND = re.compile(r"^Command: gsm (?:show span|power \w+|send (?:sync )?\w+) (\d{1,4})(?:\s|$)", re.MULTILINE)
_ACTION_ID = re.compile(r"^ActionID: (.+)$", re.MULTILINE | re.IGNORECASE)
_ASKED = 64
"""Commands whose answer is still awaited."""


class PortEvents:
    """Lines of one port: its events, our commands to it, and their answers. Routine is left out.

    `look` reads what is new; the first one goes through the whole log, so call it aside, by one thread at a time.
    """

    def __init__(self, log: AmiLog, gateway: str, port: int) -> None:
        self._log = log
        self._gateway = gateway
        self._port = port
        self._read = 0
        self._routine = Routine()
        self._asked: dict[str, None] = {}
        self._found: deque[LogRecord] = deque(maxlen=KEPT)

    def look(self) -> tuple[LogRecord, ...]:
        """What is known of the port now, oldest first."""
        while records := self._log.since(self._read, _BATCH):
            self._read = records[-1].seq
            self._found.extend(record for record in records if self._is_ours(record))
        return tuple(self._found)

    def _is_ours(self, record: LogRecord) -> bool:
        routine = self._routine(record)
        if record.gateway != self._gateway:
            return False
        message = record.message
        if record.flow is Flow.OUT:
            command = _COMMAND.search(record.text)
            ours = command is not None and int(command[1]) == self._port and not routine
            if ours and (action_id := _ACTION_ID.search(record.text)):
                self._asked[action_id[1]] = None
                if len(self._asked) > _ASKED:
                    del self._asked[next(iter(self._asked))]
            return ours
        if message is None or routine:
            return False
        if message.kind is AmiKind.RESPONSE:
            return self._asked.pop(message.get("ActionID"), "no") is None
        fact = read_event(message)
        return fact is not None and getattr(fact, "port", None) == self._port
