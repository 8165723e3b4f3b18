from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.link import Flow
from console.protocol.ami.frames import AmiFramer
from console.protocol.ami.log_text import action_summary, summary
from console.ui.rows.ami_line import log_cells
from tests.support.backend import NOON
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path

EVENT = (
    b"Event: SMSSendStatus\r\nPrivilege: system,all\r\nChannel: 2\r\nDestination: 10086\r\n"
    b"ID: 7f3a\r\nIMSI: 460028893042082\r\nStatus: SUCCESS\r\n\r\n"
)
ANSWER = (
    b"Response: Follows\r\nPrivilege: Command\r\nActionID: a\r\n"
    b"GSM span 1: Power on, Provisioned, Up, Active, Standard\nGSM span 2: Power off\n--END COMMAND--\r\n\r\n"
)


def hear(operator: Operator, data: bytes) -> None:
    for message in AmiFramer().feed(data):
        operator.log.append(operator.clock.time(), "gw1", Flow.IN, "", message)


def test_an_event_puts_first_what_matters() -> None:
    [event] = AmiFramer().feed(EVENT)
    assert summary(event) == (
        "SMSSendStatus",
        "Channel 2 · Destination 10086 · SUCCESS · ID 7f3a · IMSI 460028893042082",
    )


def test_an_answer_shows_its_first_line_and_how_many_follow() -> None:
    [answer] = AmiFramer().feed(ANSWER)
    assert summary(answer) == (
        "Follows",
        "GSM span 1: Power on, Provisioned, Up, Active, Standard  (+1 lines)",
    )


def test_an_action_shows_its_command() -> None:
    assert action_summary("Action: Command\nActionID: c1\nCommand: gsm show span 3") == (
        "Command",
        "gsm show span 3",
    )
    assert action_summary("Action: Login\nUsername: admin\nSecret: ***") == (
        "Login",
        "Username admin · Secret ***",
    )


async def test_routine_is_shown_on_request(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.log.append(NOON, "gw1", Flow.OUT, "Action: Command\nActionID: a\nCommand: gsm show spans")
        hear(operator, ANSWER + EVENT)
        await operator.sees("← SMSSendStatus", "routine hidden, . shows it")
        assert "gsm show spans" not in operator.screen
        assert "GSM span 1" not in operator.screen
        await operator.press("4", "full_stop")
        await operator.sees("gsm show spans", "GSM span 1")
        await operator.press("full_stop")
        await operator.until(lambda: "GSM span 1" not in operator.screen)


async def test_both_directions_stand_in_order_with_times(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.log.append(NOON, "gw1", Flow.OUT, "Action: Command\nCommand: core show uptime")
        hear(operator, ANSWER + EVENT)
        await operator.sees("→ Command", "← Follows", "← SMSSendStatus")
        arrows = [line for line in operator.lines if "→" in line or "←" in line]
        assert [("→" in line) for line in arrows] == [True, False, False]


async def test_a_gap_is_a_line_of_its_own(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.log.append(NOON, "gw1", Flow.NOTE, "AMI down 12:01:03 – 12:01:09")
        await operator.sees("─ AMI down 12:01:03 – 12:01:09")


async def test_moving_up_pauses_and_counts_what_comes_below(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for _ in range(30):
            hear(operator, EVENT)
        await operator.sees("SMSSendStatus")
        await operator.press("4", "up")
        for _ in range(5):
            hear(operator, ANSWER)
        await operator.sees("paused, 5 new below")
        assert "← Follows" not in operator.screen
        await operator.press("f")
        await operator.sees("← Follows")
        await operator.until(lambda: "paused" not in operator.screen)


async def test_enter_shows_headers_and_the_bytes_as_received(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        hear(operator, EVENT)
        await operator.sees("SMSSendStatus")
        await operator.press("4", "enter")
        await operator.sees("Destination: 10086", "As received", "Channel: 2␍")


async def test_hostile_headers_are_shown_as_marks(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        hear(operator, b"Event: \x1b[2J[bold]\r\nChannel: \xc2\x9b31m\xe2\x80\xaeevil\r\n\r\n")
        await operator.sees("␛[2J[bold]", "‹009B›31m‹202E›evil")
        await operator.press("4", "enter")
        await operator.sees("As received")


def test_a_note_is_plain_words() -> None:
    from console.domain.link import LogRecord

    cells = log_cells(LogRecord(1, NOON, "gw1", Flow.NOTE, "connected\x1b[31m"))
    assert cells[-1] == ("connected␛[31m", "warn")


async def test_a_token_in_what_the_gateway_tells_is_masked(tmp_path: Path) -> None:
    url = b'wget "http://192.0.2.1:8080/sms/gw1/0123456789abcdef?token=s3cr3t&message=x"'
    async with console(tmp_path) as operator:
        hear(operator, b"Event: Newexten\r\nApplication: System\r\nAppData: " + url + b"\r\n\r\n")
        await operator.press("4", "full_stop")
        await operator.sees("/sms/gw1/***?token=***")
        await operator.press("enter")
        await operator.sees("As received")
        assert "s3cr3t" not in operator.screen
        assert "0123456789abcdef" not in operator.screen
