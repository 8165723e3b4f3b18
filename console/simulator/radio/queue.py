"""What `/sendsms` accepted and the modules have not taken yet: one queue a port, emptied in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.simulator.radio.splitter import split_2014, split_2019
from console.simulator.radio.words import SendWord

if TYPE_CHECKING:
    from console.simulator.ami.asterisk_cli import Cli
    from console.simulator.options import Pace, SimulatorOptions
    from console.simulator.radio.network import Network

_TIMEOUT = 90
"""Seconds given to each `gsm send sync`, as the vendor's own daemon does."""
_USING_TRIES = 10
_OUTBOX = 1000
"""Rows the local store remembers."""


@dataclass(frozen=True, slots=True)
class QueuedSms:
    """One recipient of one request.

    `text` is escaped already in the 2019 dialect, as it came in the older ones.
    """

    port: int
    to: str
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the gateway's own outbox."""

    sms: QueuedSms
    at: float
    imsi: str
    sent: bool


class SmsQueue:
    """Splits each text the gateway's way and gives the parts to the command line, as the daemons on the box
    do.
    """

    def __init__(self, network: Network, cli: Cli, options: SimulatorOptions, pace: Pace) -> None:
        self._network = network
        self._cli = cli
        self._options = options
        self._pace = pace
        self._queues: dict[int, asyncio.Queue[QueuedSms]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._working: dict[int, bool] = {}
        self._references = 0
        self.outbox: deque[OutboxRow] = deque(maxlen=_OUTBOX)

    def push(self, sms: QueuedSms) -> None:
        """Queue it; returns at once."""
        if sms.port not in self._queues:
            self._queues[sms.port] = asyncio.Queue()
            self._tasks.append(asyncio.get_running_loop().create_task(self._work(sms.port)))
        self._queues[sms.port].put_nowait(sms)

    def waiting(self, port: int) -> int:
        """SMS not finished on that port."""
        return (self._queues[port].qsize() if port in self._queues else 0) + self._working.get(port, False)

    async def idle(self) -> None:
        """Until everything queued is sent or given up."""
        for queue in tuple(self._queues.values()):
            await queue.join()

    async def close(self) -> None:
        """Forget what is queued. What is pushed from now on is sent again."""
        tasks, self._tasks = self._tasks, []
        self._queues.clear()
        self._working.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def send(self, sms: QueuedSms) -> bool:
        """Send all parts in order, stopping at the first that fails; whether all went."""
        operator = self._operator(sms.port)
        parts = split_2014(sms.text) if self._options.dialect != "openvox" else split_2019(sms.text, operator)
        self._references = self._references % 255 + 1
        sent = True
        for number, part in enumerate(parts, start=1):
            if number > 1:
                await self._pace.sleep(self._pause())
            if not await self._send_part(sms, part, number, len(parts)):
                sent = False
                break
        port = self._network.get(sms.port)
        imsi = port.sim.imsi if port and port.sim else ""
        self.outbox.append(OutboxRow(sms, self._pace.time(), imsi, sent))
        return sent

    async def _work(self, port: int) -> None:
        queue = self._queues[port]
        while True:
            sms = await queue.get()
            self._working[port] = True
            await self.send(sms)
            self._working[port] = False
            queue.task_done()

    async def _send_part(self, sms: QueuedSms, part: str, number: int, count: int) -> bool:
        """One command, again while the port is in use.

        A part cut behind a backslash makes a broken command.
        """
        quoted = part.replace("\\", "\\\\").replace('"', '\\"') if self._options.dialect != "openvox" else part
        head = f'{sms.port} "{sms.to}" "{quoted}"'
        # The driver of 2013 knows no flash, and would take the 0 for the id.
        tail = f'{_TIMEOUT} "{sms.id}"' if self._options.dialect == "openvox-2013" else f'{_TIMEOUT} 0 "{sms.id}"'
        if count == 1:
            line = f"gsm send sync sms {head} {tail}"
        else:
            line = f"gsm send sync csms {head} {self._references} {count} {number} {tail}"
        for _ in range(_USING_TRIES):
            answer = await self._cli.run(line)
            if SendWord.USING not in answer.text:
                return SendWord.SUCCESSFULLY in answer.text
            await self._pace.sleep(self._pause())
        return False

    def _pause(self) -> float:
        """Seconds between two parts."""
        return 1.0 if self._options.sync_delay is None else min(self._options.sync_delay, 1.0)

    def _operator(self, port_number: int) -> str:
        port = self._network.get(port_number)
        return port.sim.operator if port and port.sim else ""
