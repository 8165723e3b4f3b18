"""A round is done whole and in order, and stops for breath where its parts take long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.app.panes import PAUSE, SHARE, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Bench:
    """Parts that each take their time, by a clock of our own."""

    def __init__(self, *costs: float) -> None:
        self.costs = costs
        self.now = 0.0
        self.done: list[int] = []
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.rounds = Rounds(
            self.parts, lambda seconds, then: self.waiting.append((seconds, then)), elapsed=lambda: self.now
        )

    def parts(self) -> Iterator[Callable[[], None]]:
        for number in range(len(self.costs)):
            yield lambda number=number: self.do(number)  # type: ignore[misc]

    def do(self, number: int) -> None:
        self.now += self.costs[number]
        self.done.append(number)

    def wait(self) -> None:
        [(seconds, then)] = self.waiting
        self.waiting.clear()
        self.now += seconds
        then()


def test_what_is_quick_is_done_at_once() -> None:
    bench = Bench(*[SHARE / 10] * 5)
    bench.rounds.go()
    assert bench.done == [0, 1, 2, 3, 4]
    assert not bench.waiting


def test_what_takes_long_is_done_in_portions_and_in_order() -> None:
    bench = Bench(SHARE, SHARE / 2, SHARE / 2, SHARE * 9, 0)
    bench.rounds.go()
    assert bench.done == [0]
    assert bench.waiting[0][0] == PAUSE
    bench.wait()
    assert bench.done == [0, 1, 2]
    bench.wait()
    assert bench.done == [0, 1, 2, 3]
    bench.wait()
    assert bench.done == [0, 1, 2, 3, 4]
    assert not bench.waiting


def test_no_round_begins_while_one_is_under_way_and_the_next_begins_anew() -> None:
    bench = Bench(SHARE, 0)
    assert bench.rounds.go()
    assert not bench.rounds.go()
    assert bench.done == [0]
    bench.wait()
    bench.rounds.go()
    assert bench.done == [0, 1, 0]
