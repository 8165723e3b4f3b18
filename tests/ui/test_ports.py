from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.domain.messages import PortCounts
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.ui.format import line_width
from console.ui.panes.ports import port_cells, strip_cells
from tests.support.backend import NOON, port
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


def drawn(snapshot: PortSnapshot, width: int = 57, now: float = NOON, counts: PortCounts | None = None) -> str:
    cells = port_cells(snapshot, counts or PortCounts(), width, now)
    assert line_width(cells) == width
    return "".join(text for text, _ in cells)


def test_a_port_in_service_says_who_how_well_and_how_much() -> None:
    line = drawn(port(2), counts=PortCounts(received=40, sent=12, failed=2))
    assert line.split() == ["2", "▁▂▄··", "12", "CHINA", "MOBILE", "●", "ready", "↓40", "↑12", "✗2"]


def test_a_state_other_than_ready_says_since_when() -> None:
    assert "▲ no network 10m" in drawn(port(3, PortHealth.UNREGISTERED))


def test_unknown_words_are_shown_as_they_are() -> None:
    assert "? FLUX CAPACITOR" in drawn(port(3, PortHealth.UNKNOWN, state="FLUX CAPACITOR"), width=70)


def test_old_data_says_how_old_it_is() -> None:
    assert "? 4m old: ready" in drawn(port(2), now=NOON + 240)


def test_without_a_link_nothing_is_known_to_be_still_so() -> None:
    cells = port_cells(port(2), PortCounts(), 57, NOON + 17, live=False)
    assert "? 20s old: ready" in "".join(text for text, _ in cells)
    assert not {ink for _, ink in cells} & {"good", "bad"}


def test_fresh_data_says_how_fresh_where_there_is_room() -> None:
    assert "just now" in drawn(port(2), width=76)
    assert "40s ago" in drawn(port(2), width=76, now=NOON + 40)


def test_a_port_never_read_says_so() -> None:
    assert "not read yet" in drawn(PortSnapshot(1, PortHealth.UNKNOWN, NOON, None, SpanReport()))


@pytest.mark.parametrize("width", [55, 57, 76, 118, 198])
def test_every_width_is_filled_and_no_more(width: int) -> None:
    drawn(port(2, operator="中国移动通信集团公司很长的名字"), width=width)


async def test_the_pane_counts_what_is_in_service_and_enter_opens_one(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.change_port(3, health=PortHealth.NO_SIM)
        await operator.sees("7 of 8 in service", "○ no SIM")
        await operator.press("2", "down", "enter")
        await operator.sees("gw1 port 3", "Registered (Home network)", "IMSI", "The gateway's own words")
        await operator.press("escape")
        await operator.until(lambda: "gw1 port 3" not in operator.screen)


async def test_a_small_screen_keeps_all_ports_on_one_line(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.backend.change_port(4, health=PortHealth.UNREGISTERED)
        await operator.sees("1● 2● 3● 4▲ 5●")


async def test_received_messages_are_counted(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("one", port=5)
        operator.receives("two", port=5)
        await operator.until(lambda: "↓2" in operator.screen)


async def test_when_the_link_is_down_old_state_is_not_shown_as_live(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.sees("1● 2●")
        first = operator.backend.snapshots[0]
        down = LinkStatus(LinkPhase.WAITING, operator.clock.time(), "the gateway closed the connection")
        operator.backend.snapshots = (replace(first, link=down),)
        await operator.sees("1? 2?", "gw1: AMI down: the gateway closed the connection")
        await operator.press("2")
        await operator.sees("0 of 8 in service", "not known since 12:0", "old: ready")


def test_a_strip_too_long_for_the_screen_counts_and_names_what_is_not_well() -> None:
    ports = tuple(port(n, PortHealth.NO_SIM if n in {7, 31} else PortHealth.READY) for n in range(1, 45))
    gateway = GatewaySnapshot("gw1", "192.0.2.10", LinkStatus(LinkPhase.UP, NOON), ports)
    assert "".join(text for text, _ in strip_cells((gateway,), 80, NOON)) == " 44 ports  ● 42 ready ○ 2 no SIM (7 31)"
