"""Three simulated gateways on one screen, one of them dead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

THREE = ("demo", "--gateways", "3", "--dead", "--ports", "2", "--rate", "0")
ALIVE = re.compile(r"gw1 ● \d/2  gw2 ● \d/4  gw3 [◌✗] AMI")


def shows(pattern: re.Pattern[str]) -> Callable[[Terminal], bool]:
    return lambda terminal: pattern.search(terminal.text) is not None


def test_the_living_work_beside_a_dead_one_and_one_alone_is_shown() -> None:
    with Terminal.console(*THREE, columns=80, rows=24) as terminal:
        terminal.wait_for(shows(ALIVE))
        terminal.wait_for("receiving")
        terminal.type("]", "]")
        terminal.wait_for(" gw2 only ")
        terminal.wait_for(shows(re.compile(r"Inbox  gw2 only  \d+ of \d+")))
        terminal.type("n")
        terminal.wait_for("At    ◂ gw2 ▸")
        terminal.type("+8613632919026", "enter", "hello")
        terminal.wait_for("1 segment")
        terminal.type("ctrl+t")
        terminal.wait_for("nothing written yet")
        terminal.type("esc")
        terminal.wait_for("d Done")
        terminal.type("5")
        terminal.wait_for(shows(re.compile(r"(sent|delivered|failed) +\+8613632919026")))
        terminal.type("]")
        terminal.wait_for(" gw3 only ")
        terminal.wait_for(lambda screen: "+8613632919026" not in screen.text)
        terminal.type("0")
        terminal.wait_for(shows(re.compile(r"gw2 .*\+8613632919026")))
        terminal.type("q")
        terminal.wait_for("Leave the console?")
        terminal.type("y")
        assert terminal.wait_for_exit() == 0
