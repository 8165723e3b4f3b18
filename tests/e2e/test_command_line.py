"""The gateway's command line through real sockets and a real terminal, and the AMI log that outlives a console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli import main
from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import leave, left_the_form
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_coloured_output_is_shown_in_our_colours_and_survives_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with GatewayProcess("--ports", "2", "--coloured", receiver_tcp_port=free_tcp_port()) as gateway:
        config = str(gateway.configuration(tmp_path))
        with Terminal.console("--config", config, columns=120, rows=40) as terminal:
            terminal.wait_for("2 of 2 in service")
            terminal.type("4")
            terminal.wait_for("f Follow")
            terminal.type("z")
            terminal.wait_for("1 Inbox")
            terminal.type("c")
            terminal.wait_for("gw1> ")
            terminal.type("core show help", "enter")
            terminal.wait_for("gw1> core show help")
            terminal.wait_for("gsm show spans  gsm show spans")
            # Not one byte of the gateway's own colour; the theme's ink for it instead.
            assert b"\x1b[1;36;40m" not in terminal.raw
            assert b"36;40" not in terminal.raw
            row = next(number for number, line in enumerate(terminal.lines) if "  gsm show spans  " in line)
            column = terminal.lines[row].index("gsm show spans")
            assert terminal.screen.buffer[row][column].fg == "6cb6d9"
            terminal.type("gsm power off 2", "enter")
            terminal.wait_for("Run this on gw1?")
            terminal.type("y")
            terminal.wait_for("Power off span 2")
            terminal.type("esc")
            terminal.wait_for(left_the_form)
            terminal.type("b")
            terminal.wait_for("Bookmark in the AMI log")
            terminal.type("port 2 is off now")
            terminal.wait_for("port 2 is off now")
            terminal.type("enter")
            terminal.wait_for("◆ port 2 is off now")
            leave(terminal)
        with Terminal.console("--config", config, columns=120, rows=40) as terminal:
            terminal.wait_for("1 of 2 in service")
            terminal.type("4")
            terminal.wait_for("f Follow")
            terminal.type("z")
            terminal.wait_for("1 Inbox")
            terminal.type("'")
            terminal.wait_for("◆ port 2 is off now")
            terminal.wait_for("── earlier, until ")
    capsys.readouterr()
    assert main(["log", "--config", config, "--grep", '"gsm power"']) == 0
    assert "-> Command (send)  gsm power off 2" in capsys.readouterr().out
    assert main(["audit", "--config", config]) == 0
    assert "command  gw1  gsm power off 2" in capsys.readouterr().out
