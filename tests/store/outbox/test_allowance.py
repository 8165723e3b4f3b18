"""What a SIM may carry now, whichever process asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, OutboxMessage
from console.domain.sending import Allowance, Held
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.messages import draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREE_A_DAY = Allowance(daily=3, today=NOON - 3600, month=NOON - 86_400)
PACED = Allowance(pace=4.0, pace_after_failure=30.0)


@pytest.fixture
def other(path: Path, store: Store, clock: FixedClock) -> Iterator[Store]:
    """Another process on the same database."""
    other = Store.open(path, clock=clock)
    yield other
    other.close()


def begin(
    store: Store, rule: Allowance, *, port: int = 1, imsi: str = "460", parts: int = 1
) -> OutboxMessage | Held | None:
    message = store.add_outbox(draft(), 1, parts=parts).result(10)
    return store.sending.begin(message.id, 0, port, imsi, rule).result(10)


def end(store: Store, begun: OutboxMessage | Held | None, state: S = S.SENT, *, at: float = NOON) -> None:
    assert isinstance(begun, OutboxMessage)
    store.add_evidence(Evidence(begun.id, 0, at, state, "ami answer", "")).result(10)


def words(held: OutboxMessage | Held | None) -> str:
    assert isinstance(held, Held)
    assert held.seconds is None
    return held.words


def test_a_limit_is_one_for_all_processes(store: Store, other: Store) -> None:
    for each in (store, other, store):
        end(each, begin(each, THREE_A_DAY))
    assert words(begin(other, THREE_A_DAY)) == "Port 1: 3 of 3 segments today."
    assert isinstance(begin(other, THREE_A_DAY, port=2, imsi="461"), OutboxMessage), "SIM changed"
    assert words(begin(other, THREE_A_DAY, port=2)) == "Port 2: 3 of 3 segments today.", "the SIM has moved"


def test_a_message_that_is_leaving_is_counted_whole(store: Store) -> None:
    end(store, begin(store, THREE_A_DAY, parts=2), S.UNKNOWN)
    assert words(begin(store, THREE_A_DAY, parts=2)) == "Port 1: 2 of 3 segments today, and this message needs 2 more."
    end(store, begin(store, THREE_A_DAY), S.FAILED)
    end(store, begin(store, THREE_A_DAY))


def test_what_left_and_did_not_arrive_has_left(store: Store) -> None:
    for _ in range(3):
        begun = begin(store, THREE_A_DAY)
        end(store, begun)
        end(store, begun, S.FAILED)
    assert words(begin(store, THREE_A_DAY)) == "Port 1: 3 of 3 segments today."


def test_a_limit_below_what_went_is_named_whichever_it_is(store: Store) -> None:
    for _ in range(3):
        end(store, begin(store, THREE_A_DAY))
    assert words(begin(store, replace(THREE_A_DAY, daily=1))) == "Port 1: 3 of 1 segments today."
    monthly = replace(THREE_A_DAY, daily=None, monthly=2)
    assert words(begin(store, monthly)) == "Port 1: 3 of 2 segments this month."


def test_yesterday_does_not_count_today(store: Store, clock: FixedClock) -> None:
    for _ in range(3):
        end(store, begin(store, THREE_A_DAY))
    clock.now += 86_400
    assert isinstance(begin(store, replace(THREE_A_DAY, today=NOON + 40_000)), OutboxMessage)


def test_where_the_sim_is_not_known_the_port_is_counted(store: Store) -> None:
    for imsi in ("", "460", ""):
        end(store, begin(store, THREE_A_DAY, imsi=imsi))
    assert words(begin(store, THREE_A_DAY, imsi="")) == "Port 1: 3 of 3 segments today."
    end(store, begin(store, replace(THREE_A_DAY, daily=4), imsi="461"))


def test_a_port_carries_one_at_a_time_until_its_process_is_gone(path: Path, store: Store, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    leaving = begin(other, PACED)
    assert isinstance(leaving, OutboxMessage)
    held = begin(store, PACED)
    assert isinstance(held, Held)
    assert held.seconds is not None
    assert isinstance(begin(store, PACED, port=2, imsi="461"), OutboxMessage), "another port"
    other.close()
    assert isinstance(begin(store, PACED), OutboxMessage)


def test_the_pause_after_a_message_is_kept_by_all(store: Store, other: Store, clock: FixedClock) -> None:
    end(store, begin(store, PACED))
    clock.now += 1
    assert begin(other, PACED) == Held("Port 1 pauses after a message.", 3.0)
    clock.now += 3
    end(other, begin(other, PACED), S.FAILED, at=clock.now)
    clock.now += 20
    assert begin(store, PACED) == Held("Port 1 pauses after a message.", 10.0)
    clock.now -= 86_400
    assert isinstance(begin(store, PACED), OutboxMessage), "the clock was set back"
