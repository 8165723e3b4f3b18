"""The port monitor against a played AMI link: what it asks, what it keeps, what it does not lose."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import AlarmConfig, AmiConfig, GatewayConfig, Secret
from console.domain.ports import PortHealth, PortSnapshot
from console.errors import ActionRefused, NotConnected, OutcomeUnknown
from console.services.ports.monitor import SIGNAL_READINGS, SPAN_LIST, PortMonitor, StatusSchedule
from tests.support.backend import NOON, FixedClock
from tests.support.sending import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

READY = """\
D-channel: 2
Status: Power on, Provisioned, Up, Active, Standard
Network Name: CHINA MOBILE
Network Status: Registered (Home network)
Signal Quality (0,31): 15
State: READY"""


class Hurried(FixedClock):
    """A clock that runs ahead by itself: whatever is waited for is due at the next look."""

    def monotonic(self) -> float:
        self.now += 50.0
        return self.now - NOON

    def time(self) -> float:
        return NOON + 1


class FakeLink:
    """An AMI link: answers by line, from `answers`; counts, and notices two questions at a time."""

    def __init__(self, ports: int = 2) -> None:
        self.answers: dict[str, str | Exception] = {
            "gsm show spans": "\n".join(
                f"GSM span {port}: Power on, Provisioned, Up, Active, Standard" for port in range(1, ports + 1)
            )
        }
        for port in range(1, ports + 1):
            self.answers[f"gsm show span {port}"] = READY
        self.lines: list[str] = []
        self.overlapped = False
        self.silent_on = ""
        """A line that never gets its answer."""
        self._busy = False

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]:
        self.overlapped = self.overlapped or self._busy
        self._busy = True
        self.lines.append(line)
        await asyncio.sleep(0)
        if line == self.silent_on:
            await asyncio.Event().wait()
        self._busy = False
        answer = self.answers[line]
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer.split("\n"))

    def asked(self, port: int) -> int:
        return self.lines.count(f"gsm show span {port}")


def monitor(link: FakeLink, clock: FixedClock, *, period: float = 10.0, stale_seconds: float = 120.0) -> PortMonitor:
    ami = AmiConfig(username="admin", secret=Secret("s"), status_period=period)
    return PortMonitor(
        GatewayConfig("gw1", "192.0.2.10", ami=ami), link, clock, alarms=AlarmConfig(stale_seconds=stale_seconds)
    )


@asynccontextmanager
async def running(subject: PortMonitor) -> AsyncIterator[None]:
    task = asyncio.create_task(subject.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


def health(subject: PortMonitor) -> list[PortHealth]:
    return [snapshot.health for snapshot in subject.ports]


def find(subject: PortMonitor, port: int) -> PortSnapshot:
    return next(snapshot for snapshot in subject.ports if snapshot.port == port)


async def test_every_port_is_read_at_once_and_carries_its_time() -> None:
    link, clock = FakeLink(3), FixedClock()
    subject = monitor(link, clock)
    async with running(subject):
        await until(lambda: [port.read_at for port in subject.ports] == [NOON] * 3)
    assert link.lines[:4] == ["gsm show spans", "gsm show span 1", "gsm show span 2", "gsm show span 3"]
    assert health(subject) == [PortHealth.READY] * 3
    assert find(subject, 2).report.operator == "CHINA MOBILE"
    assert find(subject, 2).raw == READY


async def test_a_port_is_listed_before_it_is_read() -> None:
    link = FakeLink(1)
    link.silent_on = "gsm show span 1"
    subject = monitor(link, FixedClock())
    async with running(subject):
        await until(lambda: len(link.lines) == 2)
        [port] = subject.ports
        assert (port.health, port.read_at) == (PortHealth.UNKNOWN, None)
        assert port.report.status.startswith("Power on")


@pytest.mark.parametrize(
    ("period", "stale_seconds", "seconds"), [(10, 120, 120), (10, 600, 600), (10, 5, 60), (60, 120, 360)]
)
async def test_a_reading_counts_as_long_as_configured_and_while_rounds_last(
    period: float, stale_seconds: float, seconds: float
) -> None:
    link, clock = FakeLink(1), FixedClock()
    subject = monitor(link, clock, period=period, stale_seconds=stale_seconds)
    async with running(subject):
        await until(lambda: bool(subject.ports) and subject.ports[0].read_at == NOON)
    assert subject.ports[0].is_fresh(NOON + seconds)
    assert not subject.ports[0].is_fresh(NOON + seconds + 1)


async def test_with_nothing_to_ask_it_waits() -> None:
    link = FakeLink(2)
    subject = monitor(link, FixedClock())
    async with running(subject):
        await until(lambda: len(link.lines) == 3)
        for _ in range(50):
            await asyncio.sleep(0)
    assert len(link.lines) == 3


async def test_a_poke_asks_at_once_once_the_port_s_second_is_over() -> None:
    link, clock = FakeLink(2), FixedClock()
    subject = monitor(link, clock)
    async with running(subject):
        await until(lambda: len(link.lines) == 3)
        clock.now += 2
        link.answers["gsm show span 2"] = READY.replace("READY", "SMS SENDING")
        subject.poke(2)
        await until(lambda: find(subject, 2).health is PortHealth.BUSY)
        assert find(subject, 2).since == NOON + 2
        assert find(subject, 1).read_at == NOON


async def test_never_two_questions_at_a_time() -> None:
    link = FakeLink(4)
    subject = monitor(link, Hurried())
    async with running(subject):
        for _ in range(20):
            subject.poke(None)
            asked = len(link.lines)
            await until(lambda asked=asked: len(link.lines) > asked + 3)  # type: ignore[misc]
    assert not link.overlapped


async def test_failing_answers_stop_nobody_else_and_what_is_known_stays() -> None:
    link, clock = FakeLink(3), FixedClock()
    subject = monitor(link, clock)
    async with running(subject):
        await until(lambda: all(port.read_at for port in subject.ports) and len(subject.ports) == 3)
        clock.now += 5
        link.answers["gsm show spans"] = ActionRefused("Permission denied")
        link.answers["gsm show span 1"] = OutcomeUnknown("no answer came within 10 s")
        link.answers["gsm show span 2"] = ""
        subject.poke(None)
        await until(lambda: find(subject, 3).read_at == NOON + 5)
    assert find(subject, 1).read_at == NOON
    assert find(subject, 2).read_at == NOON
    assert health(subject) == [PortHealth.READY] * 3


async def test_while_the_link_is_down_the_old_answers_stay_with_their_age() -> None:
    link, clock = FakeLink(2), FixedClock()
    subject = monitor(link, clock)
    async with running(subject):
        await until(lambda: len(link.lines) == 3)
        before, revision = subject.ports, subject.revision
        good = dict(link.answers)
        link.answers = dict.fromkeys(good, NotConnected("AMI is down"))
        clock.now += 60
        subject.poke(None)
        await until(lambda: len(link.lines) == 6)
        assert subject.ports is before
        assert subject.revision == revision
        link.answers = good
        subject.poke(None)
        await until(lambda: [port.read_at for port in subject.ports] == [NOON + 60] * 2)


async def test_an_empty_list_while_the_gateway_starts_forgets_no_port() -> None:
    link = FakeLink(2)
    subject = monitor(link, Hurried())
    async with running(subject):
        await until(lambda: len(subject.ports) == 2)
        link.answers["gsm show spans"] = ""
        asked = len(link.lines)
        await until(lambda: link.lines[asked:].count("gsm show spans") > 2)
    assert len(subject.ports) == 2


NO_COMMAND = "No such command 'gsm show' (type 'core show help gsm show' for other possible commands)"


@pytest.mark.parametrize("not_yet", ["", NO_COMMAND])
async def test_all_is_read_as_soon_as_the_driver_is_there(not_yet: str) -> None:
    """An Asterisk that starts takes the login some 20 s before the driver has its commands."""
    link, clock = FakeLink(3), FixedClock()
    subject = monitor(link, clock)
    async with running(subject):
        await until(lambda: [port.read_at for port in subject.ports] == [NOON] * 3)
        there = dict(link.answers)
        link.answers = dict.fromkeys(there, not_yet)
        subject.poke(None)
        begun = clock.now
        before = link.lines.count("gsm show spans")

        def asked_for_twenty_seconds() -> bool:
            clock.now += 0.25
            subject.poke(99)
            return clock.now >= begun + 20

        await until(asked_for_twenty_seconds)
        assert 5 < link.lines.count("gsm show spans") - before <= 21
        assert [port.raw for port in subject.ports] == [READY] * 3
        link.answers = there
        clock.now += 1
        subject.poke(99)
        await until(lambda: [port.read_at for port in subject.ports] == [clock.now] * 3)


async def test_a_gateway_without_the_driver_is_not_asked_for_ever() -> None:
    schedule = StatusSchedule(10.0, 0.0)
    schedule.poke(None, 0.0)
    asked = []
    now = 0.0
    while now < 300:
        now += schedule.delay(now)
        asked.append(now)
        assert schedule.take(now) == SPAN_LIST
        schedule.failed(SPAN_LIST)
        schedule.not_there(now)
    assert sum(at <= 60 for at in asked) == pytest.approx(60, abs=8)
    assert sum(at > 61 for at in asked) < 25


async def test_ports_come_and_go_with_the_list() -> None:
    link = FakeLink(3)
    subject = monitor(link, Hurried())
    async with running(subject):
        await until(lambda: len(subject.ports) == 3)
        link.answers["gsm show spans"] = "GSM span 1: Power on\nGSM span 3: Power on"
        await until(lambda: [port.port for port in subject.ports] == [1, 3])


async def test_other_words_in_the_list_make_the_port_be_asked_out_of_turn() -> None:
    link = FakeLink(3)
    subject = monitor(link, Hurried())
    async with running(subject):
        await until(lambda: link.asked(3) > 1)
        link.answers["gsm show spans"] = str(link.answers["gsm show spans"]).replace("3: Power on", "3: Power off")
        link.lines.clear()
        await until(lambda: "gsm show spans" in link.lines[:-1])
    assert link.lines[link.lines.index("gsm show spans") + 1] == "gsm show span 3"


async def test_the_signal_history_is_bounded_and_knows_gaps() -> None:
    link = FakeLink(1)
    subject = monitor(link, Hurried())

    def history() -> tuple[int | None, ...]:
        return subject.ports[0].signal_history if subject.ports else ()

    async with running(subject):
        await until(lambda: len(history()) == SIGNAL_READINGS)
        link.answers["gsm show span 1"] = READY.replace("31): 15", "31): 99")
        await until(lambda: history()[-1] is None)
        link.answers["gsm show span 1"] = READY.replace("31): 15", "31): 20")
        await until(lambda: history()[-1] == 20)
    assert len(history()) == SIGNAL_READINGS
    assert None in history()


async def test_every_replacement_raises_the_revision_and_since_stays_with_the_health() -> None:
    link = FakeLink(1)
    subject = monitor(link, Hurried())
    async with running(subject):
        await until(lambda: bool(subject.ports) and subject.ports[0].read_at is not None)
        revision, since = subject.revision, subject.ports[0].since
        await until(lambda: subject.revision > revision)
    assert subject.ports[0].since == since


async def test_words_nobody_knows_are_kept_as_they_are() -> None:
    link = FakeLink(1)
    link.answers["gsm show span 1"] = "Unable to find span 1"
    subject = monitor(link, FixedClock())
    async with running(subject):
        await until(lambda: bool(subject.ports) and subject.ports[0].read_at is not None)
    assert subject.ports[0].health is PortHealth.UNKNOWN
    assert subject.ports[0].raw == "Unable to find span 1"
