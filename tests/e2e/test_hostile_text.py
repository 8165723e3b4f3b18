"""A stranger's text, sent through real sockets, never acts on the terminal: every byte that reaches it is looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e.test_stories import call, left_the_form
from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07",  # write the clipboard
    "\x1b[2J\x1b[31mred",  # clear the screen
    "\x9b31m\x90q\x9c",  # the same by C1
    "\x1b]0;title\x1b\\",
    "[/x][red]markup[/red][@click=app.quit]x[/]",
    "\u202eright to left\u202c \u2066isolate\u2069",
    "zero\u200bwidth\u200djoin\ufeffbom",
    "bell\x07 back\x08 nul\x00 del\x7f",
    "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),  # half a surrogate pair, as no encoder would send it
)

# What Textual and this program may send: SGR, cursor, modes, erase, save and restore; a window title of our own.
_OURS = re.compile(
    rb"\x1b\[[0-9;:]*m|\x1b\[[0-9;]*[A-HJKXd]|\x1b\[[?<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b[78]"
    rb"|\x1b\[[0-9;]*[ut]|\x1b\[\?2026[hl]|\x1b\]22;[a-z]*\x07|\x1b\[c|\x1bP\+q[0-9a-f]*\x1b\\"
)
_FORBIDDEN_TEXT = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def test_no_sequence_of_a_stranger_reaches_the_terminal(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = str(gateway.configuration(tmp_path))
        with Terminal.console("--config", config, columns=120, rows=40) as terminal:
            terminal.wait_for("2 of 2 in service")
            for number, text in enumerate(HOSTILE):
                assert call(gateway.receiver_tcp_port, f"<{number}>{text}", number=f"x{number}{text[:6]}") == 200
            terminal.wait_for(f"<{len(HOSTILE) - 1}>")
            for _ in HOSTILE:
                terminal.type("enter")
                terminal.wait_for("As received")
                terminal.type("esc")
                terminal.wait_for(lambda screen: "As received" not in screen.text)
                terminal.type("r")
                terminal.wait_for("takes no replies")
                terminal.type("x", "x", "down")
            terminal.type("/", "\x1b[200~\x9b31m\u202e\x1b[201~")
            terminal.wait_for("0 of")
            terminal.type("esc")
            terminal.wait_for(lambda screen: "0 of" not in screen.text and left_the_form(screen))
            terminal.type("q")
            terminal.wait_for("Leave the console?")
            terminal.type("y")
            assert terminal.wait_for_exit() == 0
            rest = _OURS.sub(b"", bytes(terminal.raw))
            assert b"\x1b" not in rest, rest[rest.index(b"\x1b") :][:60]
            assert _FORBIDDEN_TEXT.findall(rest.decode("utf-8")) == []
