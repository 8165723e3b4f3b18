from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.ui.kit.format import line_width
from console.ui.ports.facts import PortFacts
from console.ui.ports.row import port_cells, strip_cells
from tests.support.backend import NOON, port
from tests.support.ports import known, noted


def drawn(facts: PortFacts, width: int = 57, now: float = NOON) -> str:
    cells = port_cells(facts, width, now)
    assert line_width(cells) == width
    return "".join(text for text, _ in cells)


def test_a_port_in_service_says_who_how_well_and_how_much() -> None:
    assert drawn(known()).split() == ["2", "▁▂▄··", "12", "CHINA", "MOBILE", "●", "ready", "↓40", "↑12", "✗2"]


def test_counters_end_below_one_another_and_none_of_them_is_quiet() -> None:
    busy, idle = known(), replace(known(), today=PortCounts())
    assert len({drawn(facts).rindex("✗") for facts in (busy, idle)}) == 1
    assert drawn(busy).endswith("↓40  ↑12  ✗2")
    assert drawn(idle).endswith("↓0   ↑0  ✗0")
    assert {ink for text, ink in port_cells(idle, 57, NOON)[-3:]} == {"quiet"}
    assert [ink for text, ink in port_cells(busy, 57, NOON)[-3:]] == ["plain", "plain", "bad"]


def test_unknown_words_are_shown_as_they_are() -> None:
    assert "? FLUX CAPACITOR" in drawn(known(3, PortHealth.UNKNOWN, state="FLUX CAPACITOR"), width=70)


def test_without_a_link_nothing_is_known_to_be_still_so() -> None:
    cells = port_cells(replace(known(), live=False), 57, NOON + 17)
    assert "? 20s old: ready" in "".join(text for text, _ in cells)
    assert "good" not in {ink for _, ink in cells}


def test_fresh_data_says_how_fresh_where_there_is_room() -> None:
    assert "just now" in drawn(known(), width=76)
    assert "40s ago" in drawn(known(), width=76, now=NOON + 40)


def test_a_port_that_is_locked_out_is_marked_and_a_note_is_shown_where_there_is_room() -> None:
    assert drawn(noted(known(), locked_out=True)).startswith(" 2⊘")
    assert "antenna loose" in drawn(noted(known()), width=118)


def test_gateways_are_told_apart() -> None:
    assert drawn(replace(known(), label="a-long-name")).startswith("a-long-…  2 ▁▂▄··")
    assert drawn(replace(known(), label="g[/x]")).startswith("g[/x]  2 ")


@pytest.mark.parametrize("width", [52, 55, 57, 76, 118, 198])
def test_every_width_is_filled_and_no_more(width: int) -> None:
    drawn(known(operator="中国移动通信集团公司很长的名字"), width=width)
    drawn(PortFacts("gw1", PortSnapshot(1, PortHealth.UNKNOWN, NOON, None, SpanReport())), width=width)


def gateway(name: str, count: int, *bad: int) -> GatewaySnapshot:
    ports = tuple(port(n, PortHealth.NO_SIM if n in bad else PortHealth.READY) for n in range(1, count + 1))
    return GatewaySnapshot(name, "192.0.2.10", LinkStatus(LinkPhase.UP, NOON), ports)


def strip(*gateways: GatewaySnapshot) -> str:
    return "".join(text for text, _ in strip_cells(gateways, 80, NOON))


def test_a_strip_too_long_for_the_screen_counts_and_names_what_is_not_well() -> None:
    assert strip(gateway("gw1", 44, 7, 31)) == " 44 ports  ● 42 ready ○ 2 no SIM (7 31)"
    both = strip(gateway("gw1", 44, 7), gateway("gw2", 44, 31))
    assert both == " 88 ports  ● 86 ready ○ 2 no SIM (gw1:7 gw2:31)"


def test_a_strip_marks_what_is_old() -> None:
    box = gateway("gw1", 2)
    box = replace(box, ports=(replace(box.ports[0], fresh_for=2.0), box.ports[1]))
    assert strip(box) == " 1? 2● "


def test_a_strip_names_the_gateways_where_there_are_several() -> None:
    assert strip(gateway("gw1", 3), gateway("gw2", 2)) == " gw1 1● 2● 3● gw2 1● 2● "
    assert strip(gateway("gw1", 3)) == " 1● 2● 3● "
