"""Which message leaves next, and through which port."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from console.config import PortSet, SimLimits
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Via
from console.domain.ports import SUSPECT_AFTER, PortHealth
from console.domain.sending import BatchState
from console.errors import CannotSend, NotConnected
from console.services.sending.dispatcher import STREAK
from console.services.sending.routing import PORT_REST
from console.store import Store
from console.store.presence import GRACE
from tests.support.backend import FixedClock
from tests.support.sending import (
    GATEWAY,
    NOT_SENT,
    SENT,
    FakeAmi,
    FakeSendsms,
    Sending,
    by_ami,
    by_http,
    report,
    running,
    snapshot,
    until,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from console.config import GatewayConfig

READY = [snapshot(port, PortHealth.READY) for port in range(1, 5)]


@asynccontextmanager
async def sending_by(path: Path, gateway: GatewayConfig = GATEWAY) -> AsyncIterator[Sending]:
    clock = FixedClock()
    store = Store.open(path / "console.db", clock=clock)
    sending = Sending(store, FakeAmi(), FakeSendsms(), gateway=gateway, clock=clock)
    sending.ports = list(READY)
    try:
        async with running(sending):
            yield sending
    finally:
        store.close()


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Sending]:
    async with sending_by(tmp_path) as sending:
        yield sending


def many(count: int, **changes: object) -> list[Draft]:
    drafts = [by_ami(port=None, to=f"+49151{number:06}") for number in range(count)]
    return [replace(draft, **changes) for draft in drafts]  # type: ignore[arg-type]


def ports_of(sending: Sending) -> list[int]:
    return [int(line.split()[4]) for line in sending.ami.lines]


async def test_a_batch_is_spread_evenly_over_the_ports_that_are_ready(sending: Sending) -> None:
    sending.ports[1] = snapshot(2, PortHealth.NO_SIM)
    batch = await sending.submit_all(*many(9))
    await until(lambda: sending.states(batch) == {S.SENT: 9})
    assert sorted(ports_of(sending)) == [1, 1, 1, 3, 3, 3, 4, 4, 4]
    assert len({line.split()[5] for line in sending.ami.lines}) == 9


async def test_a_batch_is_queued_whole_or_not_at_all(sending: Sending) -> None:
    with pytest.raises(CannotSend, match="not a number"):
        await sending.submit_all(by_ami(), by_ami(to="Bank"))
    assert sending.store.outbox_count() == 0


async def test_one_on_its_own_does_not_wait_for_a_batch(sending: Sending) -> None:
    sending.ami.gate.clear()
    await sending.submit_all(*many(6))
    await until(lambda: len(sending.ami.lines) == 2)
    alone = await sending.submit(by_ami("alone", port=None))
    sending.ami.gate.set()
    await sending.settled(alone)
    assert ["alone" in line for line in sending.ami.lines].index(True) == 2


async def test_what_is_for_a_busy_port_holds_up_nobody_else(sending: Sending) -> None:
    sending.ami.gate.clear()
    for port in (1, 1, 2):
        await sending.submit(by_ami(f"through {port}", port=port))
    await until(lambda: len(sending.ami.lines) == 2)
    assert sorted(ports_of(sending)) == [1, 2]
    sending.ami.gate.set()
    await until(lambda: len(sending.ami.lines) == 3)


@pytest.mark.parametrize(("order", "ports"), [("ascending", [1, 2, 4, 1, 2]), ("descending", [4, 2, 1, 4, 2])])
async def test_a_set_is_gone_through_in_turn(tmp_path: Path, order: str, ports: list[int]) -> None:
    chosen = PortSet("night", (2, 1, 4), "ascending" if order == "ascending" else "descending")
    async with sending_by(tmp_path, replace(GATEWAY, port_sets=(chosen,))) as sending:
        for _ in range(5):
            await sending.send(replace(by_ami(port=None), pool="night"))
        assert ports_of(sending) == ports


async def test_of_a_set_only_ports_that_can_send(tmp_path: Path) -> None:
    gateway = replace(GATEWAY, port_sets=(PortSet("night", (1, 2)),))
    async with sending_by(tmp_path, gateway) as sending:
        sending.ports[0] = snapshot(1, PortHealth.UNREGISTERED)
        for _ in range(2):
            await sending.send(replace(by_ami(port=None), pool="night"))
        assert ports_of(sending) == [2, 2]
        sending.ports[1] = snapshot(2, PortHealth.OFF)
        with pytest.raises(CannotSend, match="No port of the set night is ready"):
            await sending.submit(replace(by_ami(port=None), pool="night"))
        with pytest.raises(CannotSend, match="no port set named 'day'"):
            await sending.submit(replace(by_ami(port=None), pool="day"))


async def test_a_queued_message_waits_while_no_port_can_take_it_and_says_so(sending: Sending) -> None:
    sending.ami.gate.clear()
    batch = await sending.submit_all(*many(5))
    await until(lambda: len(sending.ami.lines) == 2)
    sending.ports[:] = [snapshot(port, PortHealth.UNREGISTERED) for port in range(1, 5)]
    sending.ami.gate.set()
    await until(lambda: "no port that may send is ready" in sending.sender.trouble)
    await until(lambda: sending.states(batch) == {S.SENT: 2, S.QUEUED: 3})
    sending.ports[:] = READY
    await until(lambda: sending.states(batch) == {S.SENT: 5})
    assert sending.sender.trouble == ""


async def test_a_named_port_that_lost_its_sim_meanwhile_fails_and_nothing_leaves(sending: Sending) -> None:
    sending.ami.gate.clear()
    first, second = await sending.submit(by_ami(port=1)), await sending.submit(by_ami(port=1))
    await until(lambda: len(sending.ami.lines) == 1)
    sending.ports[0] = snapshot(1, PortHealth.NO_SIM)
    sending.ami.gate.set()
    assert (await sending.settled(first)).state is S.SENT
    assert (await sending.settled(second)).detail == "not sent: Port 1 can't send: no SIM."
    assert len(sending.ami.lines) == 1


async def test_the_pace_is_kept_on_each_port_and_longer_after_a_failure(tmp_path: Path) -> None:
    async with sending_by(tmp_path, replace(GATEWAY, pace=3.0, pace_after_failure=30.0)) as sending:
        sending.ami.answers = [SENT, NOT_SENT, SENT]
        for pauses in range(3):
            await sending.send(by_ami(port=1))
            await until(partial(lambda so_far: len(sending.pauses) > so_far, pauses))
            sending.clock.now += sending.pauses[-1]
        assert sending.pauses == [3.0, 30.0, 3.0]


async def test_a_sim_at_its_limit_is_not_used(tmp_path: Path) -> None:
    gateway = replace(GATEWAY, limits=SimLimits(daily=2), sims={3: SimLimits(monthly=1), 4: SimLimits(daily=0)})
    async with sending_by(tmp_path, gateway) as sending:
        batch = await sending.submit_all(*many(5))
        await until(lambda: sending.states(batch) == {S.SENT: 5})
        assert sorted(ports_of(sending)) == [1, 1, 2, 2, 3]
        with pytest.raises(CannotSend, match="Every ready port of gw1 is at its limit"):
            await sending.submit(by_ami(port=None))
        with pytest.raises(CannotSend, match="Port 1: 2 of 2 segments today"):
            await sending.submit(by_ami(port=1))
        with pytest.raises(CannotSend, match="Port 3: 1 of 1 segments this month"):
            await sending.submit(by_http(port=3))
        assert sending.sender.usage("gw1")[1].today == 2


async def test_a_limit_counts_segments(tmp_path: Path) -> None:
    async with sending_by(tmp_path, replace(GATEWAY, limits=SimLimits(daily=2))) as sending:
        with pytest.raises(CannotSend, match="Port 1: 0 of 2 segments today, and this message needs 3 more"):
            await sending.submit(by_ami("x" * 400, port=1))
        await sending.send(by_ami("x" * 300, port=1))
        assert sending.sender.usage("gw1")[1].left == 0


async def test_a_paused_batch_waits_and_a_cancelled_one_never_leaves(sending: Sending) -> None:
    sending.ami.gate.clear()
    paused = await sending.submit_all(*many(4))
    await until(lambda: len(sending.ami.lines) == 2)
    sending.sender.set_batch(paused.id, BatchState.PAUSED).result(10)
    cancelled = await sending.submit_all(*many(3))
    sending.sender.set_batch(cancelled.id, BatchState.CANCELLED).result(10)
    sending.ami.gate.set()
    await until(lambda: sending.states(paused) == {S.SENT: 2, S.QUEUED: 2})
    assert sending.states(cancelled) == {S.CANCELLED: 3}
    sending.sender.set_batch(paused.id, BatchState.RUNNING).result(10)
    await until(lambda: sending.states(paused) == {S.SENT: 4})
    assert len(sending.ami.lines) == 4


async def test_while_the_gateway_can_t_be_reached_a_batch_waits_and_nothing_is_lost(sending: Sending) -> None:
    sending.ami.refusals = [NotConnected("gw1 can't be reached") for _ in range(7)]
    batch = await sending.submit_all(*many(5))
    await until(lambda: sending.states(batch) == {S.SENT: 5})
    assert len(sending.ami.lines) == 5
    assert len(sending.pauses) >= 3, "it rests between"


async def test_by_http_as_well(sending: Sending) -> None:
    sending.sendsms.answers = [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), *[report("sending")] * 3]
    batch = await sending.submit_all(*many(3, via=Via.HTTP))
    await until(lambda: sending.states(batch) == {S.ACCEPTED: 3})
    assert len(sending.sendsms.requests) == 3


async def test_a_single_message_is_not_kept_waiting_by_a_gateway_that_is_away(sending: Sending) -> None:
    sending.ami.refusals = [NotConnected("gw1 can't be reached")]
    assert (await sending.send(by_ami())).state is S.FAILED


async def test_a_streak_of_failures_pauses_the_batch(sending: Sending) -> None:
    sending.ami.answers = [NOT_SENT] * 100
    batch = await sending.submit_all(*many(30))

    def is_paused() -> bool:
        found = sending.store.sending.batch(batch.id)
        return found is not None and found.state is BatchState.PAUSED

    await until(is_paused)
    await until(lambda: S.SUBMITTING not in sending.states(batch))
    failed = sending.states(batch)[S.FAILED]
    assert STREAK <= failed < STREAK + 4, "what was under way by then ends as it ends"
    assert sending.store.audit.newest(1)[0].operator == f"console, paused: {STREAK} messages in a row failed"


async def test_http_names_the_port_that_is_ready_and_leaves_the_choice_where_none_is_known(sending: Sending) -> None:
    sending.sendsms.answers = [report("sending")] * 2
    sending.ports[0] = snapshot(1, PortHealth.NEEDS_PIN)
    await sending.send(by_http())
    sending.ports.clear()
    await sending.send(by_http())
    assert [request.url.params.get("port") for request in sending.sendsms.requests] == ["2", None]


async def test_http_is_refused_when_every_port_said_that_it_can_t(sending: Sending) -> None:
    sending.ports[:] = [snapshot(1, PortHealth.NO_SIM), snapshot(2, PortHealth.OFF)]
    with pytest.raises(CannotSend, match="No port of gw1 is ready"):
        await sending.submit(by_http())


async def test_a_port_on_which_all_fails_is_left_alone_while_others_can_send(sending: Sending) -> None:
    sending.ports[:] = READY[:2]
    sending.ami.answer_to = lambda line: NOT_SENT if line.split()[4] == "1" else SENT
    batch = await sending.submit_all(*many(20))
    await until(lambda: S.QUEUED not in sending.states(batch) and S.SUBMITTING not in sending.states(batch))
    assert sending.states(batch) == {S.FAILED: SUSPECT_AFTER, S.SENT: 20 - SUSPECT_AFTER}
    sending.ami.answer_to = None
    sending.clock.now += PORT_REST
    sending.ami.lines.clear()
    await sending.submit_all(*many(10))
    await until(lambda: len(sending.ami.lines) == 10)
    assert 1 in ports_of(sending), "after a rest it is tried again"


@pytest.mark.parametrize("write", [by_ami, by_http])
async def test_what_was_chosen_but_has_not_left_waits_with_its_batch_and_is_not_forgotten(
    sending: Sending, write: Callable[..., Draft]
) -> None:
    other = Store.open(sending.store.path, clock=sending.clock)  # a colleague's console
    try:
        sending.ami.connecting.clear()
        sending.store.sending.begin = _paused_before(other, sending.store.sending.begin)  # type: ignore[method-assign, assignment]
        batch = await sending.submit_all(write(port=1))
        sending.ami.connecting.set()
        await until(lambda: sending.store.sending.batch_state(batch.id) is BatchState.PAUSED)
        single = await sending.send(by_ami(port=2))
        assert (single.state, sending.states(batch)) == (S.SENT, {S.QUEUED: 1}), "and nobody else waits for it"
        other.sending.set_batch(batch.id, BatchState.RUNNING, "bob").result(10)
        await until(lambda: not sending.states(batch).get(S.QUEUED))
    finally:
        other.close()


def _paused_before(other: Store, begin: Callable[..., object]) -> Callable[..., object]:
    """A colleague pauses batch 1 at the last moment, once."""
    pause = [BatchState.PAUSED]

    def held(message_id: int, *arguments: object) -> object:
        if pause:
            other.sending.set_batch(1, pause.pop(), "bob").result(10)
        return begin(message_id, *arguments)

    return held


async def test_what_comes_back_after_its_batch_was_called_off_is_called_off_too(sending: Sending) -> None:
    sending.ami.connecting.clear()
    sending.ami.refusals = [NotConnected("gw1 can't be reached")]
    batch = await sending.submit_all(*many(1))
    await until(lambda: sending.ami.waiting == 1)
    message = sending.store.outbox_slice(0, 1)[0]
    # It is just leaving: the store has nothing to call off.
    sending.store.sending.begin(message.id, 0, 1, "").result(10)
    sending.sender.set_batch(batch.id, BatchState.CANCELLED).result(10)
    assert sending.now(message).state is S.SUBMITTING
    sending.ami.connecting.set()
    await until(lambda: sending.now(message).state is S.CANCELLED)
    assert sending.ami.lines == []
    assert sending.story(message)[-1] == f"0 cancelled: cancelled by the end of batch {batch.id}"


async def test_broken_off_and_run_again_nothing_leaves_twice_and_nothing_is_forgotten(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sending = Sending(store, FakeAmi(), FakeSendsms())
    sending.ports = list(READY)
    sending.ami.gate.clear()
    async with running(sending):
        batch = await sending.submit_all(*many(6))
        await until(lambda: sending.states(batch) == {S.SUBMITTING: 2, S.QUEUED: 4})
        await until(lambda: len(sending.ami.lines) == 2)
    sending.ami.gate.set()
    async with running(sending):
        await until(lambda: sending.states(batch) == {S.UNKNOWN: 2, S.SENT: 4})
        left = [message for message in store.outbox_slice(0, 6) if message.state is S.UNKNOWN]
        assert sending.story(left[0])[-1] == "0 unknown: the console stopped while it was sending"
        again = await sending.submit_all(*many(8))
        await until(lambda: sending.states(again) == {S.SENT: 8})
    assert len({line.split()[-1] for line in sending.ami.lines}) == len(sending.ami.lines) == 14
    assert set(ports_of(sending)[-8:]) == {1, 2, 3, 4}, "no port stayed busy"
    store.close()


async def test_broken_off_before_anything_left_it_goes_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sending = Sending(store, FakeAmi(), FakeSendsms())
    sending.ami.connecting.clear()
    async with running(sending):
        message = await sending.submit(by_ami())
        await until(lambda: sending.ami.waiting == 1)
    assert sending.now(message).state is S.QUEUED
    sending.ami.connecting.set()
    async with running(sending):
        assert (await sending.settled(message)).state is S.SENT
    assert len(sending.ami.lines) == 1
    store.close()


@pytest.mark.parametrize("via", [Via.AMI, Via.HTTP])
async def test_what_another_process_took_over_is_not_sent_by_this_one_too(tmp_path: Path, via: Via) -> None:
    clock = FixedClock()
    path = tmp_path / "console.db"
    store, other = Store.open(path, clock=clock), Store.open(path, clock=clock)
    sending = Sending(store, FakeAmi(), FakeSendsms(report("sending")), clock=clock)
    sending.ports = list(READY)
    batch = await sending.submit_all(*many(1, via=via))
    clock.now += GRACE + 1
    taken = other.sending.take_over("bob").result(10)
    assert len(taken) == 1, "this one was silent for so long that it was taken for gone"
    other.sending.begin(taken[0].id, 0, 2, "").result(10)
    async with running(sending):
        await sending.send(by_ami("mine"))
    assert [line.split()[6] for line in sending.ami.lines] == ['"mine"']
    assert sending.sendsms.requests == []
    assert sending.states(batch) == {S.SUBMITTING: 1}, "the other one is sending it"
    other.close()
    store.close()
