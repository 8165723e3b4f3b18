from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.ui.kit.format import line_width
from console.ui.ports.grid import PortArrangement, PortCells
from tests.support.backend import NOON
from tests.support.ports import known

if TYPE_CHECKING:
    from console.ui.ports.facts import PortFacts


def many(count: int) -> list[PortFacts]:
    return [known(port) for port in range(1, count + 1)]


def test_alone_and_not_tiled_there_is_one_port_a_line_with_pages() -> None:
    arranged = PortArrangement(many(8), 120, 30, alone=True)
    assert arranged.is_table
    assert (arranged.columns, arranged.rows, arranged.tall) == (1, 8, 1)
    assert len(arranged.pages) > 1


def test_beside_other_panes_lines_stand_side_by_side_without_pages() -> None:
    arranged = PortArrangement(many(9), 120, 5)
    assert arranged.columns > 1
    assert arranged.rows == -(-9 // arranged.columns)
    assert arranged.shown_page == ()


def test_tiles_are_as_tall_as_there_is_room_for() -> None:
    low, high = (PortArrangement(many(8), 120, height, tiled=True, alone=True) for height in (6, 60))
    assert low.tall < high.tall
    assert PortArrangement(many(8), 120, 60, tiled=True).tall == low.tall


@pytest.mark.parametrize("page", [0, 1, 99])
def test_a_page_there_is_none_of_is_the_last(page: int) -> None:
    arranged = PortArrangement(many(2), 80, 20, alone=True, page=page)
    assert arranged.shown_page == arranged.pages[min(page, len(arranged.pages) - 1)]


@pytest.mark.parametrize("tiled", [False, True])
def test_every_port_is_found_where_it_stands(tiled: bool) -> None:
    arranged = PortArrangement(many(10), 120, 20, tiled=tiled)
    for facts in arranged.ports:
        place = arranged.place_of(facts.key)
        assert place is not None
        assert arranged.at(*place) is facts
    assert arranged.place_of(("gw1", 11)) is None
    assert arranged.at(arranged.rows, 0) is None
    assert arranged.at(0, arranged.columns) is None


def test_no_ports_stand_nowhere() -> None:
    nothing = PortArrangement((), 80, 20, tiled=True, alone=True)
    assert nothing.rows == 0
    assert nothing.tall > 0
    assert nothing.at(0, 0) is None


@pytest.mark.parametrize("tiled", [False, True])
def test_a_port_takes_the_width_it_gets(tiled: bool) -> None:
    arranged = PortArrangement(many(3), 120, 20, tiled=tiled)
    cells = PortCells()
    for line in range(arranged.tall):
        assert line_width(cells.line(arranged, arranged.ports[0], 60, line, NOON)) <= 60


def test_a_tile_of_the_same_facts_is_not_made_again_while_its_port_is_there() -> None:
    arranged = PortArrangement(many(3), 120, 20, tiled=True)
    cells, facts = PortCells(), arranged.ports[0]
    first = cells.line(arranged, facts, 40, 0, NOON)
    assert cells.line(arranged, facts, 40, 0, NOON + 5) is first
    cells.keep(arranged.ports[1:])
    assert cells.line(arranged, facts, 40, 0, NOON) is not first
