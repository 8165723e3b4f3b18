"""Everything that the store knows of one port, read in one go, aside."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.domain.messages import InboxMessage, OutboxMessage, PortCounts
from console.domain.ports import PortPast
from console.protocol.ami.routine import Routine
from console.protocol.dialects.known import read_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.alarms import Alarm
    from console.domain.link import LogRecord
    from console.domain.ports import PortNote, PortSample
    from console.store import LiveReader
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


HOURS, DAYS = 24, 14
"""Columns of the charts."""

MESSAGES = 50
"""Messages of each direction that are shown."""

ALARMS = 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """What went through in each of some hours or days, and how the signal was then."""

    edges: tuple[float, ...] = ()
    """When each begins, and when the last ends; Unix seconds UTC."""
    counts: tuple[PortCounts, ...] = ()
    signal: tuple[float | None, ...] = ()
    """On average; None where it is not known."""


@dataclass(frozen=True, slots=True)
class PortBook:
    """As of one moment."""

    hours: Stretch = field(default_factory=Stretch)
    days: Stretch = field(default_factory=Stretch)
    hour: PortCounts = field(default_factory=PortCounts)
    """The last sixty minutes."""
    past: PortPast = field(default_factory=PortPast)
    note: PortNote | None = None
    alarms: tuple[Alarm, ...] = ()
    messages: tuple[InboxMessage | OutboxMessage, ...] = ()
    """Both directions, newest first."""

    @property
    def today(self) -> PortCounts:
        """The last of the days."""
        return self.days.counts[-1] if self.days.counts else PortCounts()


def read_book(store: LiveReader, gateway: str, port: int, now: float) -> PortBook:
    """Read it; at a million messages the first time takes a second. Raises StoreError."""
    history = store.port_history
    hours, days = hour_edges(now), day_edges(now)
    samples = store.port_samples.of(gateway, port, days[0])
    received = store.inbox_messages(history.received_ids(gateway, port, MESSAGES))
    sent = store.outbox.messages(history.sent_ids(gateway, port, MESSAGES))
    none = PortCounts()
    return PortBook(
        Stretch(hours, tuple(one.get(port, none) for one in history.counts(gateway, hours)), averages(samples, hours)),
        Stretch(days, tuple(one.get(port, none) for one in history.counts(gateway, days)), averages(samples, days)),
        history.counts(gateway, (now - 3600, now + 60))[0].get(port, none),
        history.past(gateway).get(port, PortPast()),
        store.port_notes.of(gateway).get(port),
        tuple(store.alarms.of_port(gateway, port, ALARMS)),
        tuple(sorted([*received, *sent], key=moment, reverse=True)),
    )


def moment(message: InboxMessage | OutboxMessage) -> float:
    """When it came in, or was queued; Unix seconds UTC."""
    return message.received_at if isinstance(message, InboxMessage) else message.created_at


def averages(samples: Sequence[PortSample], edges: Sequence[float]) -> tuple[float | None, ...]:
    """The signal on average between each two neighbours of `edges`; None where there is no sample that knows it."""
    found: list[float | None] = []
    for start, end in pairwise(edges):
        known = [sample.signal for sample in samples if sample.signal is not None and start <= sample.at < end]
        found.append(sum(known) / len(known) if known else None)
    return tuple(found)


def hour_edges(now: float) -> tuple[float, ...]:
    """When the last hours of the local clock began, and when this one ends; Unix seconds UTC."""
    local = datetime.fromtimestamp(now).astimezone()
    begun = local.replace(minute=0, second=0, microsecond=0).timestamp()
    return tuple(begun + 3600 * hour for hour in range(1 - HOURS, 2))


def day_edges(now: float) -> tuple[float, ...]:
    """When the last local days began, and when this one ends. A day may have 23 or 25 hours."""
    today = datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return tuple((today + timedelta(days=day)).timestamp() for day in range(1 - DAYS, 2))
