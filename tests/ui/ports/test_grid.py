"""The cursor stays with the port that the operator put it on, whatever the order, the filter and the width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App

from console.domain.ports import PortHealth
from console.protocol.query.ports import PORTS
from console.ui.ports.facts import ports_found
from console.ui.ports.grid import PortGrid
from console.ui.ports.order import Order, sort_ports
from tests.support.backend import NOON
from tests.support.ports import known

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.ui.ports.facts import PortFacts

Key = tuple[str, int]


class Board(App[None]):
    def compose(self) -> ComposeResult:
        yield PortGrid()


class Panel:
    """Shows ports as the pane does, and knows which one must be under the cursor."""

    def __init__(self, grid: PortGrid) -> None:
        self.grid = grid
        self.health = dict.fromkeys(range(1, 12), PortHealth.READY) | dict.fromkeys((3, 7, 8), PortHealth.DOWN)
        self.words, self.order = "", Order.PORT
        grid.show_as(tiled=False, alone=False)
        self.show()
        grid.select("gw1", 1)
        self.meant: Key = ("gw1", 1)
        self.under: Key = self.meant

    @property
    def every(self) -> list[PortFacts]:
        return [known(port, health) for port, health in sorted(self.health.items())]

    def show(self, keep: Key | None = None) -> None:
        self.grid.show_ports(sort_ports(ports_found(self.every, PORTS.ask(self.words), keep=keep), self.order), NOON)

    def do(self, act: tuple[str, int]) -> None:
        name, number = act
        grid = self.grid
        match name:
            case "down" | "across" | "page":
                before = grid.selected
                {"down": grid.action_move, "across": grid.action_across, "page": grid.action_page}[name](number)
                if grid.selected != before and grid.selected is not None:
                    self.meant = self.under = grid.selected.key
            case "filter":
                self.words = ("", "down", "ready", "3", "nothing")[number % 5]
                self.show()
                self.check_stand_in()
            case "sort":
                self.order = list(Order)[number % 4]
                self.show(keep=self.under)
            case "change":
                self.health[1 + abs(number)] = (PortHealth.DOWN, PortHealth.READY)[number % 2]
                self.show(keep=self.under)
            case "tiles":
                grid.show_as(tiled=not grid.tiled)
            case "alone":
                grid.show_as(alone=not grid.alone)
        self.check()

    def check_stand_in(self) -> None:
        keys = [facts.key for facts in self.grid.arranged.ports]
        if self.meant in keys:
            assert self.grid.selected is not None
            assert self.grid.selected.key == self.meant
        if self.grid.selected is not None:
            self.under = self.grid.selected.key

    def check(self) -> None:
        selected = self.grid.selected
        if selected is None:
            assert not self.grid.arranged.ports, "there is always a port under the cursor"
            return
        assert selected.key == self.under
        assert self.grid.arranged.at(self.grid.cursor, self.grid.column) == selected


ACTS = st.tuples(
    st.sampled_from(("down", "across", "page", "filter", "sort", "change", "tiles", "alone")), st.integers(-4, 9)
)


async def test_only_a_cursor_key_takes_the_cursor_to_another_port() -> None:
    app = Board()
    async with app.run_test(size=(120, 12)):
        grid = app.query_one(PortGrid)

        @settings(max_examples=300, deadline=None)
        @given(st.lists(ACTS, max_size=20))
        def holds(acts: list[tuple[str, int]]) -> None:
            panel = Panel(grid)
            for act in acts:
                panel.do(act)

        holds()


async def test_a_filter_that_leaves_fewer_ports_than_columns_leaves_the_cursor_on_one() -> None:
    app = Board()
    async with app.run_test(size=(120, 12)):
        grid = app.query_one(PortGrid)
        panel = Panel(grid)
        grid.action_across(1)
        assert grid.column == 1
        panel.words = "3"
        panel.show()
        assert grid.selected is not None
        assert grid.selected.port.port == 3


@pytest.mark.parametrize("sorted_first", [False, True])
async def test_it_does_not_matter_which_settles_first_the_filter_or_the_sort(sorted_first: bool) -> None:
    app = Board()
    async with app.run_test(size=(120, 12)):
        grid = app.query_one(PortGrid)
        panel = Panel(grid)
        grid.select("gw1", 5)
        panel.words = "down"
        if not sorted_first:
            panel.show()
        panel.order = Order.STATE
        panel.show()
        assert grid.selected is not None
        assert grid.selected.key == ("gw1", 7)


async def test_a_narrower_grid_has_its_cursor_on_the_same_port() -> None:
    app = Board()
    async with app.run_test(size=(120, 12)) as pilot:
        grid = app.query_one(PortGrid)
        panel = Panel(grid)
        grid.select("gw1", 6)
        await pilot.resize_terminal(40, 12)
        assert grid.selected is not None
        assert grid.selected.key == ("gw1", 6)
        panel.show()
        assert grid.arranged.at(grid.cursor, grid.column) == grid.selected
