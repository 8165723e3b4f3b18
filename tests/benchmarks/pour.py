"""A simulated gateway that can be told to pour: AMI events and SMS at a steady rate, from a process of its own.

`python -m tests.benchmarks.pour RECEIVER_TCP_PORT [--events N] [--sms N] [--ports N]` prints one JSON object with its
addresses, then reads commands, a line each: `pour` begins, `rest` stops; it ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from console.simulator.ami.wire import AmiEvent
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.benchmarks.bench_receiver import REQUEST
from tests.support.gateway_process import GatewayProcess, free_tcp_port

if TYPE_CHECKING:
    from types import TracebackType

TICK = 0.02
"""Seconds between two handfuls."""

CONNECTIONS = 8
"""Keep-alive connections to the receiver."""


def events(number: int) -> AmiEvent:
    """Every fifth is of the kind that the log shows at once; one in 250 is what another program sent, as a port takes
    seconds for one. The rest are the dialplan's chatter.
    """
    port = 1 + number % 8
    channel = ("Channel", f"EXTRA/{2 * port - 1}-{number}")
    if number % 250 == 0:
        to = ("Destination", f"+49151{number % 10_000_000:08}")
        return AmiEvent("SMSSendStatus", "system", (("Channel", str(port)), to, ("ID", "null"), ("Status", "SUCCESS")))
    if number % 5 == 0:
        return AmiEvent("PeerStatus", "system", (("Peer", f"SIP/{number}"), ("PeerStatus", "Reachable")))
    if number % 5 == 1:
        step = (channel, ("Context", "macro"), ("Extension", "s"), ("Priority", "1"), ("Application", "NoOp"))
        return AmiEvent("Newexten", "dialplan", (*step, ("AppData", f"step {number}")))
    return AmiEvent("VarSet", "dialplan", (channel, ("Variable", "STEP"), ("Value", str(number))))


class Pouring:
    """Both streams, on the event loop of the gateway."""

    def __init__(self, gateway: Gateway, receiver_tcp_port: int, events_rate: float, sms_rate: float) -> None:
        self._gateway = gateway
        self._receiver_tcp_port = receiver_tcp_port
        self._rates = events_rate, sms_rate
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers = itertools.count()
        self.answered = 0

    def pour(self) -> None:
        waiting: asyncio.Queue[int] = asyncio.Queue(1_000)
        self._tasks = [asyncio.create_task(self._pour(waiting))]
        self._tasks += [asyncio.create_task(self._call(waiting)) for _ in range(CONNECTIONS)]

    def rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    async def _pour(self, waiting: asyncio.Queue[int]) -> None:
        started = time.monotonic()
        done = [0, 0]
        while True:
            await asyncio.sleep(TICK)
            due = [int((time.monotonic() - started) * rate) for rate in self._rates]
            for _ in range(due[0] - done[0]):
                self._gateway.ami.publish(events(next(self._numbers)))
            for _ in range(due[1] - done[1]):
                await waiting.put(next(self._numbers))
            done = due

    async def _call(self, waiting: asyncio.Queue[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._receiver_tcp_port)
        try:
            while True:
                number = await waiting.get()
                writer.write(REQUEST.format(number=number, port=1 + number % 8).encode())
                await reader.readuntil(b"OK\n")
                self.answered += 1
        finally:
            writer.close()


async def serve(receiver_tcp_port: int, ports: int, events_rate: float, sms_rate: float) -> None:
    """Until standard input ends."""
    options = SimulatorOptions(ports=ports, rate=0, deliver_to=f"http://127.0.0.1:{receiver_tcp_port}/sms/gw1")
    async with Gateway(options) as gateway:
        pouring = Pouring(gateway, receiver_tcp_port, events_rate, sms_rate)
        addresses = {
            name: "{}:{}".format(*address)
            for name, address in (("ami", gateway.ami_address), ("http", gateway.http_address))
        }
        print(json.dumps(addresses), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            {"pour": pouring.pour, "rest": pouring.rest}[line.strip()]()
        pouring.rest()
        print(pouring.answered, flush=True)


class PouringGateway(GatewayProcess):
    """The program above, started and told what to do."""

    def __init__(self, *, ports: int = 8, events_rate: int = 500, sms_rate: int = 200) -> None:
        super().__init__(receiver_tcp_port=free_tcp_port())
        self._words = ["--ports", str(ports), "--events", str(events_rate), "--sms", str(sms_rate)]
        self._program: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.pour", str(self.receiver_tcp_port), *self._words]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._program.stdout is not None
        addresses = json.loads(self._program.stdout.readline())
        self.ami, self.http = addresses["ami"], addresses["http"]

    def tell(self, command: str) -> None:
        """`pour` or `rest`."""
        assert self._program is not None
        assert self._program.stdin is not None
        self._program.stdin.write(f"{command}\n")
        self._program.stdin.flush()

    def __enter__(self) -> PouringGateway:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._program is not None:
            self._program.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("receiver_tcp_port", type=int)
    parser.add_argument("--ports", type=int, default=8)
    parser.add_argument("--events", type=float, default=500)
    parser.add_argument("--sms", type=float, default=200)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.receiver_tcp_port, arguments.ports, arguments.events, arguments.sms))


if __name__ == "__main__":
    main()
