"""One port over the whole screen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind, Condition
from console.domain.link import Flow
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, Via
from console.domain.ports import PortHealth, PortSample
from console.domain.sending import SimUsage
from console.protocol.ami.frames import AmiFramer
from console.ui.ports.screen import PortScreen
from tests.support.backend import NOON
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


async def open_port(operator: Operator, *keys: str) -> None:
    await operator.press("2", *keys, "enter")
    await operator.until(lambda: isinstance(operator.app.screen, PortScreen))


async def sees(operator: Operator, *texts: str) -> None:
    """As the operator's own `sees`, for the screen on top."""
    screen = operator.app.screen
    assert isinstance(screen, PortScreen)

    def is_seen(text: str) -> bool:
        screen.sync()
        return text in operator.screen

    for text in texts:
        await operator.until(partial(is_seen, text), repr(text))


def send(operator: Operator, port: int, text: str, *states: S) -> None:
    message = operator.store.add_outbox(Draft("gw1", "+49151", text, port, Via.AMI), 1).result(10)
    for state in states:
        operator.store.add_evidence(Evidence(message.id, 1, operator.clock.now, state, "ami", "")).result(10)


async def test_the_facts_say_all_that_is_known(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.change_port(3, health=PortHealth.NO_SIM)
        first = operator.backend.snapshots[0]
        operator.backend.snapshots = (replace(first, usage={3: SimUsage(93, 420, 100, None)}),)
        await operator.sees("7 of 8 in service")
        await open_port(operator, "down")
        await sees(operator, "gw1 port 3", "○ no SIM", "Registered (Home network)", "IMSI", "93/100 segments")
        await sees(operator, "none since the last success", "not in 14 days")
        await operator.press("5")
        await sees(operator, "Raw output of the gateway", "State: READY")
        await operator.press("escape")
        await operator.until(lambda: "gw1 port 3" not in operator.screen)


async def test_it_is_live(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await open_port(operator)
        await sees(operator, "● ready")
        operator.backend.change_port(1, health=PortHealth.BLOCKED)
        await sees(operator, "■ blocked")
        operator.receives("hello", port=1)
        await sees(operator, "↓1 ↑0")


async def test_failures_in_a_row_raise_a_question(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for _ in range(3):
            send(operator, 1, "hi", S.SUBMITTING, S.FAILED)
        await open_port(operator)
        await sees(operator, "3 in a row: is the SIM blocked, or out of credit?")


async def test_notes_and_alarms_stand_on_top(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.port_notes.set("gw1", 1, "mind [/x]", True, "bob").result(10)
        alarm = operator.store.alarms.raise_(Condition(AlarmKind.LOW_SIGNAL, "gw1", 1, "signal low [/x]")).result(10)
        assert alarm is not None
        operator.store.alarms.acknowledge([alarm.id], "carol").result(10)
        await open_port(operator)
        await sees(operator, "⊘ Locked out of auto", "“mind [/x]”  bob")
        await sees(operator, "▲ signal low [/x]", ", acknowledged by carol")
        operator.store.alarms.clear(alarm.id).result(10)
        await sees(operator, "○ signal low [/x]", "over since")


async def test_sections_go_by_number_and_side_by_side(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await open_port(operator)
        await operator.press("4")
        await sees(operator, "No AMI messages about this port")
        await operator.press("right")
        await sees(operator, "Raw output")
        await operator.press("right")
        await sees(operator, "Registered")
        await operator.press("left", "left")
        await sees(operator, "No AMI messages about this port")


async def test_charts_of_hours_and_days(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.port_samples.add_all("gw1", {1: PortSample(NOON - 7200, 21, PortHealth.READY)}).result(10)
        operator.receives("one", port=1)
        send(operator, 1, "hi", S.SUBMITTING, S.SENT, S.DELIVERED)
        await open_port(operator)
        await operator.press("2")
        await sees(operator, "The last 24 hours", "now 21", "received", "all 1", "delivery s")
        assert "█" in operator.screen
        await operator.press("D")
        await sees(operator, "The last 14 days", "now 21")
        await operator.press("D")
        await sees(operator, "The last 24 hours")


async def test_messages_of_the_port_both_ways(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await open_port(operator)
        await operator.press("3")
        await sees(operator, "No messages on this port in 14 days.")
        operator.receives("came by one [/x]", port=1)
        operator.receives("came by two", port=2)
        send(operator, 1, "went by one", S.SUBMITTING, S.SENT)
        send(operator, 2, "went by two", S.SUBMITTING, S.SENT)
        await sees(operator, "came by one [/x]", "went by one", "✓ sent")
        assert "by two" not in operator.screen


async def test_a_message_of_the_port_is_opened_copied_and_answered(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("long " * 40, number="+995577445566", port=1)
        operator.clock.now += 1
        send(operator, 1, "went by one", S.SUBMITTING, S.FAILED)
        await open_port(operator)
        await operator.press("3")
        await sees(operator, "long long", "went by one")
        assert [line[-3] for line in operator.lines if "long long" in line] == ["…"], "one line, cut to the width"
        await operator.press("down", "y")
        await operator.sees("The text: 200 bytes")
        await operator.press("enter")
        await operator.sees("As received", "Message 1")
        await operator.press("escape", "up", "enter")
        await operator.sees("─ Message 1 ─", "→ sending segment 1")
        await operator.press("e")
        await operator.sees("3 Compose", "To    +49151", "went by one")
        await operator.press("escape")
        await open_port(operator)
        await operator.press("3", "down", "r")
        await operator.sees("Re    “long long", "To    +995577445566", "3 Compose")
        assert operator.store.unread_count() == 0


async def test_what_ami_said_of_the_port(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for block in (
            b"Event: ExtraDown\r\nChannel: 1\r\nResult: SIM Not inserted\x1b[2J\r\n\r\n",
            b"Event: ExtraDown\r\nChannel: 2\r\nResult: other\r\n\r\n",
        ):
            for message in AmiFramer().feed(block):
                operator.log.append(NOON, "gw1", Flow.IN, "", message)
        await open_port(operator)
        await operator.press("4")
        await sees(operator, "SIM Not inserted␛[2J")
        assert "other" not in operator.screen


async def test_a_pin_that_was_sent_last_is_masked(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.change_port(1, raw="State: READY\nLast send AT: AT+CPIN=1234")
        await open_port(operator)
        await operator.press("5")
        await sees(operator, "AT+CPIN=***")
        assert "1234" not in operator.screen


async def test_it_scrolls_on_a_small_screen(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await open_port(operator)
        await operator.press("end")
        await sees(operator, "PDD / ASR / ACD")
        await operator.press("home")
        await sees(operator, "State")


async def test_the_acts_are_here_as_well(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await open_port(operator)
        await operator.press("p", "1", "y")
        await operator.until(lambda: operator.backend.acts == [("power", "gw1", 1, "reset")])
        await operator.sees("Power reset span 1")
        await operator.press("escape")
        await operator.press("X", "y")
        await operator.until(lambda: operator.store.port_notes.locked_out("gw1") == {1})
        await sees(operator, "⊘ Locked out of auto")
        await operator.press("asterisk")
        await operator.sees("USSD  gw1 port 1")


async def test_what_the_make_can_t_do_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.snapshots = tuple(replace(one, dialect="yeastar") for one in operator.backend.snapshots)
        await open_port(operator)
        await operator.press("p")
        await operator.sees("can't switch or reset ports of a Yeastar TG")
        await operator.press("asterisk")
        await operator.sees("can't send USSD codes on a Yeastar TG")
        await operator.says("at")
        await operator.sees("can't send AT commands on a Yeastar TG")
        assert isinstance(operator.app.screen, PortScreen)
        assert operator.backend.acts == []


async def test_who_may_only_look_is_refused_here_too(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "training"
        await open_port(operator)
        await operator.press("p", "X", "N")
        await operator.sees("Read only: training")
        assert isinstance(operator.app.screen, PortScreen)
