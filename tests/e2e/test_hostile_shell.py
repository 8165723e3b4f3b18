"""A stranger's text in the shell: commands, logs, streams and the setup print nothing that acts on the terminal."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.gateway_process import free_tcp_port
from tests.support.hostile import (
    FORBIDDEN_TEXT,
    HOSTILE,
    NASTY,
    NUMBER,
    HostileGateway,
    assert_harmless,
    leave,
)
from tests.support.stories import call, home
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TELL = """
import json, os, sys
told = {"json": json.loads(sys.stdin.read()), "words": os.environ["GSM_ALARM_WORDS"], "arguments": sys.argv[2:]}
open(f"{sys.argv[1]}/new", "w").write(json.dumps(told))
os.replace(f"{sys.argv[1]}/new", f"{sys.argv[1]}/{told['json']['kind']}")
"""
"""What an alarm command is told, kept under the alarm's kind."""

COMMANDS = """
import json, sys
from console.__main__ import main
for words in json.loads(sys.argv[1]):
    sys.argv[1:] = words
    try:
        main()
    except SystemExit:
        pass
"""


@pytest.fixture
def hostile() -> Iterator[HostileGateway]:
    with HostileGateway() as gateway:
        yield gateway


def check(terminal: Terminal) -> None:
    """Nothing that reached the terminal does harm, and nothing went wrong in the program's own words."""
    raw = bytes(terminal.raw)
    assert b"Traceback" not in raw, raw[-2000:]
    try:
        assert_harmless(raw)
    except AssertionError as error:
        raise AssertionError(f"{terminal.process.args!r}: {error}\n{raw[-600:]!r}") from None


def harmless(*commands: tuple[str, ...]) -> None:
    """Run commands of the shell, each to its end. They share a process, for a start takes longer than most of them."""
    with Terminal([sys.executable, "-c", COMMANDS, json.dumps(commands)], columns=120, rows=40) as terminal:
        assert terminal.wait_for_exit(deadline=3 * DEADLINE) == 0
        check(terminal)


def said(terminal: Terminal, words: bytes) -> None:
    """Wait until the program has written `words`, which may have scrolled away since."""
    terminal.wait_for(lambda terminal: words in terminal.raw)


def request(tcp_port: int, target: str) -> bytes:
    """A call as no gateway makes it; returns the answer."""
    with socket.create_connection(("127.0.0.1", tcp_port), timeout=30) as connection:
        head = f"GET {target} HTTP/1.1\r\nHost: {NASTY}\r\nUser-Agent: {NASTY}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_shell_commands_print_nothing_that_acts(tmp_path: Path, hostile: HostileGateway) -> None:
    tcp_port = free_tcp_port()
    config = str(hostile.configuration(tmp_path, tcp_port))
    names = tmp_path / "names.csv"
    names.write_text(f"number,name\n{NUMBER},{NASTY}\n", encoding="utf-8")
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        for number, text in enumerate((*HOSTILE, NASTY)):
            assert call(tcp_port, f"<{number}>{text}", number=NUMBER if number % 2 else text[:9]) == 200
        terminal.wait_for(f"<{len(HOSTILE)}>")
        leave(terminal)
    capture = tmp_path / "capture"
    capture.write_bytes(f"Asterisk Call Manager/1.1\r\nEvent: {NASTY}\r\nA: {NASTY}\r\n\r\n".encode())
    bad = tmp_path / f"bad[red]\u202e{chr(0x9B)}.toml"
    bad.write_text(f'"{"".join(f"{chr(92)}u{ord(char):04X}" for char in NASTY)}" = 1\n', encoding="utf-8")
    commands: list[tuple[str, ...]] = [
        ("inbox",),
        ("inbox", "--json"),
        ("inbox", "--thread", NUMBER),
        ("inbox", "--search", NASTY.replace("\x1b", "")),
        ("export", "--format", "csv"),
        ("export", "--format", "jsonl"),
        ("log",),
        ("log", "--json"),
        ("log", "--grep", NASTY),
        ("contacts", "import", str(names)),
        ("contacts", "import", str(names), "--yes"),
        ("contacts", "set", NUMBER, NASTY),
        ("contacts", "list"),
        ("contacts", "export"),
        ("contacts", "export", "--format", "vcard4"),
        ("ussd", "--port", "1", "*100#"),
        ("ussd", "--history"),
        ("send", "--to", NUMBER, "--yes", "--no-wait", NASTY),
        ("send", "--to", "+9991", NASTY),
        ("audit",),
        ("audit", "--format", "csv"),
        ("alarms",),
        ("alarms", "--json"),
        ("alarms", "--history"),
        ("check",),
        ("decode", "ami", str(capture)),
        ("decode", "callback", f"phonenumber={NASTY}&port=1&message={NASTY}"),
        ("segments", NASTY),
        ("config", "check"),
    ]
    harmless(*(("--config", config, *words) for words in commands), ("--config", str(bad), "config", "check"))
    with closing(sqlite3.connect(tmp_path / "console.db")) as database:
        assert database.execute("SELECT count(*) FROM inbox").fetchone()[0] > len(HOSTILE)


