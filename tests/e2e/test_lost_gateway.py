"""A gateway that goes silent without a word, and one that reboots: the screen tells the truth from the first second."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.stories import console_on_gateway, found, says, shows

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.support.gateway_process import GatewayProcess
    from tests.support.terminal import Terminal

PING_PERIOD = 1.0
TIMES = "answer_timeout = 1.0\nconnect_timeout = 2.0"
RULES = "[alarms]\ndown_seconds = 0.5\nunregistered_seconds = 600.0\n"
AWAY = 3
"""Seconds for which it is silent, at least."""
SLACK = 3.0
"""Seconds by which a busy machine may be late."""

LIVE = "2 of 2 in service"
GAP = r"─ AMI down (\d\d):(\d\d):(\d\d) – (\d\d):(\d\d):(\d\d)"


def two_ports(folder: Path) -> AbstractContextManager[tuple[GatewayProcess, Terminal]]:
    return console_on_gateway(folder, "--ports", "2", ping_period=PING_PERIOD, ami=TIMES, rules=RULES)


def test_a_silent_gateway_is_noticed_in_time_and_its_return_closes_gap_and_alarm(tmp_path: Path) -> None:
    with two_ports(tmp_path) as (gateway, terminal):
        terminal.type("2")
        terminal.wait_for(LIVE)
        gateway.order("silent")

        silence = found(terminal, r"no answer to a Ping, nothing received for ([\d.]+) s")
        assert float(silence[1]) <= 2 * PING_PERIOD + SLACK
        terminal.wait_for(shows(r"0 of 2 in service, gw1 unknown since "))
        terminal.wait_for(shows(r"1 .*\? \d+s old: ready"))
        terminal.wait_for("▲ 1 alarm (l)")
        terminal.wait_for(says("▲ gw1: AMI down. AMI is down"))
        terminal.wait_for(lambda it: int(found(it, r"1 .*\? (\d+)s old: ready")[1]) >= AWAY)
        assert LIVE not in terminal.text
        gateway.order("awake")

        terminal.wait_for(LIVE)
        terminal.wait_for(shows(r"gw1 ● AMI "))
        terminal.wait_for(says(r"✓ gw1: AMI down, over after \d+s"))
        assert "alarm (l)" not in terminal.lines[0]
        terminal.type("4")
        terminal.wait_for("AMI down: no answer to a Ping")
        gap = [int(digits) for digits in found(terminal, GAP).groups()]
        seconds = (gap[3] - gap[0]) * 3600 + (gap[4] - gap[1]) * 60 + gap[5] - gap[2]
        assert seconds % 86_400 >= AWAY
        terminal.type("l")
        terminal.wait_for(shows(r"✓ over +\d\d:\d\d:\d\d +\d+s  gw1 +AMI down "))


def test_a_gateway_that_reboots_comes_back_by_itself_and_the_pane_is_true_all_along(tmp_path: Path) -> None:
    with two_ports(tmp_path) as (gateway, terminal):
        terminal.type("2")
        terminal.wait_for(LIVE)
        gateway.order("reboot=1")

        seen: list[str] = []

        def is_back(it: Terminal) -> bool:
            """Whether all is well again; what is said of port 1 is kept, each word once."""
            state = re.search(r"^│ +1 .* ([●◌▲✗?]) (\S+(?: \S+)*?)(?: \d+s)?   ", it.text, re.MULTILINE)
            if state and (not seen or seen[-1] != state[2]):
                seen.append(state[2])
            return "ready" in seen[2:] and LIVE in it.text

        terminal.wait_for(is_back)
        old = [place for place, state in enumerate(seen) if state.endswith("s old: ready")]
        assert old
        assert set(seen[: old[0]]) <= {"ready"}
        # Each lasts five seconds; who comes back late misses the first, or both.
        coming = seen[old[-1] + 1 :]
        assert coming == [state for state in ("starting", "no network", "ready") if state in coming]
        assert "ready" not in seen[old[0] : -1], "nothing old is shown as if it were so"
        terminal.type("4")
        terminal.wait_for(shows(GAP))
        terminal.wait_for("the gateway closed the connection")
