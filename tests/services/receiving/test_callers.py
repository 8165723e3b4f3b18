"""One address leaves room for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.services.receiving.callers import DEFAULT_RATE, MAX_UNDER_WAY, Caller, Callers
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.backend import FixedClock


class Connection:
    """Remembers that it was read again."""

    def __init__(self) -> None:
        self.went_on = 0

    def go_on(self) -> None:
        self.went_on += 1


def connected(callers: Callers, address: str = "192.0.2.1") -> Caller:
    caller, reason = callers.connect(address)
    assert not reason
    return caller


def made(clock: FixedClock, max_rate: int | None = None) -> Callers:
    return Callers(clock, max_connections=8, max_per_address=4, max_rate=max_rate)


def test_connections_are_counted_by_address_and_in_all(clock: FixedClock) -> None:
    callers = made(clock)
    first = [connected(callers) for _ in range(4)]
    _, reason = callers.connect("192.0.2.1")
    assert "from this address" in reason
    callers.disconnect(first[0])
    for number in range(4):
        connected(callers, f"192.0.2.{number + 2}")
    _, reason = callers.connect("192.0.2.9")
    assert reason == "More than 8 connections at once."


def test_what_waits_for_the_store_is_bounded_and_goes_on_in_turn(clock: FixedClock) -> None:
    callers = made(clock)
    caller, other = connected(callers), connected(callers, "192.0.2.2")
    first, second = Connection(), Connection()
    for _ in range(MAX_UNDER_WAY):
        assert callers.may_read(caller, first)
        callers.begin(caller)
    assert not callers.may_read(caller, first)
    assert not callers.may_read(caller, second)
    assert callers.may_read(other, Connection())
    callers.drop(caller, first)
    callers.finish(caller)
    assert (first.went_on, second.went_on) == (0, 1)


async def test_a_rate_is_kept_by_waiting(clock: FixedClock) -> None:
    callers = made(clock, max_rate=1_000)
    caller, connection = connected(callers), Connection()
    for _ in range(1_002):  # one read may bring more than there was room for
        callers.begin(caller)
        callers.finish(caller)
    assert not callers.may_read(caller, connection)
    clock.now += 0.002
    assert connection.went_on == 0
    clock.now += 0.002
    await until(lambda: connection.went_on == 1)
    assert callers.may_read(caller, connection)


def test_the_usual_rate_is_for_other_machines(clock: FixedClock) -> None:
    callers = made(clock)
    assert connected(callers).rate == DEFAULT_RATE
    assert connected(callers, "127.0.0.1").rate == 0
    assert connected(callers, "::1").rate == 0
    assert connected(made(clock, 7), "127.0.0.1").rate == 7
    assert connected(made(clock, 0)).rate == 0


def test_leaving_does_not_clear_a_debt(clock: FixedClock) -> None:
    callers = made(clock, 10)
    caller = connected(callers)
    for _ in range(10):
        callers.begin(caller)
        callers.finish(caller)
    callers.disconnect(caller)
    assert connected(callers) is caller
    callers.disconnect(caller)
    clock.now += 1
    callers.sweep()
    assert connected(callers) is not caller
