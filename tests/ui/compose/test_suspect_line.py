from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.domain.ports import PortHealth
from console.domain.sending import SimUsage
from console.ui.compose.route_choice import suspect_words
from tests.support.alarms import UP
from tests.support.backend import NOON, port

BOX = GatewaySnapshot("gw1", "192.0.2.10", UP, (port(1, PortHealth.NO_SIM), port(2), port(3), port(4)))


def test_a_port_that_fails_is_named_with_one_that_is_ready() -> None:
    words = suspect_words(BOX, 3, {3})
    assert words.startswith("Port 3: the last sends failed although it is registered")
    assert words.endswith("Port 2 is ready.")
    assert suspect_words(BOX, 3, {2, 3}).endswith("Port 4 is ready.")


@pytest.mark.parametrize("route", [None, "night", 2])
def test_other_ways_are_not_remarked_upon(route: int | str | None) -> None:
    assert suspect_words(BOX, route, {3}) == ""


def test_a_port_at_its_limit_or_not_known_to_be_ready_is_not_offered() -> None:
    used_up = replace(BOX, usage={2: SimUsage(10, 10, 10, None), 4: SimUsage(9, 9, 10, None)})
    assert suspect_words(used_up, 3, {3}).endswith("Port 4 is ready.")
    down = replace(BOX, link=LinkStatus(LinkPhase.WAITING, NOON))
    assert suspect_words(down, 3, {3}).endswith("No other port is ready.")
    assert suspect_words(replace(BOX, ports=BOX.ports[2:3]), 3, {3}).endswith("No other port is ready.")
    assert suspect_words(None, 3, {3}) == ""
