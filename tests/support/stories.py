"""What stories over real sockets have in common: a console on a gateway, what it shows, and how it is left."""

from __future__ import annotations

import re
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def console_on_gateway(
    folder: Path,
    *arguments: str,
    columns: int = 120,
    rows: int = 30,
    ping_period: float = 1.0,
    ami: str = "",
    rules: str = "",
    sims: str = "",
    dialect: str = "openvox",
) -> Iterator[tuple[GatewayProcess, Terminal]]:
    """A gateway that is simulated with these arguments, and a console on it that receives. `ami`, `rules` and `sims`
    are further keys of its AMI, further tables, and tables of the gateway's SIMs, as the configuration has them.
    """
    with GatewayProcess(*arguments, receiver_tcp_port=free_tcp_port(), dialect=dialect) as gateway:
        config = gateway.configuration(folder, ping_period=ping_period, ami=ami, rules=rules)
        with config.open("a", encoding="utf-8") as file:
            file.write(sims)
        with Terminal.console("--config", str(config), columns=columns, rows=rows) as terminal:
            terminal.wait_for("receiving")
            yield gateway, terminal


def shows(pattern: str) -> Callable[[Terminal], bool]:
    """Whether the screen holds a regular expression; `^` is the start of any line."""
    return lambda terminal: re.search(pattern, terminal.text, re.MULTILINE) is not None


def says(pattern: str) -> Callable[[Terminal], bool]:
    """The same of the screen as one line: a toast breaks its words over several."""
    return lambda terminal: re.search(pattern, re.sub(r"[\s▌│]+", " ", terminal.text)) is not None


def found(terminal: Terminal, pattern: str) -> re.Match[str]:
    """Wait for a regular expression on the screen."""
    terminal.wait_for(shows(pattern))
    match = re.search(pattern, terminal.text)
    assert match is not None
    return match


def call(tcp_port: int, text: str, number: str = "+8613632919026", port: str = "2") -> int:
    """Call the receiver as the gateway does; returns the status."""
    url = f"http://127.0.0.1:{tcp_port}/sms/gw1?phonenumber={quote(number, safe='')}&port={port}&portname="
    url += f"&message={quote(text, safe='')}&time=2026/11/22%2011:59:58&imsi=&"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(answer.status)


def write(terminal: Terminal, number: str) -> None:
    """Send a number one short message by the way that the form proposes, and leave the form."""
    terminal.type("n")
    terminal.wait_for("numbers or names, with commas")
    send(terminal, number)


def send(terminal: Terminal, number: str) -> None:
    """The same in the form that is open."""
    terminal.type(number, "enter", "hello")
    terminal.wait_for("1 segment")
    terminal.type("ctrl+t")
    terminal.wait_for("no text yet")
    terminal.type("esc")
    terminal.wait_for(left_the_form)  # esc and a digit in one piece would be alt and the digit


def left_the_form(terminal: Terminal) -> bool:
    """Whether the key bar is that of another pane, wholly: a line may be drawn in two pieces."""
    return "? Help" in terminal.lines[-1] and "^t Send" not in terminal.lines[-1]


def leave(terminal: Terminal) -> None:
    """Quit. The console goes in good order, and the terminal is as it was."""
    terminal.type("q")
    terminal.wait_for("Quit the console?")
    terminal.type("y")
    assert terminal.wait_for_exit() == 0
    assert terminal.modes_now == terminal.modes_before


def home(folder: Path) -> dict[str, str]:
    """The environment of somebody whose home is this folder, where nothing of the console is yet."""
    return {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
