"""A newcomer's first minute: an empty home, a gateway, and an inbox that shows a message."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import call, home, leave
from tests.support.terminal import REPOSITORY, Terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_from_an_empty_home_to_an_inbox_that_shows_a_message(tmp_path: Path) -> None:
    path = tmp_path / "config" / "gsm-console" / "config.toml"
    with (
        GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway,
        Terminal([sys.executable, "-m", "console"], environ=home(tmp_path)) as terminal,
    ):
        terminal.wait_for("first setup")
        terminal.wait_for("There is no configuration yet")
        terminal.type("enter")
        terminal.wait_for("1 of 4")
        terminal.type("enter", "127.0.0.1", "enter")
        terminal.wait_for("2 of 4")
        terminal.type(gateway.ami.rpartition(":")[2], "enter", "admin", "enter", "wrong", "enter")
        terminal.wait_for("✗ AMI")
        terminal.wait_for("Fix it")
        terminal.type("admin", "enter")
        terminal.wait_for("2 GSM ports")
        terminal.wait_for("3 of 4")
        terminal.type(gateway.http.rpartition(":")[2], "enter", "smsuser", "enter", "smspwd", "enter", "enter")
        terminal.wait_for("✓ /sendsms")
        terminal.wait_for("4 of 4")
        for title in ("3 of 4", "2 of 4"):
            terminal.type("esc")
            terminal.wait_for(title)
        terminal.type("enter", "enter", "enter")
        terminal.wait_for("3 of 4")
        terminal.type("enter", "enter", "enter", "enter")
        terminal.wait_for("4 of 4")
        terminal.type("down", str(gateway.receiver_tcp_port), "enter")
        terminal.wait_for("the gateway's own page")
        terminal.wait_for("sms/gw1")
        assert not path.exists()
        terminal.type("enter")
        terminal.wait_for("1● 2●")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert call(gateway.receiver_tcp_port, "Welcome aboard") == 200
        terminal.wait_for("Welcome aboard")
        leave(terminal)
        assert "smspwd" not in terminal.raw.decode()
        assert f"Wrote {path}." in terminal.raw.decode()


def test_one_key_goes_to_the_demo_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with Terminal([sys.executable, "-m", "console"], environ=home(tmp_path)) as terminal:
        terminal.wait_for("first setup")
        terminal.type("d")
        terminal.wait_for("demo")
        terminal.wait_for("gsm-console demo")
        leave(terminal)
    assert not (tmp_path / "config").exists()


def test_setup_leaves_a_configuration_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mine")
    with Terminal.console("--config", str(path), "setup", columns=200) as terminal:  # the path stands before it
        assert terminal.wait_for_exit() == 2
        assert "already a configuration" in terminal.text
    assert path.read_text() == "mine"


def test_in_a_pipe_it_says_what_to_do(tmp_path: Path) -> None:
    for words, told in (((), "There is no configuration file"), (("setup",), "Setup needs a terminal")):
        done = subprocess.run(
            [sys.executable, "-m", "console", *words],
            cwd=REPOSITORY,
            env=home(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert told in done.stderr
        assert "config init" in done.stderr
