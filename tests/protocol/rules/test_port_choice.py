"""Which port: what it said of itself, how much it was given, whose turn it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ports import STALE_AFTER, PortHealth
from console.protocol.rules.port_choice import least_loaded, next_in_turn, refusal, usable
from tests.support.backend import NOON
from tests.support.sending import snapshot


@pytest.mark.parametrize(
    "health", [PortHealth.NO_SIM, PortHealth.NEEDS_PIN, PortHealth.BLOCKED, PortHealth.OFF, PortHealth.DOWN]
)
def test_a_port_that_just_said_it_can_t_is_refused(health: PortHealth) -> None:
    assert refusal(1, [snapshot(1, health)], NOON) == f"Port 1 can't send: {health}."


@pytest.mark.parametrize(
    "health",
    [PortHealth.READY, PortHealth.BUSY, PortHealth.STARTING, PortHealth.UNREGISTERED, PortHealth.UNKNOWN],
)
def test_what_may_pass_is_not_refused(health: PortHealth) -> None:
    assert refusal(1, [snapshot(1, health)], NOON) == ""


def test_old_news_and_news_of_others_forbid_nothing() -> None:
    assert refusal(1, [snapshot(1, PortHealth.NO_SIM, read_at=NOON - STALE_AFTER - 1)], NOON) == ""
    assert refusal(1, [snapshot(1, PortHealth.NO_SIM, read_at=None)], NOON) == ""
    assert refusal(1, [snapshot(2, PortHealth.NO_SIM)], NOON) == ""


def test_usable_are_the_ready_ones_of_now() -> None:
    ports = [
        snapshot(1, PortHealth.READY),
        snapshot(2, PortHealth.READY, read_at=NOON - STALE_AFTER - 1),
        snapshot(3, PortHealth.READY, read_at=None),
        snapshot(4, PortHealth.UNREGISTERED),
        snapshot(5, PortHealth.BUSY),
        snapshot(6, PortHealth.BUSY),
    ]
    assert usable(ports, NOON) == [1]
    assert usable(ports, NOON, ours={6}) == [1, 6]


def test_the_least_loaded_and_of_equals_the_lowest() -> None:
    assert least_loaded([3, 2, 1], {1: 2, 2: 1}) == 3
    assert least_loaded([3, 2, 1], {}) == 1
    assert least_loaded([], {1: 1}) is None


def test_in_turn_up_and_down_and_round_again() -> None:
    def turns(order: str) -> list[int | None]:
        last: int | None = None
        seen = []
        for _ in range(5):
            last = next_in_turn((5, 1, 2), "ascending" if order == "up" else "descending", last, lambda _: True)
            seen.append(last)
        return seen

    assert turns("up") == [1, 2, 5, 1, 2]
    assert turns("down") == [5, 2, 1, 5, 2]


def test_who_does_not_fit_is_passed_over() -> None:
    assert next_in_turn((1, 2, 5), "ascending", 1, lambda port: port != 2) == 5
    assert next_in_turn((1, 2, 5), "ascending", 1, lambda port: port == 1) == 1
    assert next_in_turn((1, 2, 5), "ascending", None, lambda _: False) is None


@given(st.lists(st.integers(1, 44), min_size=1, unique=True), st.sampled_from(["ascending", "descending"]))
def test_everybody_has_a_turn_before_anybody_has_two(ports: list[int], order: str) -> None:
    last: int | None = None
    seen = []
    for _ in ports:
        last = next_in_turn(ports, "ascending" if order == "ascending" else "descending", last, lambda _: True)
        seen.append(last)
    assert sorted(filter(None, seen)) == sorted(ports)