def test_the_receivers_log_its_followers_and_the_alarm_command_are_told_nothing_that_acts(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    tcp_port, told = free_tcp_port(), tmp_path / "told"
    told.mkdir()
    script = tmp_path / "tell.py"
    script.write_text(TELL)
    command = json.dumps([sys.executable, str(script), str(told)])
    alarms = f"unregistered_seconds = 0\ncommand = {command}"
    config = str(hostile.configuration(tmp_path, tcp_port, alarms=alarms))
    with Terminal.console("receive", "--config", config, columns=120, rows=40) as receiver:
        said(receiver, b"READY")
        with Terminal.console("inbox", "--config", config, "--follow", "--limit", "1", columns=120) as follower:
            for number, text in enumerate((*HOSTILE, NASTY)):
                assert call(tcp_port, f"<{number}>{text}", number=text[:9], port=quote(f"1{NASTY}")) == 200
            said(follower, f"<{len(HOSTILE)}>".encode())
            follower.process.send_signal(signal.SIGINT)
            follower.wait_for_exit()
            check(follower)
        for target in (f"/sms/{quote(NASTY)}?port=1", f"/sms/{NASTY}", f"/{NASTY}", NASTY):
            assert request(tcp_port, target).startswith(b"HTTP/1.1 "), target
        said(receiver, b" WARNING ")
        # Only what was seen to work can fail: the second question comes after the first answer.
        receiver.wait_for(lambda _: hostile.said.count("gsm show span 1") >= 2)
        with Terminal.console("--config", config, "--plain", columns=120, rows=40) as watched:
            said(watched, b"ready")
            hostile.lose_network()
            receiver.wait_for(lambda _: (told / "unregistered").exists())
            said(watched, b"Not registered")
            watched.process.send_signal(signal.SIGTERM)
            assert watched.wait_for_exit() == 0
            check(watched)
        receiver.process.send_signal(signal.SIGTERM)
        assert receiver.wait_for_exit() == 0
        check(receiver)
    alarm = json.loads((told / "unregistered").read_text())
    assert "Not registered" in alarm["words"]
    assert FORBIDDEN_TEXT.findall(alarm["words"] + alarm["json"]["words"]) == []
    assert alarm["json"]["words"] == alarm["words"]
    assert alarm["arguments"] == []
    commands = (("alarms",), ("alarms", "--history"), ("alarms", "--json"), ("inbox",))
    harmless(*(("--config", config, *words) for words in commands))


def test_a_hostile_gateway_acts_on_nothing_while_it_is_set_up(tmp_path: Path) -> None:
    environ = home(tmp_path)
    command = [sys.executable, "-m", "console"]
    with (
        HostileGateway(f"Asterisk Call Manager/1.1 {NASTY}") as gateway,
        Terminal(command, columns=120, rows=40, environ=environ) as terminal,
    ):
        terminal.wait_for("There is no configuration yet")
        terminal.type("enter")
        terminal.wait_for("1 of 4")
        terminal.type("enter", "127.0.0.1", "enter")
        terminal.wait_for("2 of 4")
        terminal.type(str(gateway.ami_tcp_port), "enter", "admin", "enter", "admin", "enter")
        terminal.wait_for("3 of 4")
        terminal.type(str(gateway.http_tcp_port), "enter", "smsuser", "enter", "smspwd", "enter", "enter")
        terminal.wait_for("/sendsms")
        terminal.type("esc")
        terminal.wait_for("2 of 4")
        terminal.type("esc")
        terminal.wait_for("1 of 4")
        terminal.type("esc")
        terminal.wait_for("There is no configuration yet")
        terminal.type("q")
        terminal.wait_for_exit()
        check(terminal)
