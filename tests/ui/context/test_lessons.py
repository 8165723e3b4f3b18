from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.ui.context.lessons import of_ami, of_inbox, of_outbox, of_ports
from console.ui.keys.keymap import Keymap
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

KEYS = Keymap({"app.reconnect": "e", "app.receiver": "i", "compose.new": "W", "ami.routine": "E"})
LISTENING = ReceiverStatus(True, "0.0.0.0:8080", 0.0)
PAGE = (("Host", "192.0.2.1"), ("Path", "sms/gw1"))


def gateway(phase: LinkPhase, detail: str = "") -> GatewaySnapshot:
    return GatewaySnapshot("gw1", "192.0.2.10", LinkStatus(phase, 0.0, detail), ())


def test_the_inbox_says_what_to_type_on_the_gateways_page() -> None:
    words = of_inbox(LISTENING, PAGE, KEYS)
    assert "SMS to HTTP" in words
    assert "  Host  192.0.2.1\n  Path  sms/gw1" in words
    assert "refused" not in words


def test_the_inbox_says_why_nothing_can_come() -> None:
    words = of_inbox(replace(LISTENING, listening=False, detail="Another program already listens\x1b[2J"), PAGE, KEYS)
    assert "✗ Not receiving: Another program already listens␛[2J" in words
    assert "Host" not in words
    assert "SMS to HTTP" in of_inbox(replace(LISTENING, listening=False, by="PID 1 on jump1"), PAGE, KEYS)


def test_the_inbox_tells_of_calls_that_were_refused_with_the_operators_own_key() -> None:
    assert "! 1 call was refused: i shows whose, and why." in of_inbox(replace(LISTENING, refused=1), (), KEYS)


def test_the_outbox_names_the_key_for_writing() -> None:
    assert "Press W to write" in of_outbox(KEYS)


@pytest.mark.parametrize(
    ("phase", "detail", "words"),
    [
        (LinkPhase.UP, "", "gw1 is connected, waiting for its ports."),
        (LinkPhase.STOPPED, "no AMI account", "gw1 has no AMI: no AMI account. [gateways.ami] in the configuration"),
        (LinkPhase.CONNECTING, "", "gw1: connecting."),
        (LinkPhase.REFUSED, "Authentication failed\x07", "gw1: login refused, Authentication failed␇. e tries again;"),
        (LinkPhase.WAITING, "", "gw1: down. e tries again; `gsm-console check` explains"),
    ],
)
def test_without_ports_it_is_told_how_the_link_stands(phase: LinkPhase, detail: str, words: str) -> None:
    assert of_ports([gateway(phase, detail)], KEYS).startswith(words)


def test_an_empty_log_is_told_from_a_hidden_one() -> None:
    assert of_ami([gateway(LinkPhase.UP)], KEYS, hidden=0) == "gw1 is connected, no answer yet."
    assert of_ami([gateway(LinkPhase.UP)], KEYS, hidden=3).startswith("3 lines are hidden: E shows routine")


async def test_a_newcomer_sees_the_next_step_in_each_pane(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), ports=0) as operator:
        await operator.sees("No messages yet")
        await operator.press("2")
        await operator.sees("gw1 is connected, waiting for its ports")
        await operator.press("4")
        await operator.sees("gw1 is connected, no answer yet")
        await operator.press("5")
        await operator.sees("Nothing sent yet. Press n to write a message.")
        await operator.press("1", "slash")
        await operator.types("x")
        await operator.sees("0 of 0")
        await operator.press("escape")
        operator.receives("hello")
        await operator.sees("hello")
        assert "No messages yet" not in operator.screen
