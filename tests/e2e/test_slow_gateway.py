"""Answers that come after their time-out: a send is unknown and never made again, and old data is called old."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.simulator.options import ALL_READ_CLASSES
from tests.support.stories import console_on_gateway, shows, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terminal import Terminal

FIRST, SECOND = "+4915100001", "+4915100002"
TIMES = "answer_timeout = 1.0\nsync_timeout = 1"
DEAF = ",".join(sorted(ALL_READ_CLASSES - {"system"}))
"""An account that hears no results."""


def send_and_look(terminal: Terminal, number: str) -> None:
    """Write to a number by AMI, and go to the outbox."""
    write(terminal, number)
    terminal.type("5")
    terminal.wait_for("e Resend")


def test_a_send_that_is_answered_too_late_is_unknown_and_goes_out_once(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "1", "--read-classes", DEAF, ami=TIMES) as (gateway, terminal):
        gateway.order("lose-callbacks=1")
        terminal.type("2")
        terminal.wait_for("1 of 1 in service")
        gateway.order("hold-sends")
        send_and_look(terminal, FIRST)
        terminal.wait_for(shows(rf"\? unknown +{re.escape(FIRST)}"))
        assert gateway.order("release").air == 1

        # The answer is there now, and nobody waits for it any more: what follows is another message.
        send_and_look(terminal, SECOND)
        terminal.wait_for(shows(rf"(sent|delivered) +{re.escape(SECOND)}"))
        terminal.wait_for(shows(rf"\? unknown +{re.escape(FIRST)}"))
        terminal.type("j", "enter")
        terminal.wait_for("What is known")
        terminal.wait_for(shows(r"\? unknown segment 1 .* no answer came within 2 s"))
        assert terminal.text.count("→ sending segment 1") == 1
        assert gateway.order("release").air == 2


def test_status_answers_that_come_too_late_make_old_data_old_until_they_are_quick_again(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "2", ami=TIMES) as (gateway, terminal):
        terminal.type("2")
        terminal.wait_for("2 of 2 in service")
        gateway.order("slow=2")
        terminal.wait_for(shows(r"0 of 2 in service, gw1 unknown since "))
        terminal.wait_for(shows(r"1 .*\? \d+s old: ready"))
        gateway.order("pull-sim=2")
        gateway.order("slow=0")
        terminal.wait_for("1 of 2 in service")
        terminal.wait_for(shows(r"2 .*○ no SIM "))
        terminal.wait_for(lambda it: "1 of 2 in service" in it.text and "old: " not in it.text)
