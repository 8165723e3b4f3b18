"""Three simulated gateways on one screen: one dead from the start; one slow and one that dies."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import leave, send, shows
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREE = ("demo", "--gateways", "3", "--dead", "--ports", "2", "--rate", "0")
ALIVE = r"gw1 ● \d/2  gw2 ● \d/4  gw3 [◌✗] AMI"


def test_the_living_work_beside_a_dead_one_and_one_alone_is_shown() -> None:
    with Terminal.console(*THREE, columns=80, rows=24) as terminal:
        terminal.wait_for(shows(ALIVE))
        terminal.wait_for("receiving")
        terminal.type("]", "]")
        terminal.wait_for(" gw2 only ")
        terminal.wait_for(shows(r"Inbox  gw2 only  \d+ of \d+"))
        terminal.type("n")
        terminal.wait_for("At    ◂ gw2 ▸")
        send(terminal, "+8613632919026")
        terminal.type("5")
        terminal.wait_for(shows(r"(sent|delivered|failed) +\+8613632919026"))
        terminal.type("]")
        terminal.wait_for(" gw3 only ")
        terminal.wait_for(lambda screen: "+8613632919026" not in screen.text)
        terminal.type("0")
        terminal.wait_for(shows(r"gw2 .*\+8613632919026"))
        leave(terminal)


def gateways(tcp_port: int) -> Iterator[GatewayProcess]:
    """Three of two ports each, that call the same receiver."""
    return (GatewayProcess("--ports", "2", receiver_tcp_port=tcp_port, name=f"gw{number}") for number in (1, 2, 3))


def test_a_slow_gateway_and_a_dead_one_hold_up_nobody(tmp_path: Path) -> None:
    with ExitStack() as stack:
        quick, slow, dead = (stack.enter_context(each) for each in gateways(free_tcp_port()))
        config = str(quick.configuration(tmp_path, slow, dead, ping_period=15.0))
        terminal = stack.enter_context(Terminal.console("--config", config, columns=120, rows=30))
        terminal.wait_for(shows(r"gw1 ● 2/2  gw2 ● 2/2  gw3 ● 2/2 "))
        terminal.type("2")
        terminal.wait_for("6 of 6 in service")
        dead.stop()
        slow.order("slow=1")
        terminal.wait_for(shows(r"gw1 ● 2/2  gw2 ● 2/2  gw3 [✗◌] AMI "))
        terminal.wait_for(shows(r"✗ gw3: AMI down: .*"))

        # While an answer of the slow one is awaited: what happens on the quick one is seen, and keys do what they do.
        quick.order("pull-sim=2")
        terminal.wait_for(shows(r"gw1 ● 1/2 "))
        terminal.wait_for(shows(r"gw1  2 .*○ no SIM"))
        quick.order("insert-sim=2")
        terminal.wait_for(shows(r"gw1 ● 2/2  gw2 ● 2/2  gw3 [✗◌] AMI "))
        quick.order("sms=20")
        slow.order("sms=20")
        terminal.type("1")
        terminal.wait_for(shows(r"Inbox  40 "))
        terminal.type("]", "]")
        terminal.wait_for(shows(r"gw2 only  ● 2/2 "))
        terminal.wait_for(shows(r"Inbox  gw2 only  20 "))
        terminal.type("0")
        terminal.wait_for(shows(r"Inbox  40 "))

        # The slow one is asked all along, and what it says is shown with its age, however late it comes.
        slow.order("pull-sim=1")
        terminal.wait_for(shows(r"gw2 ● 1/2 "))
        dead.start()
        terminal.wait_for(shows(r"gw1 ● 2/2  gw2 ● 1/2  gw3 ● 2/2 "))
