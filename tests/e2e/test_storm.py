"""5,000 AMI events a second: keys are answered, counts are exact, the link stands, the log keeps within its bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.domain.link import Flow
from console.store.ami.files import tail
from tests.support.stories import console_on_gateway, leave, shows, write
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terminal import Terminal

STORM = 5_000
EVENTS = 3 * STORM
"""So many are seen at least before it ends."""
SMS = 200
NUMBERS = ("+4915100001", "+4915100002", "+4915100003")
FILES = 3
MEBIBYTE = 1024 * 1024
BATCH = 256 * 1024
"""Bytes by which a file may be too long: what was written at once."""
RULES = f"[ami_log]\nfile_mebibytes = 1\nfiles = {FILES}\n"


def newest(terminal: Terminal) -> int:
    """The number of the newest event of the storm on the screen."""
    return max(map(int, re.findall(r"Variable STORM · Value (\d+)", terminal.text)), default=0)


def test_a_storm_of_events_holds_up_no_key_and_loses_no_message(tmp_path: Path) -> None:
    ami = f"answer_timeout = {DEADLINE}"
    with console_on_gateway(tmp_path, "--ports", "4", ping_period=DEADLINE, ami=ami, rules=RULES) as (
        gateway,
        terminal,
    ):
        terminal.type("2")
        terminal.wait_for("4 of 4 in service")
        terminal.type("4")
        terminal.wait_for("f Follow")
        terminal.type(".")
        terminal.wait_for("gsm show span 4")

        # It blows until it is told to stop: all that is waited for until then comes while it does.
        gateway.order(f"storm={STORM}")
        terminal.wait_for(lambda it: newest(it) > 0)
        gateway.order(f"sms={SMS}")
        for number in NUMBERS:
            write(terminal, number)
        terminal.type("1")
        terminal.wait_for(f"Inbox  {SMS} ")
        terminal.type("5")
        for number in NUMBERS:
            terminal.wait_for(shows(rf"(sent|delivered) +{re.escape(number)}"))
        terminal.type("2", "j", "j", "enter")
        terminal.wait_for("gw1 port 3 ")
        terminal.type("esc")
        terminal.wait_for("4 of 4 in service")
        terminal.type("4")
        terminal.wait_for("f Follow")
        terminal.wait_for(lambda it: newest(it) > EVENTS)
        terminal.type("/")
        terminal.wait_for("To the list")
        terminal.type("-VarSet")
        terminal.wait_for(lambda it: newest(it) == 0)
        done = gateway.order("storm=0")

        assert done == (len(NUMBERS), 0)
        terminal.type("esc")
        terminal.wait_for("f Follow")
        terminal.type("1")
        terminal.wait_for(f"Inbox  {SMS}  {SMS} unread")
        terminal.wait_for(shows("gw1 ● AMI "))
        leave(terminal)
    check_log(tmp_path / "ami-log")


def check_log(directory: Path) -> None:
    """What is kept on disk is bounded; in it no event is missing but where it says so, and no link went down."""
    sizes = [file.stat().st_size for file in directory.iterdir()]
    assert len(sizes) == FILES
    assert max(sizes) <= MEBIBYTE + BATCH
    before = 0
    for record in tail(directory, 10 * EVENTS):
        assert "AMI down" not in record.text
        if record.flow is Flow.NOTE and "missing here" in record.text:
            before = 0
        elif record.message is not None and record.message.get("Variable") == "STORM":
            number = int(record.message.get("Value"))
            assert before in {0, number - 1}
            before = number
    assert before > EVENTS
