"""What an operator lives through: a real terminal, real sockets, the simulated gateway as a program of its own."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import call, console_on_gateway, leave, left_the_form, shows
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

GAP = re.compile(r"─ AMI down \d\d:\d\d:\d\d – \d\d:\d\d:\d\d")
LONG = "Dear customer, your parcel has arrived at the station. " * 4


def test_an_sms_arrives_is_read_and_survives_a_restart_and_a_long_one_is_previewed_and_sent_as_csms(
    tmp_path: Path,
) -> None:
    with GatewayProcess("--ports", "4", receiver_tcp_port=free_tcp_port()) as gateway:
        config = str(gateway.configuration(tmp_path))
        with Terminal.console("--config", config) as terminal:
            terminal.wait_for("receiving")
            terminal.wait_for("● AMI")
            assert call(gateway.receiver_tcp_port, "Your code is 4711") == 200
            terminal.wait_for("Your code is 4711")
            terminal.wait_for("1 unread")
            terminal.type("enter")
            terminal.wait_for("As received")
            terminal.type("esc")
            terminal.wait_for(lambda screen: "As received" not in screen.text and "1 unread" not in screen.text)
            leave(terminal)
        with Terminal.console("--config", config, columns=120, rows=40) as terminal:
            terminal.wait_for("Your code is 4711")
            terminal.wait_for("4 of 4 in service")
            assert "unread" not in terminal.text
            terminal.type("n", "+8613632919026", "enter", f"\x1b[200~{LONG}\x1b[201~")  # pasted
            terminal.wait_for("GSM-7 · 2 segments · 84 left")
            terminal.type("ctrl+t")
            terminal.wait_for(shows(r"Message 1 to \+8613632919026: . (sent|delivered)"))
            terminal.type("esc")
            terminal.wait_for(left_the_form)  # esc and a digit in one piece would be alt and the digit
            terminal.type("5", "enter")
            terminal.wait_for("SEND CONCATENATED SMS TO PHONE")
            terminal.wait_for("✓ sent segment 2")


def test_the_link_is_cut_and_comes_back_with_the_gap_in_sight(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "2", rows=40) as (gateway, terminal):
        terminal.wait_for("2 of 2 in service")
        gateway.stop()
        terminal.wait_for("AMI down")
        assert call(gateway.receiver_tcp_port, "received all the same") == 200
        terminal.wait_for("received all the same")
        gateway.start()
        terminal.type("R")
        terminal.wait_for(lambda screen: GAP.search(screen.text) is not None and "gw1 ● up" in screen.text)


def test_the_demo_leaves_by_itself() -> None:
    with Terminal.console("demo", "--exit-after", "2", "--seed", "7", "--ports", "6", "--rate", "5") as terminal:
        assert terminal.wait_for_exit() == 0
        assert terminal.modes_now == terminal.modes_before
        assert b"\x1b[?1049h" in terminal.raw


def test_a_hangup_leaves_the_terminal_as_it_was() -> None:
    with Terminal.console("demo", "--rate", "5") as terminal:
        terminal.wait_for("unread")
        ends_by(terminal, signal.SIGHUP)


def test_sigterm_does_so_too_and_sixteen_colours_still_tell_good_from_bad() -> None:
    with Terminal.console("demo", "--rate", "0", TERM="xterm-16color", COLORTERM="") as terminal:
        terminal.wait_for("1●")
        assert re.search(rb"\x1b\[(?:\d+;)*[39]2[;m]", terminal.raw)
        ends_by(terminal, signal.SIGTERM)
        assert b"38;2;" not in terminal.raw


def ends_by(terminal: Terminal, number: signal.Signals) -> None:
    terminal.process.send_signal(number)
    assert terminal.wait_for_exit() == 0
    assert terminal.modes_now == terminal.modes_before
    assert b"\x1b[?1049l" in terminal.raw


def test_a_dropped_line_ends_the_console_and_spins_nothing() -> None:
    with Terminal.console("demo", "--rate", "5") as terminal:
        terminal.wait_for("receiving")
        terminal.hang_up()
        assert terminal.process.wait(DEADLINE) == 0


def test_a_dead_terminal_is_noticed_even_where_no_signal_comes() -> None:
    with Terminal.console("demo", "--rate", "0", controlling=False) as terminal:
        terminal.wait_for("receiving")
        terminal.hang_up()
        assert terminal.process.wait(DEADLINE) == 0
