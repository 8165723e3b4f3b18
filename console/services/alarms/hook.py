"""The alarm command: a program of the operator's own, told of each alarm, bounded in number."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.protocol.rules.telling import plain
from console.services.program import environment_of, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.records import AlarmConfig
    from console.domain.alarms import Alarm, AlarmNews
    from console.domain.clock import Clock

AT_ONCE = 2
"""Calls that run at the same time."""

PER_MINUTE = 30
"""Calls that a minute may see; what is more is counted and left out."""

LONGEST = 1_000
"""Characters of the words that it gets: the system takes no variable that is too long."""

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """What the command is told."""

    alarm: Alarm
    news: AlarmNews
    at: float
    """When that was so, Unix seconds UTC."""
    left_out: int
    """Calls before it that were left out, since the last that was not."""

    @property
    def fields(self) -> dict[str, object]:
        """As JSON has them. Times are ISO 8601, UTC."""
        alarm = self.alarm
        return {
            "id": alarm.id,
            "state": self.news.value,
            "kind": alarm.kind.code,
            "title": alarm.kind.value,
            "gateway": alarm.gateway,
            "port": alarm.port,
            "words": plain(alarm.words)[:LONGEST],
            "at": _utc(self.at),
            "raised_at": _utc(alarm.raised_at),
            "seconds": round(alarm.lasted(self.at), 3),
            "left_out": self.left_out,
        }

    @property
    def variables(self) -> dict[str, str]:
        """As the environment has them."""
        fields = self.fields
        return {f"GSM_ALARM_{name.upper()}": str(fields[name]) for name in fields}


class AlarmHook:
    """Runs the command. `call` belongs to the services' event loop, `trouble` to any thread."""

    def __init__(self, config: AlarmConfig, clock: Clock, *, environment: Mapping[str, str] = os.environ) -> None:
        self._config = config
        self._clock = clock
        self._environment = environment_of(environment)
        self._waiting: asyncio.Queue[Call] = asyncio.Queue(PER_MINUTE)
        self._taken: deque[float] = deque()
        """When each call of the last minute was taken, by the monotonic clock."""
        self._left_out = 0
        self._unsaid = 0
        """Of those, how many no call has told of yet."""
        self._left_out_at = float("-inf")
        self._failure = ""

    @property
    def trouble(self) -> str:
        """Why the last call failed, and how many were left out in the last minute; empty when all is well."""
        parts = [self._failure]
        if self._left_out and self._clock.monotonic() - self._left_out_at < _MINUTE:
            more = "call was" if self._left_out == 1 else "calls were"
            parts.append(f"{self._left_out} {more} skipped: at most {PER_MINUTE} a minute are made")
        words = "; ".join(filter(None, parts))
        return f"alarm command: {words}" if words else ""

    def call(self, alarm: Alarm, news: AlarmNews, at: float) -> None:
        """Have the command told, where there is one. Returns at once."""
        if not self._config.command:
            return
        now = self._clock.monotonic()
        while self._taken and now - self._taken[0] >= _MINUTE:
            self._taken.popleft()
        if len(self._taken) >= PER_MINUTE or self._waiting.full():
            if now - self._left_out_at >= _MINUTE:
                self._left_out = 0
            self._left_out += 1
            self._unsaid += 1
            self._left_out_at = now
            return
        self._taken.append(now)
        self._waiting.put_nowait(Call(alarm, news, at, self._unsaid))
        self._unsaid = 0

    async def run(self) -> None:
        """Make the calls, until cancelled. What runs then is killed."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._make_calls())

    async def _make_calls(self) -> None:
        while True:
            self._failure = await self._make(await self._waiting.get())

    async def _make(self, call: Call) -> str:
        """Run the command once; what went wrong, in words."""
        command, timeout = self._config.command, self._config.command_timeout
        if not command:
            return ""  # there was one when the call was taken
        return await run_program(command, call.fields, environment=self._environment | call.variables, timeout=timeout)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
