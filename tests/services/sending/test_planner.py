"""What is planned leaves when its time comes, once, whoever runs then; a clock that jumps neither sends nor ends it."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import SendingConfig
from console.domain.messages import DeliveryState as S
from console.domain.ports import PortHealth
from console.domain.sending import BatchState, Held
from console.errors import StoreError
from console.services.sending.planner import sender_of
from console.services.sending.sims import REREAD
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.sending import FakeAmi, FakeSendsms, Sending, by_ami, running, snapshot, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from console.domain.messages import Draft, OutboxMessage

HOUR = 3600.0
YEARS = 2 * 365 * 86_400.0
RULES = SendingConfig(not_after_hours=12)


@asynccontextmanager
async def sending_by(path: Path, clock: FixedClock) -> AsyncIterator[Sending]:
    store = Store.open(path / "console.db", clock=clock)
    sending = Sending(store, FakeAmi(), FakeSendsms(), clock=clock, rules=RULES, plans=True)
    sending.ports = [snapshot(1, PortHealth.READY)]
    try:
        yield sending
    finally:
        store.close()


def planned(hours: float = 1, end: float | None = None) -> Draft:
    return replace(by_ami(), not_before=NOON + hours * HOUR, not_after=end and NOON + end * HOUR)


async def look(sending: Sending) -> None:
    await sending.sender._planner.look()


async def test_it_waits_for_its_time_then_leaves_once(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending, sending_by(tmp_path, clock) as other:
        message = await sending.submit(planned())
        assert message.draft.not_after == NOON + 13 * HOUR
        async with running(sending), running(other):
            # Both have looked for what the dead left behind: after an hour without a beat each is dead to the other.
            await until(lambda: len(sending.store.presences(sender_of("gw1"))) == 2)
            await look(sending)
            assert sending.now(message).state is S.QUEUED
            clock.now += HOUR
            for ports in (sending.ports, other.ports):
                ports[0] = snapshot(1, PortHealth.READY, read_at=clock.now)
            await look(sending)
            await look(other)
            assert (await sending.settled(message)).state is S.SENT
            assert len(sending.ami.lines) + len(other.ami.lines) == 1


async def test_it_waits_for_its_port_and_is_called_off_where_that_takes_too_long(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending:
        message = await sending.submit(planned())
        clock.now += HOUR
        sending.ports[0] = snapshot(1, PortHealth.NO_SIM, read_at=clock.now)
        async with running(sending):
            await look(sending)
            await until(lambda: "no SIM" in sending.sender.trouble)
            assert sending.now(message).state is S.QUEUED
            clock.now += 13 * HOUR
            await look(sending)
            late = await sending.settled(message)
            assert (late.state, late.detail) == (
                S.FAILED,
                "not sent, too late: it had to be sent by 2026-11-23 01:00:00 UTC",
            )
            sending.sender._look()
            await until(lambda: not sending.sender.trouble)
            assert sending.ami.lines == []


async def test_it_waits_for_room_where_another_took_the_last_at_that_moment(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending:
        message = await sending.submit(planned())
        clock.now += HOUR
        sending.ports[0] = snapshot(1, PortHealth.READY, read_at=clock.now)
        sending.store.sending.begin = _full_once(sending.store.sending.begin)  # type: ignore[method-assign, assignment]
        async with running(sending):
            await look(sending)
            assert (await sending.settled(message)).state is S.SENT
            assert REREAD in sending.pauses


def _full_once(begin: Callable[..., object]) -> Callable[..., object]:
    full: list[Future[Held]] = [Future()]
    full[0].set_result(Held("Port 1: 3 of 3 segments today.", None))
    return lambda *arguments: full.pop() if full else begin(*arguments)


async def test_a_paused_batch_is_called_off_when_its_time_is_over(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending:
        batch = await sending.submit_all(by_ami(to="+491"), by_ami(to="+492"))
        sending.sender.set_batch(batch.id, BatchState.PAUSED).result(10)
        async with running(sending):
            clock.now += 12 * HOUR
            await look(sending)
            assert sending.states(batch) == {S.QUEUED: 2}
            clock.now += 1
            await look(sending)
            assert sending.states(batch) == {S.FAILED: 2}
            sending.sender.set_batch(batch.id, BatchState.RUNNING).result(10)
            await look(sending)
            assert sending.ami.lines == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEARS, -YEARS])
async def test_a_jump_of_the_clock_is_told_and_moves_nothing_until_it_is_set_right(tmp_path: Path, jump: float) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending:
        waits = await sending.submit(planned(1, 2))
        batch = await sending.submit_all(by_ami(to="+491"), by_ami(to="+492"))
        sending.sender.set_batch(batch.id, BatchState.PAUSED).result(10)
        async with running(sending):
            await look(sending)
            clock.jump(jump)
            await look(sending)
            assert "the clock was put" in sending.sender.trouble
            assert sending.now(waits).state is S.QUEUED
            assert sending.states(batch) == {S.QUEUED: 2}
            sending.ports[0] = snapshot(1, PortHealth.READY, read_at=clock.time())
            assert (await sending.send(by_ami(to="+493"))).state is S.SENT

            clock.jump(-jump)
            clock.now += HOUR
            sending.ports[0] = snapshot(1, PortHealth.READY, read_at=clock.now)
            await look(sending)
            assert (await sending.settled(waits)).state is S.SENT
            assert sending.sender.trouble == ""


async def test_what_is_put_off_while_it_is_about_to_leave_still_leaves_once(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending, running(sending):
        sending.ami.connecting.clear()
        message = await sending.submit(by_ami())
        await until(lambda: sending.ami.waiting > 0)
        sending.sender.put_off(message.id, None, None).result(10)
        await look(sending)
        sending.ami.connecting.set()
        assert (await sending.settled(message)).state is S.SENT
        assert (await sending.send(by_ami("another"))).state is S.SENT
        assert len(sending.ami.lines) == 2


async def test_a_store_that_can_t_be_read_ends_nothing_that_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as sending:
        looks = 0

        def first_end() -> float:
            nonlocal looks
            looks += 1
            raise StoreError("the disk is gone")

        monkeypatch.setattr(sending.store.planned, "first_end", first_end)
        sending.ami.gate.clear()
        async with running(sending):
            message = await sending.submit(by_ami())
            await until(lambda: looks > 1 and sending.ami.at_once > 0)
            sending.ami.gate.set()
            assert (await sending.settled(message)).state is S.SENT


async def test_a_process_that_plans_nothing_takes_nothing_but_calls_off(tmp_path: Path) -> None:
    clock = FixedClock()
    async with sending_by(tmp_path, clock) as other:
        message: OutboxMessage = await other.submit(planned(1, 2))
        looker = Sending(other.store, FakeAmi(), FakeSendsms(), clock=clock, rules=RULES)
        clock.now += HOUR
        await look(looker)
        assert other.store.planned.waiting() == [message]
        clock.now += 2 * HOUR
        await look(looker)
        assert other.now(message).state is S.FAILED
