from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.ports import PortHealth as H
from console.protocol.query.ports import PORTS
from console.ui.ports.facts import ports_found
from tests.support.ports import known, noted

EVERY = [
    known(1),
    known(2, H.BUSY, operator="Beeline", signal=3),
    known(3, H.NO_SIM, operator="", signal=None),
    replace(known(4, signal=31), live=False),
    noted(known(12, H.DOWN, state="FLUX"), "Antenna", locked_out=True),
]


def shown(words: str) -> list[int]:
    return [facts.port.port for facts in ports_found(EVERY, PORTS.ask(words))]


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ("", [1, 2, 3, 4, 12]),
        ("down", [3, 4, 12]),
        ("DOWN", [3, 4, 12]),
        ("busy", [2]),
        ("ready", [1]),
        ("locked", [12]),
        ("beel", [2]),
        ("sim", [3]),
        ("antenna", [12]),
        ("flux", [12]),
        ("2", [2]),
        ("2-4", [2, 3, 4]),
        ("down 2-4", [3, 4]),
        ("gw1 busy", [2]),
        ("nothing", []),
        ("is:down port:2-4", [3, 4]),
        ("-down", [1, 2]),
        ("busy OR 1", [1, 2]),
        ("1,3", []),
        ("port:1,3", [1, 3]),
        ("operator:beel", [2]),
        ("note:antenna is:locked", [12]),
        ("gw:gw9", []),
        ("/^(beeline|china)/ port:1-3", [1, 2]),
    ],
)
def test_what_is_asked_for(words: str, ports: list[int]) -> None:
    assert shown(words) == ports
