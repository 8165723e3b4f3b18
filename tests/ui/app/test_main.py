from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from console.domain.alarms import AlarmKind, Condition
from console.domain.link import Flow, LinkPhase, LinkStatus
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.app.main import MainScreen
from console.ui.context.sources import Sources
from tests.support.backend import NOON, FakeBackend, FixedClock
from tests.support.operator import console
from tests.support.settling import settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot


async def test_leaving_is_asked_about_whichever_way(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for key in ("q", "ctrl+q", "ctrl+c"):
            await operator.press(key)
            await operator.sees(
                "Quit the console? Until you start it again nothing ",
                "receives, and the gateway does not repeat its calls. ",
            )
            await operator.press("escape")
            await operator.until(lambda: "Quit the console?" not in operator.screen, f"esc after {key}")
            assert operator.app.is_running


async def test_leaving_says_who_goes_on_receiving(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.status = replace(operator.backend.status, next=("PID 1999 on jump1",))
        await operator.press("q")
        await operator.sees("Quit the console? PID 1999 on jump1 takes over", "receiving.")
        assert "Until you start it again" not in operator.screen
        await operator.press("enter")
        await operator.until(lambda: "Quit the console?" not in operator.screen, "Enter to be No")
        operator.backend.status = replace(operator.backend.status, listening=False, next=(), by="PID 7 on jump1")
        await operator.press("q")
        await operator.sees("│  Quit the console?   ")  # another one receives, and goes on: no word of it


async def test_leaving_names_drafts_that_would_be_lost(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("n")
        await operator.types("10086")
        await operator.press("enter")
        await operator.types("hi")
        await operator.press("escape", "q")
        await operator.sees("the gateway does not repeat its calls. 1 ", "│  draft is not sent and will be lost.")


async def test_yes_leaves(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("q", "y")
        await operator.until(lambda: operator.app._exit)
        assert operator.app.return_code == 0


async def test_trouble_is_told_in_full_below_the_header(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello")  # an empty inbox tells the reason as well
        reason = "Another program already listens on 127.0.0.1:8080. Find it with `ss -ltnp` and stop it [/x]."
        operator.backend.status = replace(operator.backend.status, listening=False, detail=reason)
        await operator.sees("✗ not receiving", "✗ receiver: Another program already listens", "stop it [/x].")
        condition = Condition(AlarmKind.RECEIVER_DOWN, "", 0, "Another program already listens")
        alarm = operator.store.alarms.raise_(condition).result(10)
        assert alarm is not None
        operator.store.alarms.acknowledge([alarm.id], "carol").result(10)
        await operator.sees("△ receiver: Another program already listens on 127.0.0.1:8080. Find it with `…")
        assert "stop it" not in operator.screen, "what somebody has seen has one line"
        operator.backend.status = replace(operator.backend.status, listening=True, detail="")
        await operator.until(lambda: "Another program" not in operator.screen)
        operator.backend.status = replace(operator.backend.status, listening=False, tried=False)
        await operator.sees("◌ receiver starts")
        assert "✗" not in operator.lines[0]


async def test_zoom_gives_the_screen_to_one_pane_and_back(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "z")
        await operator.sees("╭─ AMI")
        assert "╭─ 5 Outbox" not in operator.screen
        await operator.press("z")
        await operator.sees("╭─ 5 Outbox")


async def test_reconnect_asks_every_gateway(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        await operator.press("R")
        assert operator.backend.reconnected == ["gw1", "gw2"]


async def test_a_commit_of_another_console_is_shown(tmp_path: Path) -> None:
    from console.store import Store

    async with console(tmp_path) as operator:
        other = Store.open(tmp_path / "console.db", clock=operator.clock)
        try:
            target = b"/sms?phonenumber=10086&port=1&message=from%20the%20other%20console&time=&"
            from console.protocol.http.inbound import parse

            other.add_callback("gw1", parse(target), target, at=NOON).result()
            await operator.sees("from the other console")
        finally:
            other.close()


@pytest.mark.parametrize("key", ["n", "2", "3", "z", "question_mark", "l", "bracketright"])
async def test_a_key_that_comes_before_the_screen_is_there_waits_for_it(tmp_path: Path, key: str) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    app = ConsoleApp(Sources(store, AmiLog(), FakeBackend(store), FixedClock()))

    async def press(pilot: Pilot[object]) -> None:
        app.post_message(events.Key(key, None))
        await pilot.pause()
        app.exit()

    await app.run_async(headless=True, auto_pilot=press)
    assert app.return_code == 0
    store.close()


async def test_why_ami_is_down_stays_while_it_is_tried_again(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        [gateway] = operator.backend.snapshots

        def link(phase: LinkPhase, detail: str = "") -> None:
            operator.backend.snapshots = (replace(gateway, link=LinkStatus(phase, operator.clock.now, detail)),)

        link(LinkPhase.WAITING, "nobody answers")
        await operator.sees("gw1: AMI down: nobody answers")
        link(LinkPhase.CONNECTING)
        await operator.sees("◌ AMI connecting", "gw1: AMI down: nobody answers")
        link(LinkPhase.UP)
        await operator.until(lambda: "nobody answers" not in operator.screen)


async def test_word_of_a_focus_that_has_moved_on_comes_too_late(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        inbox = operator.app.screen.query_one("#inbox-list")
        await operator.press("5")
        operator.app.screen.post_message(events.DescendantFocus(inbox))
        await settled(operator.app)
        await operator.sees("╭─ Outbox")
        assert operator.app.focused is operator.app.screen.query_one("#outbox-list")


async def test_a_round_is_made_only_where_something_changed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        main = operator.app.screen
        assert isinstance(main, MainScreen)

        def rounds(change: Callable[[], object]) -> bool:
            """Whether a look makes one after the change."""
            before = main._shown
            change()
            main._look()
            return main._shown is not before

        def later() -> None:
            operator.clock.now += 1

        def link_lost() -> None:
            gateway = operator.backend.snapshots[0]
            operator.backend.snapshots = (replace(gateway, link=LinkStatus(LinkPhase.WAITING, NOON, "refused")),)

        def trouble() -> None:
            operator.backend.words = "the disk is full"

        changes: list[Callable[[], object]] = [
            later,
            link_lost,
            trouble,
            lambda: operator.log.append(NOON, "gw1", Flow.NOTE, "something"),
            lambda: operator.receives("hello"),
        ]
        for change in changes:
            await operator.until(lambda: not rounds(lambda: None) and main._rounds._rest is None)
            assert rounds(change)


@pytest.mark.parametrize(
    ("size", "told"), [((120, 40), "╭─ A AMI  "), ((80, 24), "1 Inbox  2 Ports  3 Compose  A AMI  5 Outbox")]
)
async def test_frames_and_tabs_tell_the_operators_own_keys(size: tuple[int, int], told: str, tmp_path: Path) -> None:
    async with console(tmp_path, size=size, keys={"pane.ami": "A"}) as operator:
        await operator.sees(told)
        await operator.press("A")
        await operator.until(lambda: operator.app.focused is operator.app.screen.query_one("#ami-list"))


async def test_a_toast_covers_no_line_and_the_next_one_waits_for_it(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(30):
            operator.receives(f"text {number}")
        await operator.sees("text 29")
        without = operator.lines
        operator.app.notify("Something came.")
        operator.app.notify("Something went wrong.", severity="error")
        operator.app.notify("Something else.")
        await settled(operator.app)
        assert operator.lines[-2].startswith("▌ Something came. ")
        assert operator.lines[-2].endswith("+2 ")
        assert [*operator.lines[1:-2], operator.lines[-1]] == [*without[1:-2], without[-1]], "not a line has moved"
        await operator.sees("▌✗ Something went wrong.", "▌ Something else.")
        await operator.until(lambda: operator.lines[-2] == without[-2], "the edge of the pane")


async def test_a_toast_is_on_the_screen_in_front(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("l")
        operator.app.notify("Something went wrong.", severity="error")
        await operator.sees("▌✗ Something went wrong.")
        await operator.press("escape")
        assert "▌✗ Something went wrong." in operator.lines[-2]
        operator.clock.now += 10
        await operator.press("down")
        await operator.until(lambda: "wrong" not in operator.screen)
