"""Bad days of a gateway, each with what may become of the messages that are sent meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.messages import Via
from console.simulator.http.web import HttpFault
from tests.support.trouble import LEAVING, OPEN, PORTS, Bench, Setting, Tally, bench, compare

if TYPE_CHECKING:
    from pathlib import Path

SEND = "gsm send"
"""How the commands begin that the trouble is about: the console asks for the state of ports meanwhile."""

HEARS = Setting()
DEAF = Setting(hears=False)

Play = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the table."""

    name: str
    play: Play
    """Sends, makes trouble, and waits until all is settled that can be."""
    expected: dict[S, int]
    """How many messages end in which state: at least, where some may go either way."""
    may: frozenset[S] = frozenset()
    """States beside these."""
    setting: Setting = HEARS
    ports: int = PORTS
    """Ports to wait for at the beginning."""


async def play(case: Case, folder: Path) -> Tally:
    """Play it, and hold what the console says against the air."""
    async with bench(folder, case.setting) as it:
        await it.ready(ports=case.ports)
        await case.play(it)
        await it.gateway.queue.idle()
        states = it.states()
        assert all(states[state] >= count for state, count in case.expected.items()), dict(states)
        assert {state for state, count in states.items() if count} <= case.expected.keys() | case.may, dict(states)
        return compare(it.store, it.gateway, it.batches)


def cut_at(http: HttpFault) -> Play:
    async def story(it: Bench) -> None:
        it.gateway.break_http(http, times=3)
        await it.send(8, Via.HTTP)
        await it.settled(LEAVING if not it.gateway.options.send_results else LEAVING | {S.ACCEPTED})

    return story


# ---- answers ------------------------------------------------------------------------------------------------


async def ami_answers_late(it: Bench) -> None:
    it.gateway.hold_answers(only=SEND)
    await it.send(8, Via.AMI)
    await it.on_air(4)
    await it.until(lambda states: states[S.UNKNOWN] == 4)
    it.gateway.release_answers()
    await it.settled()


async def http_answers_late(it: Bench) -> None:
    it.gateway.hold_http()
    await it.send(8, Via.HTTP)
    await it.until(lambda states: states[S.UNKNOWN] == 4)
    it.gateway.release_http()
    await it.settled(LEAVING)


async def ami_result_first(it: Bench) -> None:
    it.gateway.hold_answers(only=SEND)
    await it.send(8, Via.AMI)
    await it.until(lambda states: states[S.SENT] == 4)
    it.gateway.release_answers()
    await it.settled()


async def http_result_first(it: Bench) -> None:
    it.gateway.hold_http()
    await it.send(8, Via.HTTP)
    await it.until(lambda states: states[S.SENT] == 4)
    it.gateway.release_http()
    await it.settled()


async def ami_answer_swallowed(it: Bench) -> None:
    it.gateway.swallow_answer(only=SEND)
    await it.send(8, Via.AMI, long=True)
    await it.settled()


async def result_twice(it: Bench, via: Via) -> None:
    it.gateway.repeat_callbacks(2)
    await it.send(24, via)
    await it.until(lambda states: states[S.DELIVERED] + states[S.FAILED] == 24)


async def sent(it: Bench, via: Via) -> None:
    await it.send(8, via)
    await it.settled()


# ---- connections --------------------------------------------------------------------------------------------


async def ami_cut_before(it: Bench) -> None:
    """The commands have left, and the gateway never carries them out."""
    it.gateway.hold_answers(only=SEND, unread=True)
    await it.send(8, Via.AMI)
    await it.until(lambda _: it.gateway.ami.trouble.held == PORTS)
    it.gateway.cut_ami()
    it.gateway.release_answers()
    await it.settled()


async def ami_cut_waiting(it: Bench) -> None:
    """The commands are carried out, and nobody is there to hear the answers."""
    it.gateway.hold_answers(only=SEND)
    await it.send(8, Via.AMI)
    await it.on_air(4)
    it.gateway.cut_ami()
    it.gateway.release_answers()
    await it.settled()


async def ami_cut_in_the_answer(it: Bench) -> None:
    await it.send(12, Via.AMI, long=True)
    for count in (2, 8, 14):
        it.gateway.cut_mid_answer(only=SEND)
        await it.until(lambda states, count=count: len(it.gateway.air) >= count or not _leaving(states))  # type: ignore[misc]
    await it.settled()


async def ami_cut_after(it: Bench) -> None:
    await it.send(24, Via.AMI)
    for count in (4, 10, 16):
        await it.until(lambda states, count=count: states[S.SENT] >= count)  # type: ignore[misc]
        it.gateway.cut_ami()
    await it.settled()


async def ami_half_open(it: Bench) -> None:
    it.gateway.hold_answers(only=SEND)
    await it.send(8, Via.AMI)
    await it.on_air(4)
    it.gateway.half_open()
    it.gateway.release_answers()
    await it.settled()


# ---- the gateway --------------------------------------------------------------------------------------------


