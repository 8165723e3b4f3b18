"""A gateway that goes silent without a word, and one that reboots: the screen tells the truth from the first second."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PING_PERIOD = 1.0
TIMES = "answer_timeout = 1.0\nconnect_timeout = 2.0"
RULES = "[alarms]\ndown_seconds = 0.5\nunregistered_seconds = 600.0\n"
SLACK = 3.0
"""Seconds by which a busy machine may be late."""

LIVE = "2 of 2 in service"
GAP = r"─ AMI down (\d\d):(\d\d):(\d\d) – (\d\d):(\d\d):(\d\d)"


def shows(pattern: str) -> Callable[[Terminal], bool]:
    return lambda terminal: re.search(pattern, terminal.text) is not None


def found(terminal: Terminal, pattern: str) -> re.Match[str]:
    terminal.wait_for(shows(pattern))
    match = re.search(pattern, terminal.text)
    assert match is not None
    return match


def words(terminal: Terminal) -> str:
    """The screen as one line: a toast breaks its words over several."""
    return re.sub(r"[\s▌│]+", " ", terminal.text)


def test_a_silent_gateway_is_noticed_in_time_and_its_return_closes_gap_and_alarm(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path, ping_period=PING_PERIOD, ami=TIMES, rules=RULES)
        with Terminal.console("--config", str(config), columns=120, rows=30) as terminal:
            terminal.wait_for("receiving")
            terminal.type("2")
            terminal.wait_for(LIVE)
            gateway.order("silent")

            silence = found(terminal, r"no answer to a Ping, nothing heard for ([\d.]+) s")
            assert float(silence[1]) <= 2 * PING_PERIOD + SLACK
            terminal.wait_for(shows(r"0 of 2 in service  page 1 of \d+  gw1: not known since "))
            terminal.wait_for(shows(r"1 .*\? \d+s old: ready"))
            terminal.wait_for("▲ 1 alarm (l)")
            terminal.wait_for(lambda it: "▲ gw1: AMI down. AMI can't be reached" in words(it))
            terminal.wait_for(shows(r"1 .*\? 10s old: ready"))
            assert LIVE not in terminal.text
            gateway.order("awake")

            terminal.wait_for(LIVE)
            terminal.wait_for(shows(r"gw1 ● AMI "))
            terminal.wait_for(lambda it: re.search(r"✓ gw1: AMI down, over after \d\ds", words(it)) is not None)
            assert "alarm (l)" not in terminal.lines[0]
            terminal.type("4")
            terminal.wait_for("AMI down: no answer to a Ping")
            gap = [int(digits) for digits in found(terminal, GAP).groups()]
            seconds = (gap[3] - gap[0]) * 3600 + (gap[4] - gap[1]) * 60 + gap[5] - gap[2]
            assert seconds % 86_400 >= 10
            terminal.type("l")
            terminal.wait_for(shows(r"✓ over \d\d:\d\d:\d\d +\d\ds  gw1 +AMI down "))


def test_a_gateway_that_reboots_comes_back_by_itself_and_the_pane_is_true_all_along(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path, ping_period=PING_PERIOD, ami=TIMES, rules=RULES)
        with Terminal.console("--config", str(config), columns=120, rows=30) as terminal:
            terminal.wait_for("receiving")
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
            assert seen[0] in {"ready", "0s old: ready"}
            old = [place for place, state in enumerate(seen) if state.endswith("s old: ready")]
            starting = seen.index("starting")
            network = seen.index("no network")
            assert old
            assert max(old) < starting < network < len(seen) - 1
            assert "ready" not in seen[old[0] : network], "nothing old is shown as if it were so"
            terminal.type("4")
            terminal.wait_for(shows(GAP))
            terminal.wait_for("the gateway closed the connection")
