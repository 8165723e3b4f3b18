"""Alarms on the screen: the header, toasts and the bell, the list, and a warning where one writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind, Condition
from console.store import Store
from console.ui.alarms.screen import AlarmsScreen
from console.ui.ports.grid import PortGrid
from console.ui.ports.pane import PortsPane
from tests.support.alarms import NO_SIM
from tests.support.backend import OPERATOR
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.operator import Operator

AMI_DOWN = Condition(AlarmKind.AMI_DOWN, "gw1", 0, "AMI is down: refused [/x]")
SUSPECT = Condition(AlarmKind.FAILURES, "gw1", 3, "4 sends in a row failed")


def raises(operator: Operator, *conditions: Condition) -> list[int]:
    found = [operator.store.alarms.raise_(condition).result(10) for condition in conditions]
    return [alarm.id for alarm in found if alarm is not None]


async def opens_the_list(operator: Operator) -> None:
    await operator.press("l")
    await operator.until(lambda: isinstance(operator.app.screen, AlarmsScreen))


async def test_a_raise_is_told_in_the_header_by_a_toast_and_by_the_bell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path) as operator:
        rung: list[bool] = []
        monkeypatch.setattr(operator.app, "bell", lambda: rung.append(True))
        assert "▲" not in operator.lines[0]
        raises(operator, NO_SIM)
        await operator.sees("▲ 1 alarm (l)", "gw1 port 3: no SIM. There is no SIM in it")
        assert len(rung) == 1
        raises(operator, *(replace(NO_SIM, port=port) for port in range(4, 8)))
        await operator.sees("▲ 5 alarms (l)", "▲ 4 alarms: no SIM 4")
        assert len(rung) == 2
        for alarm in operator.store.alarms.open():
            operator.store.alarms.clear(alarm.id).result(10)
        await operator.sees("✓ 5 alarms over")
        await operator.until(lambda: "▲" not in operator.lines[0])
        assert len(rung) == 2


async def test_the_list_has_what_lasts_on_top_and_what_was_below(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        over, _ = raises(operator, NO_SIM, AMI_DOWN)
        operator.clock.now += 600
        operator.store.alarms.clear(over).result(10)
        await opens_the_list(operator)
        await operator.sees("Alarms  1 active  1 over", "refused [/x]", "not monitored")
        rows = [line for line in operator.lines if "gw1" in line]
        assert "▲ active" in rows[0]
        assert "AMI down" in rows[0]
        assert "✓ over" in rows[1]
        assert "10m" in rows[1]
        await operator.press("down")
        await operator.sees("since 2026-11-22 12:00", "until 2026-11-22 12:1")
        await operator.press("escape")
        await operator.until(lambda: not isinstance(operator.app.screen, AlarmsScreen))


async def test_who_watches_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        raises(operator, NO_SIM)
        await opens_the_list(operator)
        await operator.sees("not monitored")
        watched = operator.store.alarms.take_watch
        await operator.until(lambda: watched().result(10) and "monitored by PID" in operator.screen)


async def test_nothing_wrong_is_said(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await opens_the_list(operator)
        await operator.sees("No alarms, active or past.")
        await operator.press("a")
        await operator.says("ack all")
        await operator.press("enter", "q")
        await operator.until(lambda: not isinstance(operator.app.screen, AlarmsScreen))
        await operator.press("L")
        await operator.sees("Nothing is wrong.")


async def test_an_alarm_is_acknowledged_by_name_and_seen_so_by_all(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        raises(operator, NO_SIM, AMI_DOWN)
        await opens_the_list(operator)
        await operator.sees("2 active")
        await operator.press("a")
        await operator.sees("△ acked", "alice")
        other = Store.open(tmp_path / "console.db", clock=operator.clock)
        seen = [alarm.acknowledged_by for alarm in other.alarms.open()]
        assert seen == ["", OPERATOR]
        assert other.audit.newest(1)[0].action == "acknowledge"
        other.close()
        await operator.says("ack all")
        await operator.until(lambda: "▲ active" not in operator.screen)
        await operator.says("ack all")
        await operator.sees("Every active alarm is acknowledged already.")
        await operator.press("a")
        await operator.sees("Already acknowledged by")
        await operator.press("l")
        await operator.sees("△ 2 alarms acked (l)")


async def test_who_may_only_look_acknowledges_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "alice is one of read_only_users"
        raises(operator, NO_SIM)
        await opens_the_list(operator)
        await operator.press("a")
        await operator.says("ack all")
        await operator.sees("Read only")
        assert operator.store.alarms.open()[0].acknowledged_at is None


async def test_enter_goes_to_the_port(tmp_path: Path) -> None:
    async with console(tmp_path, ports=44) as operator:
        raises(operator, replace(NO_SIM, port=37))
        await opens_the_list(operator)
        await operator.press("enter")
        await operator.until(lambda: is_on_port(operator, "gw1", 37))


async def test_next_goes_from_one_to_the_other_in_the_ports_as_well(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        raises(operator, replace(NO_SIM, port=2), replace(NO_SIM, gateway="gw2", port=5), AMI_DOWN)
        await operator.sees("▲ 3 alarms (l)")
        await operator.press("L")
        await operator.until(lambda: operator.app.screen.active == "ami")  # type: ignore[attr-defined]
        await operator.press("L")
        await operator.until(lambda: is_on_port(operator, "gw2", 5))
        await operator.press("L")
        await operator.until(lambda: is_on_port(operator, "gw1", 2))


def is_on_port(operator: Operator, gateway: str, port: int) -> bool:
    grid = operator.app.screen.query_one(PortsPane).query_one(PortGrid)
    selected = grid.selected
    return (
        operator.app.focused is grid
        and selected is not None
        and (selected.gateway, selected.port.port) == (gateway, port)
    )


async def test_where_nobody_receives_the_calls_are_shown(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        raises(operator, Condition(AlarmKind.RECEIVER_DOWN, "", 0, "it is taken"))
        await opens_the_list(operator)
        await operator.sees("this console")
        await operator.press("enter")
        await operator.sees("Unmatched results and reports")


async def test_a_long_history_is_paged(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for port in range(1, 251):
            (alarm,) = raises(operator, replace(NO_SIM, port=port))
            operator.store.alarms.clear(alarm).result(10)
        raises(operator, AMI_DOWN)
        await opens_the_list(operator)
        await operator.sees("1 active  250 over", "gw1 port 250")
        await operator.press("G")
        await operator.sees("gw1 port 1 ")
        await operator.press("up")
        await operator.sees("gw1 port 2: no SIM")
        raises(operator, SUSPECT)
        await operator.sees("2 active")
        assert "gw1 port 2: no SIM" in operator.screen


async def test_a_port_whose_sim_may_be_blocked_is_warned_of_where_one_writes(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        (alarm,) = raises(operator, SUSPECT)
        await operator.sees("▲ 1 alarm")
        await operator.press("n")
        await operator.types("10086")
        await operator.press("tab", "tab", "right", "right", "right")
        await operator.sees("! Port 3: the last sends failed", "Port 1 is ready.")
        await operator.press("left")
        await operator.until(lambda: "the last sends failed" not in operator.screen)
        await operator.press("right")
        await operator.sees("the last sends failed")
        operator.store.alarms.clear(alarm).result(10)
        await operator.until(lambda: "the last sends failed" not in operator.screen)


async def test_alarms_are_searched_and_a_search_gets_a_name(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        raises(operator, *(replace(NO_SIM, port=port) for port in (2, 3)), AMI_DOWN)
        await opens_the_list(operator)
        await operator.press("slash")
        await operator.types("kind:no_sim port:3-8")
        await operator.sees("Alarms  /kind:no_sim port:3-8  1 of 3  ✗ not monitored: no alarm is raised or cleared")
        await operator.press("enter", "V")
        await operator.types("slots")
        await operator.press("enter")
        await operator.sees("Alarms  view slots  1 of 3")
        await operator.press("escape")
        await operator.sees("Alarms  3 active  0 over")
        await operator.press("v")
        await operator.sees("1 slots")
        await operator.press("1")
        await operator.sees("view slots  1 of 3")
        await operator.press("escape", "escape")
        assert len(operator.app.screen_stack) == 1