async def wrong_password(it: Bench, via: Via) -> None:
    await it.send(30, via, named=True)
    await it.paused()


async def reboot(it: Bench, via: Via) -> None:
    async with _in_the_middle(it, via):
        await it.gateway.lose_power()
    await it.gateway.start()
    await it.settled()


async def shut_down(it: Bench, via: Via) -> None:
    """Asterisk stops and comes back; the web server stays."""
    async with _in_the_middle(it, via):
        it.gateway.shut_down(restart=True, back_after=5)
    await it.settled()


async def using_storm(it: Bench) -> None:
    def told() -> int:
        """How often the console was told WAS USING."""
        messages = it.store.outbox_slice(0, 24)
        return sum("WAS USING" in one.raw for message in messages for one in it.store.evidence(message.id))

    await it.send(24, Via.AMI, long=True)
    for count in (4, 16, 28, 40):
        for port in range(1, PORTS + 1):
            it.gateway.occupy(port)
        before = await asyncio.to_thread(told)
        await it.until(lambda _, before=before: told() >= before + PORTS)  # type: ignore[misc]
        for port in range(1, PORTS + 1):
            it.gateway.occupy(port, occupied=False)
        await it.on_air(count)
    await it.settled()


async def using_for_ever(it: Bench, via: Via) -> None:
    it.gateway.occupy(2)
    await it.send(8, via, named=True)
    await it.settled()


async def sim_pulled(it: Bench, via: Via) -> None:
    async with _in_the_middle(it, via):
        it.gateway.pull_sim(2)
    await it.settled()


async def network_refuses(it: Bench, via: Via) -> None:
    async with _in_the_middle(it, via):
        it.gateway.fail_port(3)
    await it.settled()


@asynccontextmanager
async def _in_the_middle(it: Bench, via: Via) -> AsyncIterator[None]:
    """Four were sent, twenty follow, and all ports are about to send the next; they do so after the block."""
    await it.send(PORTS, via)
    await it.settled()
    it.pace.hold()
    await it.send(5 * PORTS, via, text="more")
    ports = [it.gateway.port(number) for number in range(1, PORTS + 1)]
    await it.until(lambda _: all(port.sending for port in ports))
    yield
    it.pace.release()


def _leaving(states: dict[S, int]) -> bool:
    return any(states[state] for state in OPEN)


def by(story: Callable[[Bench, Via], Awaitable[None]], via: Via) -> Play:
    return lambda it: story(it, via)


WAITS = frozenset({S.QUEUED})
EITHER = frozenset({S.SENT, S.UNKNOWN})
RESULTS_LATE = Setting(hears=False, result_wait=0.3)
REPORTS = Setting(reports=True)

