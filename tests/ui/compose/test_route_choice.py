from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.domain.ports import PortHealth
from console.domain.sending import Forecast, SimUsage
from console.ui.compose.route_choice import port_words, ports_words, usage_words
from tests.support.backend import NOON, port
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (SimUsage(5, 5, None, None), ""),
        (SimUsage(88, 88, 100, None), ", 12 left"),
        (SimUsage(100, 100, 100, None), ", ✗ limit of 100 a day reached"),
        (SimUsage(5, 3000, 100, 3000), ", ✗ limit of 3,000 a month reached"),
    ],
)
def test_what_is_left_of_a_limit(usage: SimUsage, words: str) -> None:
    assert usage_words(usage) == words


def test_a_port_says_its_state_and_its_limit() -> None:
    gateway = GatewaySnapshot("gw1", "", LinkStatus(LinkPhase.UP, NOON), usage={3: SimUsage(100, 100, 100, None)})
    assert port_words(port(3), gateway) == "port 3 CHINA MOBILE ● ready, ✗ limit of 100 a day reached"
    assert port_words(port(2, PortHealth.NO_SIM, operator=""), gateway) == "port 2 ○ no SIM"
    down = replace(gateway, link=LinkStatus(LinkPhase.WAITING, NOON))
    assert port_words(port(2), down) == "port 2 CHINA MOBILE ? AMI is down"


@pytest.mark.parametrize(
    ("ports", "words"),
    [
        ((), "the gateway chooses"),
        ((3,), "port 3"),
        ((1, 2), "ports 1, 2"),
        (tuple(range(1, 9)), "ports 1, 2, 3, 4, 5, 6, …"),
    ],
)
def test_ports_that_will_be_taken(ports: tuple[int, ...], words: str) -> None:
    assert ports_words(Forecast(ports, 1, None)) == words


async def test_auto_says_what_it_would_take_and_why_it_cannot(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n")
        await operator.sees("◂ auto: ports 1, 2 ▸")
        operator.backend.refuse_with = "No port of gateway gw1 is ready."
        operator.backend.change_port(2, health=PortHealth.DOWN)
        await operator.sees("◂ auto: ✗ No port of gateway gw1 is ready. ▸")


async def test_a_set_of_ports_is_sent_through_by_its_name(tmp_path: Path) -> None:
    async with console(tmp_path, ports=2) as operator:
        first = operator.backend.snapshots[0]
        operator.backend.snapshots = (replace(first, port_sets=(("night", "2 > 1"),)),)
        await operator.press("n")
        await operator.types("+4915112345678")
        await operator.press("tab", "tab", "left")
        await operator.sees("◂ night: 2 > 1 ▸")
        await operator.types("hi")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert (operator.backend.submitted[0].port, operator.backend.submitted[0].pool) == (None, "night")
