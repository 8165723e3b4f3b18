from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from console.domain.link import AccountRights, Holding, LinkPhase, LinkStatus
from console.domain.ports import PortHealth
from console.errors import NotConnected, OutcomeUnknown
from console.ui.ports.grid import PortGrid
from console.ui.ports.pane import PortsPane
from tests.support.backend import NOON, OPERATOR
from tests.support.operator import Operator, console
from tests.support.ports import mix

if TYPE_CHECKING:
    from pathlib import Path

    from textual.geometry import Region


def grid(operator: Operator) -> PortGrid:
    return operator.app.screen_stack[0].query_one(PortGrid)


def selected(operator: Operator) -> tuple[str, int]:
    facts = grid(operator).selected
    assert facts is not None
    return facts.key


def shown(operator: Operator) -> list[int]:
    return [facts.port.port for facts in grid(operator).arranged.ports]


async def test_the_pane_counts_what_is_in_service(operator: Operator) -> None:
    operator.backend.change_port(3, health=PortHealth.NO_SIM)
    await operator.sees("7 of 8 in service", "○ no SIM")


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
        await operator.sees("0 of 8 in service, gw1 unknown since 12:0", "old: ready")


async def test_one_key_makes_tiles_and_lines_again(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("2")
        await operator.sees("more columns ←/→ (1/")
        await operator.press("t")
        await operator.until(lambda: "-89dBm" in operator.screen and "more columns" not in operator.screen)
        await operator.press("right", "down")
        assert selected(operator) == ("gw1", 4)
        await operator.press("t")
        await operator.sees("more columns ←/→ (1/")
        assert selected(operator) == ("gw1", 4)


async def test_left_and_right_turn_the_pages_of_the_table(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("2", "right")
        await operator.sees("more columns ←/→ (2/", "signal", "BER", "lately")
        pages = len(grid(operator).arranged.pages)
        await operator.press(*["right"] * (pages + 3))
        await operator.sees(f"({pages}/{pages})", "note")
        await operator.press("left")
        await operator.sees(f"({pages - 1}/{pages})")
        await operator.press(*["left"] * (pages + 3))
        await operator.until(lambda: "BER" not in operator.screen, "no heading on the first page")


async def test_with_44_ports_all_of_them_are_tiles_in_sight(tmp_path: Path) -> None:
    async with console(tmp_path, ports=44) as operator:
        mix(operator.backend)
        await operator.press("2", "z", "t")
        await operator.sees(*(f" {port} " for port in range(1, 45)))
        await operator.press("end")
        assert selected(operator) == ("gw1", 41)
        assert grid(operator).scroll_offset.y == 0


async def test_the_cursor_stays_in_sight_among_tiles(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), ports=44) as operator:
        await operator.press("2", "t", "end")
        await operator.until(lambda: "43" in operator.line_with("43 ●"))
        await operator.press("pageup", "pageup", "pageup", "pageup", "pageup", "pageup", "home")
        await operator.until(lambda: any(" 1 ●" in line for line in operator.lines[3:]))
        assert selected(operator) == ("gw1", 1)


async def test_only_the_tile_that_changed_is_drawn(tmp_path: Path) -> None:
    async with console(tmp_path, ports=44) as operator:
        await operator.press("2", "z", "t")
        await operator.sees("44 of 44 in service")
        drawn: list[int] = []
        it = grid(operator)
        plain = it.refresh

        def refresh(*regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> PortGrid:
            drawn.extend(region.width for region in regions)
            return plain(*regions, repaint=repaint, layout=layout, recompose=recompose)

        it.refresh = refresh  # type: ignore[method-assign]
        operator.backend.change_port(7, health=PortHealth.BUSY, since=operator.clock.now - 1)
        await operator.sees("◐ busy")
        assert drawn
        assert max(drawn) < 40


async def test_a_reading_that_says_the_same_draws_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.sees("8 of 8 in service")
        pane = operator.app.screen.query_one(PortsPane)
        for number in range(1, 9):
            operator.backend.change_port(number, read_at=operator.clock.now)
        pane.sync(operator.clock.now)
        shown: list[float] = []
        grid(operator).show_ports = lambda ports, now: shown.append(now)  # type: ignore[method-assign]
        operator.backend.change_port(3, read_at=operator.clock.now + 4)
        pane.sync(operator.clock.now + 4)
        assert (shown, pane.behind) == ([], False)
        operator.backend.change_port(3, health=PortHealth.BUSY)
        pane.sync(operator.clock.now + 5)
        assert shown == [operator.clock.now + 5]


async def test_sorting_keeps_the_cursor_on_its_port(operator: Operator) -> None:
    operator.backend.change_port(6, health=PortHealth.DOWN)
    await operator.press("2", "down")
    assert selected(operator) == ("gw1", 3)
    await operator.press("s")
    await operator.sees("worst first")
    assert shown(operator)[0] == 6
    assert selected(operator) == ("gw1", 3)
    await operator.press("s")
    await operator.sees("weakest first")
    assert shown(operator)[0] == 1
    await operator.press("s", "s")
    await operator.until(lambda: "first" not in operator.screen)
    assert shown(operator) == list(range(1, 9))


async def test_the_filter_stays_in_sight_with_its_count(operator: Operator) -> None:
    operator.backend.change_port(3, health=PortHealth.NO_SIM)
    operator.backend.change_port(6, health=PortHealth.DOWN)
    await operator.press("2", "slash")
    await operator.types("down")
    await operator.sees("/down  2 of 8")
    assert shown(operator) == [3, 6]
    await operator.types(" 99")
    await operator.sees("/down 99  0 of 8", "Nothing matches: / changes the search, / esc shows all.")
    await operator.press(*["backspace"] * 3)
    await operator.sees("/down  2 of 8")
    assert "Nothing matches" not in operator.screen
    await operator.press("enter", "down")
    assert operator.app.screen.query_one("#ports-search", Input).display
    await operator.press("slash", "escape")
    await operator.until(lambda: shown(operator) == list(range(1, 9)))
    assert not operator.app.screen.query_one("#ports-search", Input).display


async def test_letters_in_the_filter_are_text(operator: Operator) -> None:
    await operator.press("2", "slash")
    await operator.types("top")
    assert operator.app.screen.query_one("#ports-search", Input).value == "top"
    assert not grid(operator).tiled


async def test_going_to_a_port_undoes_a_filter_that_hides_it(operator: Operator) -> None:
    await operator.press("2", "slash")
    await operator.types("5")
    await operator.until(lambda: shown(operator) == [5])
    operator.app.screen.query_one(PortsPane).go_to("gw1", 8)
    assert selected(operator) == ("gw1", 8)
    await operator.press("escape")
    await operator.until(lambda: len(shown(operator)) == 8)


async def test_gateways_are_told_apart(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        await operator.press("2", "z")
        await operator.sees("gw1  1", "gw3  8", "24 of 24 in service")
        await operator.press("slash")
        await operator.types("gw2")
        await operator.sees("/gw2  8 of 24")


# ---- acts -----------------------------------------------------------------------------------------------------------


async def test_power_is_chosen_asked_about_done_and_told(operator: Operator) -> None:
    await operator.press("2", "down", "p")
    await operator.sees("Power: gw1 port 3", "Reset the module")
    await operator.press("1")
    await operator.sees("Reset gw1 port 3 (CHINA MOBILE ready)?", "out of service until")
    assert operator.backend.acts == []
    await operator.press("y")
    await operator.sees("Power reset, gw1 port 3", "Power reset span 1")
    assert operator.backend.acts == [("power", "gw1", 3, "reset")]
    await operator.press("escape")
    await operator.until(lambda: len(operator.app.screen_stack) == 1)


async def test_no_means_no(operator: Operator) -> None:
    await operator.press("2", "p", "2")
    await operator.sees("Switch off gw1 port 1")
    await operator.press("n")
    await operator.press("p", "escape")
    await operator.until(lambda: len(operator.app.screen_stack) == 1)
    assert operator.backend.acts == []


async def test_an_outcome_that_nobody_knows_says_so(operator: Operator) -> None:
    operator.backend.act_error = OutcomeUnknown("UNKNOWN whether it was done: [/x]", hint="Check the port.")
    await operator.press("2", "p", "2", "y")
    await operator.sees("? UNKNOWN whether it was done: [/x]", "Check the port.")


async def test_what_was_not_done_says_why(operator: Operator) -> None:
    operator.backend.act_error = NotConnected("The connection is closed.", hint="Try again.")
    await operator.press("2", "p", "2", "y")
    await operator.sees("✗ Not done: The connection is closed. Try again.")


async def test_an_at_command_is_always_asked_about_and_the_answer_shown(operator: Operator) -> None:
    operator.backend.act_words = "+CSQ: 21,0\n\x1b]52;c;YQ==\x07[red]\nOK"
    for typed in ("+CSQ", "AT+CSQ"):
        await operator.press("2")
        await operator.says("at")
        await operator.sees("AT command for gw1 port 1")
        await operator.types(typed)
        await operator.press("enter")
        await operator.sees("Send AT+CSQ to the module in gw1 port 1?")
        await operator.press("y")
        await operator.sees("+CSQ: 21,0", "␛]52;c;YQ==␇[red]", "OK")
        await operator.press("escape")
    assert operator.backend.acts == [("at", "gw1", 1, "AT+CSQ")] * 2


async def test_what_is_no_at_command_or_carries_a_pin_is_told_at_once(operator: Operator) -> None:
    await operator.press("2")
    await operator.says("at")
    await operator.types("+CPIN=1234")
    await operator.press("enter")
    await operator.sees("contains a PIN")
    assert operator.backend.acts == []


async def test_an_answer_that_comes_late_does_not_get_into_the_way(operator: Operator) -> None:
    operator.backend.held = []
    await operator.press("2", "p", "1", "y")
    await operator.until(lambda: operator.backend.held)  # type: ignore[arg-type,return-value]
    await operator.press("question_mark")
    await operator.until(lambda: len(operator.app.screen_stack) == 2)
    operator.backend.held[0].set_result("done at last")
    await operator.sees("done at last")
    assert len(operator.app.screen_stack) == 2


async def test_acts_are_refused_with_the_reason(operator: Operator) -> None:
    first = operator.backend.snapshots[0]
    rights = AccountRights(NOON, {}, {"command": Holding.MISSING})
    operator.backend.snapshots = (replace(first, rights=rights),)
    await operator.press("2", "p")
    await operator.sees("Not possible: the AMI account on gw1")
    down = LinkStatus(LinkPhase.WAITING, NOON, "gone")
    operator.backend.snapshots = (replace(first, link=down),)
    await operator.says("at")
    await operator.sees("Not possible: the AMI link to gw1 is down.")
    assert len(operator.app.screen_stack) == 1


async def test_who_may_only_look_is_refused_every_act(operator: Operator) -> None:
    operator.backend.read_only_because = "the configuration says so"
    await operator.press("2", "p", "X", "N")
    await operator.sees("Read only: the configuration says so")
    assert len(operator.app.screen_stack) == 1
    assert operator.store.port_notes.of("gw1") == {}


async def test_a_port_is_left_out_of_auto_and_let_in_again(operator: Operator) -> None:
    await operator.press("2", "X")
    await operator.sees("Lock gw1 port 1 out of auto and port sets?")
    await operator.press("y")
    await operator.sees("1⊘")
    assert operator.store.port_notes.locked_out("gw1") == {1}
    await operator.press("X")
    await operator.sees("Unlock gw1 port 1 for automatic selection? Locked out by ", f" {OPERATOR}.")
    await operator.press("y")
    await operator.until(lambda: "1⊘" not in operator.screen)
    assert operator.store.port_notes.of("gw1") == {}
    assert [one.action for one in operator.store.audit.all()] == ["lock out", "let in"]


async def test_a_note_is_kept_for_colleagues_and_a_lock_stays(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.port_notes.set("gw1", 1, "", True, "bob").result(10)
        await operator.press("2")
        await operator.sees("1⊘")
        await operator.press("N")
        await operator.sees("Note on gw1 port 1", "Visible to all users")
        await operator.types("mind the antenna")
        await operator.press("enter")
        await operator.until(lambda: operator.store.port_notes.of("gw1")[1].note == "mind the antenna")
        assert operator.store.port_notes.locked_out("gw1") == {1}
        await operator.press("t")
        await operator.until(lambda: "⊘ locked out" in operator.screen)


async def test_without_a_port_there_is_nothing_to_do_it_to(tmp_path: Path) -> None:
    async with console(tmp_path, ports=0) as operator:
        await operator.press("2", "p")
        await operator.sees("No port is known yet")


async def test_where_no_port_is_as_looked_for_the_acts_say_so(operator: Operator) -> None:
    await operator.press("2", "slash")
    await operator.types("zzz")
    await operator.sees("/zzz  0 of 8")
    await operator.press("enter", "p")
    await operator.sees("No port matches zzz: esc shows all.")
    await operator.press("escape")
    await operator.until(lambda: "zzz" not in operator.lines[1])
    await operator.press("slash")
    await operator.types("prot:3")
    await operator.sees("There is no field prot here; fields: port,", "Did you mean port:?")
    assert "prot:3" in operator.screen


@pytest.mark.parametrize("small", [(60, 20), (80, 24), (20, 5)])
async def test_grown_again_the_pane_is_as_high_as_its_ports(operator: Operator, small: tuple[int, int]) -> None:
    await operator.sees("8 of 8 in service")
    pane = operator.app.screen.query_one(PortsPane)
    high = pane.size.height
    await operator.pilot.resize_terminal(*small)
    await operator.until(lambda: pane.display is False)
    await operator.pilot.resize_terminal(120, 40)
    await operator.sees("8 of 8 in service")
    await operator.until(lambda: pane.size.height == high, "as high as before")