CASES = (
    Case("AMI: answers after the time-out, no results", ami_answers_late, {S.UNKNOWN: 4, S.SENT: 4}, setting=DEAF),
    Case(
        "HTTP: answers after the time-out, no results", http_answers_late, {S.UNKNOWN: 4, S.ACCEPTED: 4}, setting=DEAF
    ),
    Case("AMI: result before the answer", ami_result_first, {S.SENT: 8}),
    Case("HTTP: result before the answer", http_result_first, {S.SENT: 8}),
    Case("AMI: an answer never comes", ami_answer_swallowed, {S.UNKNOWN: 1, S.SENT: 7}, setting=DEAF),
    Case("AMI: an answer never comes, its result does", ami_answer_swallowed, {S.SENT: 8}),
    Case("AMI: results and reports twice", by(result_twice, Via.AMI), {S.DELIVERED: 1}, frozenset({S.FAILED}), REPORTS),
    Case(
        "HTTP: results and reports twice", by(result_twice, Via.HTTP), {S.DELIVERED: 1}, frozenset({S.FAILED}), REPORTS
    ),
    Case("HTTP: results never", by(sent, Via.HTTP), {S.UNKNOWN: 8}, setting=RESULTS_LATE),
    Case("AMI: cut before it is carried out", ami_cut_before, {S.UNKNOWN: 4, S.SENT: 4}),
    Case("AMI: cut before the answer", ami_cut_waiting, {S.SENT: 4}, EITHER, DEAF),
    Case("AMI: cut in the answer", ami_cut_in_the_answer, {S.UNKNOWN: 1, S.SENT: 1}, setting=DEAF),
    Case("AMI: cut after the answer", ami_cut_after, {S.SENT: 12}, EITHER),
    Case("AMI: half-open", ami_half_open, {S.UNKNOWN: 4, S.SENT: 4}, setting=DEAF),
    Case("HTTP: cut before it is carried out", cut_at(HttpFault.CLOSED_UNREAD), {S.UNKNOWN: 3, S.SENT: 5}),
    Case(
        "HTTP: closed without an answer, no results",
        cut_at(HttpFault.SILENT),
        {S.UNKNOWN: 3, S.ACCEPTED: 5},
        setting=DEAF,
    ),
    Case("HTTP: reset, no results", cut_at(HttpFault.RESET), {S.UNKNOWN: 3, S.ACCEPTED: 5}, setting=DEAF),
    Case("HTTP: cut in the answer, no results", cut_at(HttpFault.HALF), {S.UNKNOWN: 3, S.ACCEPTED: 5}, setting=DEAF),
    Case("HTTP: cut in the answer, results come", cut_at(HttpFault.HALF), {S.SENT: 5}, EITHER),
    Case(
        "AMI: wrong secret",
        by(wrong_password, Via.AMI),
        {S.FAILED: 10, S.QUEUED: 1},
        setting=Setting(secret="no"),
        ports=0,
    ),
    Case(
        "HTTP: wrong password",
        by(wrong_password, Via.HTTP),
        {S.FAILED: 10, S.QUEUED: 1},
        setting=Setting(password="no"),
    ),
    Case("AMI: power lost", by(reboot, Via.AMI), {S.SENT: 4, S.UNKNOWN: 4}),
    Case(
        "HTTP: power lost, its queue too",
        by(reboot, Via.HTTP),
        {S.SENT: 4, S.UNKNOWN: 4},
        setting=Setting(result_wait=1.0),
    ),
    Case("AMI: Asterisk restarts", by(shut_down, Via.AMI), {S.SENT: 4, S.UNKNOWN: 4}),
    Case("AMI: WAS USING storms", using_storm, {S.SENT: 24}),
    Case("AMI: a port held by others for ever", by(using_for_ever, Via.AMI), {S.SENT: 6, S.FAILED: 2}),
    Case(
        "HTTP: a port held by others for ever",
        by(using_for_ever, Via.HTTP),
        {S.SENT: 6, S.UNKNOWN: 2},
        setting=Setting(result_wait=0.5),
    ),
    Case("AMI: a SIM pulled", by(sim_pulled, Via.AMI), {S.SENT: 18, S.FAILED: 1}),
    Case("HTTP: a SIM pulled", by(sim_pulled, Via.HTTP), {S.SENT: 16, S.FAILED: 1}),
    Case("AMI: the network refuses a port", by(network_refuses, Via.AMI), {S.SENT: 18, S.FAILED: 1}),
    Case("HTTP: the network refuses a port", by(network_refuses, Via.HTTP), {S.SENT: 16, S.FAILED: 1}),
)

YEASTAR = Setting(result_wait=1.0, dialect="yeastar")
DEAF_YEASTAR = replace(YEASTAR, hears=False)

YEASTAR_CASES = (
    Case("Yeastar: answers after the time-out, no results", ami_answers_late, {S.UNKNOWN: 8}, setting=DEAF_YEASTAR),
    Case("Yeastar: result before the answer", ami_result_first, {S.SENT: 8}, setting=YEASTAR),
    Case("Yeastar: an answer never comes, no results", ami_answer_swallowed, {S.UNKNOWN: 8}, setting=DEAF_YEASTAR),
    Case("Yeastar: an answer never comes, its result does", ami_answer_swallowed, {S.SENT: 8}, setting=YEASTAR),
    Case("Yeastar: results never", by(sent, Via.AMI), {S.UNKNOWN: 8}, setting=DEAF_YEASTAR),
    Case("Yeastar: cut before it is carried out", ami_cut_before, {S.UNKNOWN: 4}, EITHER, YEASTAR),
    Case("Yeastar: cut before the answer", ami_cut_waiting, {S.UNKNOWN: 8}, setting=DEAF_YEASTAR),
    Case("Yeastar: cut in the answer", ami_cut_in_the_answer, {}, EITHER, YEASTAR),
    Case("Yeastar: half-open", ami_half_open, {S.UNKNOWN: 8}, setting=DEAF_YEASTAR),
    Case(
        "Yeastar: wrong secret",
        by(wrong_password, Via.AMI),
        {S.FAILED: 10, S.QUEUED: 1},
        setting=replace(YEASTAR, secret="no"),
        ports=0,
    ),
    Case("Yeastar: power lost", by(reboot, Via.AMI), {S.SENT: 4, S.UNKNOWN: 4}, setting=YEASTAR),
    Case("Yeastar: Asterisk restarts", by(shut_down, Via.AMI), {S.SENT: 4, S.UNKNOWN: 4}, setting=YEASTAR),
    Case(
        "Yeastar: a port held by others for ever",
        by(using_for_ever, Via.AMI),
        {S.SENT: 6, S.UNKNOWN: 2},
        setting=YEASTAR,
    ),
    Case("Yeastar: a SIM pulled", by(sim_pulled, Via.AMI), {S.SENT: 4, S.FAILED: 1}, EITHER, YEASTAR),
    Case(
        "Yeastar: the network refuses a port", by(network_refuses, Via.AMI), {S.SENT: 4, S.FAILED: 1}, EITHER, YEASTAR
    ),
)
"""The same bad days of a gateway that tells each result by an event."""
