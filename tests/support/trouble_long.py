"""Two longer stories: a long list while the AMI link comes and goes, and a console that is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.messages import Via
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.trouble import (
    PORTS,
    Bench,
    QuickPace,
    QuickServices,
    Setting,
    bench,
    compare,
    config_for,
    options_for,
)
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.trouble import Tally

FLAPS = "a list while the AMI link flaps"
KILLED = "killed in a batch, then a yes"

RECIPIENTS = {Via.AMI: 400, Via.HTTP: 120}
EVERY = 20
"""SMS on the air between two cuts."""

LEFT = 60
KILLED_AT = 16
"""SMS on the air when the console is killed, of so many."""

SLOW = Setting(sync_delay=2, result_wait=0.5)


async def flapping(folder: Path, via: Via, setting: Setting | None = None) -> Tally:
    """Every twenty SMS the AMI link is cut, by turns at once, with connections refused for a while, and half-open."""
    async with bench(folder, setting or Setting()) as it:
        await it.ready()
        total = RECIPIENTS[via]
        await it.send(total, via)
        for number, count in enumerate(range(EVERY, total, EVERY)):
            await it.until(lambda states, count=count: _out(it, states, total) >= count)  # type: ignore[misc]
            if number % 5 == 4:
                it.gateway.half_open()
            else:
                it.gateway.cut_ami(refuse_for=number % 4 // 3 * 20)
        await it.until(lambda states: not states[S.QUEUED] and not states[S.SUBMITTING] and not states[S.ACCEPTED])
        tally = compare(it.store, it.gateway, it.batches)
        assert tally.sent + tally.unknown == tally.messages == total, "nothing failed that was only cut off"
        return tally


def _out(it: Bench, states: dict[S, int], total: int) -> int:
    """On the air, or given up: so that a story in which everything is lost comes to its end as well."""
    return max(len(it.gateway.air), total - states[S.QUEUED] - states[S.SUBMITTING])


async def killed(folder: Path, via: Via) -> Tally:
    """SIGKILL in the middle of a batch. Then a new run: nothing goes on by itself, and after a yes the rest does."""
    async with Gateway(options_for(SLOW, 9), pace=(pace := QuickPace())) as gateway:
        tcp_ports = gateway.ami_address[1], gateway.http_address[1]
        config = config_for(folder, *tcp_ports, SLOW)
        batch = await _kill_in_the_middle(gateway, config.database, via)
        store = Store.open(config.database, clock=SystemClock())
        services = QuickServices(config, store, AmiLog(), SystemClock())
        it = Bench(gateway, pace, store, services)
        it.batches.append(batch)
        before = await asyncio.to_thread(it.states)
        services.start()
        try:
            await it.ready()
            await it.until(lambda states: not states[S.SUBMITTING] and not states[S.ACCEPTED])
            unknown = before[S.SUBMITTING] + before[S.ACCEPTED]
            assert it.states()[S.UNKNOWN] == unknown, "nobody was there to hear what became of them"
            await _nothing_goes_on_by_itself(it, before[S.QUEUED], via)
            assert await asyncio.wrap_future(it.backend.sending.take_over()) == before[S.QUEUED]
            await it.settled()
            return compare(store, gateway, it.batches)
        finally:
            await asyncio.to_thread(services.stop)
            store.close()


async def _nothing_goes_on_by_itself(it: Bench, waiting: int, via: Via) -> None:
    """What the run before left waits, also while a message of this one goes out through each port."""
    left = it.store.sending.left_over()
    assert len(left) == waiting > 0
    on_air = {sms.text for sms in it.gateway.air}
    fresh = await it.send(PORTS, via, text="fresh")
    await it.until(lambda _: len({sms.text for sms in it.gateway.air} - on_air) == fresh.total)
    assert it.store.sending.left_over() == left
    assert not {message.draft.text for message in left} & {sms.text for sms in it.gateway.air}


async def _kill_in_the_middle(gateway: Gateway, database: Path, via: Via) -> int:
    """Run a console that sends a batch, and kill it, by AMI while something is leaving; the batch's id."""
    tcp_ports = gateway.ami_address[1], gateway.http_address[1]
    arguments = [str(database), *map(str, tcp_ports), via.value, str(LEFT if via is Via.AMI else 2 * LEFT)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.sender_process", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE):
        batch = int(await process.stdout.readline())
        on_air = KILLED_AT
        while True:
            while len(gateway.air) < on_air:  # noqa: ASYNC110 - the air sets no event
                await asyncio.sleep(0)
            _stand_still(process.pid)
            if via is Via.HTTP or _leaving(database):
                break
            process.send_signal(signal.SIGCONT)
            on_air += 1
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    await gateway.queue.idle()
    while any(gateway.port(number).sending for number in range(1, PORTS + 1)):  # noqa: ASYNC110 - nor do the ports
        await asyncio.sleep(0)
    return batch


def _stand_still(process: int) -> None:
    os.kill(process, signal.SIGSTOP)
    os.waitid(os.P_PID, process, os.WSTOPPED)


def _leaving(database: Path) -> int:
    """How many messages have begun and not ended, of a console that stands still."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM outbox WHERE state = ?", (S.SUBMITTING,)).fetchone()[0]
    return count
