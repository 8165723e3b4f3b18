from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.sending import SimUsage
from console.ui.kit.format import line_width
from console.ui.ports.table import COLUMNS, heading, pages, table_cells, widest_label
from tests.support.backend import NOON
from tests.support.ports import known, noted


def drawn(name: str, facts: object = None) -> str:
    """What stands in one column."""
    from console.ui.ports.facts import PortFacts

    (column,) = (column for column in COLUMNS if column.name == name)
    one = facts if isinstance(facts, PortFacts) else known(ber=2, model="EC20", limits=("Sms", "Locked"), pdd="4")
    cells = table_cells(one, [column], 100, NOON)
    return cells[-1][0].rstrip()


@pytest.mark.parametrize("width", [76, 116, 200])
def test_every_column_stands_on_one_page_and_every_page_fits(width: int) -> None:
    every = pages(width)
    assert every[0] == ()
    assert [column for page in every for column in page] == list(COLUMNS)
    for page in every[1:]:
        assert line_width(table_cells(known(), page, width, NOON)) <= width
        assert line_width(heading(page, 3)) <= width


def test_names_stand_above_their_columns() -> None:
    page = pages(116)[1]
    names = "".join(text for text, _ in heading(page, widest_label([known()])))
    line = "".join(text for text, _ in table_cells(known(registration="REG"), page, 116, NOON))
    assert names.index("network") == line.index("REG")
    assert names.index("state") == line.index("ready") or names.index("state") == line.index("ready") - 2 + 2


def test_the_columns_say_what_is_known() -> None:
    assert drawn("signal") == "▁▂▄·· 12 -89 dBm"
    assert drawn("BER") == "2"
    assert drawn("last in") == "4m"
    assert drawn("last sent") == "2h00m"
    assert drawn("this hour") == "↓3 ↑1 ✗0"
    assert drawn("today") == "↓40 ↑12 ✗2"
    assert drawn("delivered") == "9 in 7 s"
    assert drawn("module") == "EC20"
    assert drawn("limits") == "Sms, Locked"
    assert drawn("PDD s") == "4"
    assert drawn("read") == "0s ago"


def test_what_is_not_known_is_a_dash() -> None:
    assert (drawn("SIM today"), drawn("✗ in a row"), drawn("note")) == ("-", "0", "")
    assert drawn("signal", known(signal=None)) == "  ·   --"


def test_limits_and_notes_are_shown_with_what_they_mean() -> None:
    limited = replace(known(), usage=SimUsage(93, 420, 100, None))
    assert drawn("SIM today", limited) == "93/100"
    assert drawn("SIM month", limited) == "420"
    assert drawn("note", noted(known(), "", locked_out=True)) == "⊘ locked out by bob"
    assert drawn("note", noted(known())) == "antenna loose"
