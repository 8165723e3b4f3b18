from __future__ import annotations

import pytest

from console.domain.alarms import Alarm, AlarmKind
from console.protocol.query.alarms import ALARMS
from console.protocol.query.fields import Asker

NOON = 1_795_348_800.0
EVERY = [
    Alarm(1, AlarmKind.NO_SIM, "gw1", 3, "The slot is empty", NOON - 7200, NOON - 3600, NOON - 7000, "alice"),
    Alarm(2, AlarmKind.AMI_DOWN, "gw2", 0, "gw2 can't be reached", NOON - 60, None, None, ""),
    Alarm(3, AlarmKind.LOW_SIGNAL, "gw1", 8, "4 of 31", NOON - 30, None, NOON - 10, "bob"),
]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [1, 2, 3]),
        ("reached", [2]),
        ("kind:no_sim", [1]),
        ("kind:no_sim,ami_down", [1, 2]),
        ('"no SIM"', [1]),
        ("is:open", [2, 3]),
        ("is:open is:new", [2]),
        ("is:acknowledged gw:gw1", [1, 3]),
        ("port:1-4", [1]),
        ("port:0", []),
        ("after:1h", [2, 3]),
        ("-gw:gw1", [2]),
        ("bob OR is:new", [2, 3]),
    ],
)
def test_what_is_found(line: str, found: list[int]) -> None:
    query = ALARMS.ask(line, Asker(now=NOON))
    assert [alarm.id for alarm in EVERY if query.matches(alarm)] == found
