"""The console in GNU screen: detached, cut off, and come back to."""

from __future__ import annotations

import shlex
import tempfile
from typing import TYPE_CHECKING

import pytest

from tests.support.far import far_console, is_left, is_used, program, run
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RC = """
startup_message off
term screen-256color
defutf8 on
escape ^Aa
"""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """`screen WORDS` in a terminal of 16 million colours, with sockets of its own; what runs in it is ended."""
    command, rc = program("screen"), tmp_path / "rc"
    rc.write_text(RC, encoding="ascii")
    with tempfile.TemporaryDirectory() as sockets:  # whose paths must be short
        environ = {"SCREENDIR": sockets, "LC_ALL": "C.UTF-8"}
        yield lambda *words: Terminal([command, "-U", "-c", str(rc), *words], environ=environ)
        run(command, "-S", "sms", "-X", "quit", **environ)


def test_in_screen_it_is_detached_cut_off_and_come_back_to(screen: Callable[..., Terminal], tmp_path: Path) -> None:
    with far_console(tmp_path) as far:
        check = shlex.join([*far.command[:-2], "check", "--terminal"])
        start = f"{check}; read enter; exec {shlex.join(far.command)}"
        with screen("-S", "sms", "sh", "-c", start) as terminal:
            terminal.wait_for("256: screen has no more")
            terminal.wait_for("80x24")
            terminal.type("enter")
            is_used(terminal, far)
            # Its own colours of 256, where COLORTERM of the terminal around it promises more.
            assert {terminal.screen.buffer[0][0].bg, terminal.screen.buffer[5][5].bg} == {"262626", "121212"}
            terminal.type("\x01", "d")
            assert terminal.wait_for_exit() == 0
            assert terminal.modes_now == terminal.modes_before
        far.receives("while nobody looks")
        with screen("-r", "sms") as terminal:
            terminal.wait_for("while nobody looks")
            terminal.hang_up()
            terminal.process.wait()
        far.receives("while the line is down")
        with screen("-D", "-r", "sms") as terminal:
            terminal.wait_for("while the line is down")
            is_left(terminal)
        assert far.processes() == []
