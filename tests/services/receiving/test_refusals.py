"""Counting what was turned away."""

from __future__ import annotations

from console.services.receiving.intake import KEPT, Refusals, Unkept
from tests.support.backend import NOON, FixedClock


def test_the_same_again_is_counted_and_moves_to_the_end(clock: FixedClock) -> None:
    refusals = Refusals(clock)
    refusals.note("192.0.2.1", "a")
    refusals.note("192.0.2.2", "a")
    clock.now += 5
    refusals.note("192.0.2.1", "a")
    assert [(found.address, found.count, found.at) for found in refusals.recent] == [
        ("192.0.2.2", 1, NOON),
        ("192.0.2.1", 2, NOON + 5),
    ]
    assert refusals.total == 3


def test_a_flood_of_addresses_is_bounded_and_all_are_counted(clock: FixedClock) -> None:
    refusals = Refusals(clock)
    for number in range(KEPT + 5):
        refusals.note(f"192.0.2.{number}", "a")
    assert len(refusals.recent) == KEPT
    assert refusals.total == KEPT + 5
    assert refusals.recent[-1].address == f"192.0.2.{KEPT + 4}"


def test_what_could_not_be_kept_is_counted_apart(clock: FixedClock) -> None:
    refusals, unkept = Refusals(clock), Unkept(clock)
    unkept.note("192.0.2.1", "the disk is full")
    unkept.note("192.0.2.1", "the disk is full")
    assert (refusals.total, unkept.total) == (0, 2)
    assert unkept.recent[0].count == 2
