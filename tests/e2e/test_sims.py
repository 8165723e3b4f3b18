"""SIMs pulled and put in, words of other firmware, a network that lets go; an alarm from raise to clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.stories import console_on_gateway, says, shows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.terminal import Terminal

BELL = b"\x07"
SILENT_MODES = re.compile(rb"\x1b\][^\x07\x1b]*\x07")
"""What sets a title ends in the same byte."""
RULES = "[alarms]\nunregistered_seconds = 1.0\n"
USED = "[[gateways.sims]]\nport = 3\ndaily_limit = 1000\n"
"""Nobody is told of a slot that was never used; this one is."""


def rings(terminal: Terminal) -> int:
    """How often the bell has sounded."""
    return SILENT_MODES.sub(b"", bytes(terminal.raw)).count(BELL)


def test_sims_pulled_and_put_in_and_words_nobody_knows_are_shown_as_they_are(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "4", columns=80, rows=24) as (gateway, terminal):
        terminal.type("2")
        terminal.wait_for("4 of 4 in service")
        gateway.order("pull-sim=2")
        gateway.order("pull-sim=4")
        terminal.wait_for(shows(r"^│ +2 .*○ no SIM "))
        terminal.wait_for(shows(r"^│ +4 .*○ no SIM "))
        terminal.wait_for("2 of 4 in service")
        gateway.order("insert-sim=4")
        terminal.wait_for(shows(r"^│ +4 .*● ready "))
        gateway.order("strange=3")
        terminal.wait_for(shows(r"^│ +3 .*RF CALIBRATION "))
        terminal.wait_for("2 of 4 in service")
        terminal.wait_for(shows(r"^ 1● 2○ 3. 4● "))
        terminal.type("/")
        terminal.wait_for("port:1-8")
        terminal.type("calib")
        terminal.wait_for("/calib  1 of 4")
        terminal.type("esc")
        terminal.wait_for(shows(r"^│ +1 .*● ready "))
        terminal.type("G", "k", "enter")
        terminal.wait_for("RF CALIBRATION")
        terminal.type("5")
        terminal.wait_for("Raw output of the gateway")
        terminal.type("G")
        terminal.wait_for(shows(r"State: RF CALIBRATION"))


def test_an_alarm_is_raised_rung_acknowledged_by_name_and_clears_with_its_duration(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "4", rules=RULES, sims=USED) as (gateway, terminal):
        terminal.type("2")
        terminal.wait_for("4 of 4 in service")
        before = rings(terminal)
        gateway.order("unregister=3")
        terminal.wait_for(shows(r"^│ +3 .*▲ no network "))
        terminal.wait_for("▲ 1 alarm (l)")
        terminal.wait_for(says(r"▲ gw1 port 3: not registered. Registration status: Searching"))
        terminal.wait_for(lambda it: rings(it) == before + 1)

        terminal.type("l")
        terminal.wait_for("Alarms  1 active  0 over  monitored by PID ")
        terminal.wait_for(shows(r"▲ active +\d\d:\d\d:\d\d +\d+s  gw1 port 3 +not registered "))
        terminal.type("a")
        terminal.wait_for(
            shows(r"△ acked +\d\d:\d\d:\d\d +\d+s  gw1 port 3 +not registered +\S+  registration status: ")
        )
        by_whom = re.compile(r"acknowledged by (\S+) \d{4}-\d\d-\d\d ")
        terminal.wait_for(lambda it: by_whom.search(it.text) is not None)
        [seen] = by_whom.findall(terminal.text)
        terminal.type("esc")
        terminal.wait_for("△ 1 alarm acked (l)")

        gateway.order("register=3")
        terminal.wait_for(shows(r"^│ +3 .*● ready "))
        over = r"✓ gw1 port 3: not registered, over after (\d+)s"
        terminal.wait_for(says(over))
        terminal.wait_for(lambda it: "alarm" not in it.lines[0])
        terminal.type("l")
        terminal.wait_for("Alarms  0 active  1 over  monitored by PID ")
        terminal.wait_for(shows(r"✓ over +\d\d:\d\d:\d\d +[1-9]\d*s  gw1 port 3 +not registered "))
        terminal.wait_for(f"acknowledged by {seen} ")
        terminal.type("esc")
        terminal.wait_for("4 of 4 in service")
        assert rings(terminal) == before + 1, "its end does not ring"
