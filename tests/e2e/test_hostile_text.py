"""A stranger's text, sent through real sockets, never acts on the terminal: every byte that reaches it is looked at."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.e2e.test_stories import call, left_the_form
from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.hostile import HOSTILE, NASTY, HostileGateway, assert_harmless
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBER = "+8613632919026"
PASTED = f"\x1b[200~{NASTY.replace(chr(27), '')}\x1b[201~"
"""As a terminal hands on what is pasted: it takes the ESC out itself."""


def leave(terminal: Terminal) -> None:
    """The console is still there, answers, and goes in good order; nothing that reached the terminal does harm."""
    terminal.type("q")
    terminal.wait_for("Leave the console?")
    terminal.type("y")
    assert terminal.wait_for_exit() == 0
    assert "Traceback" not in terminal.raw.decode()
    assert_harmless(bytes(terminal.raw))


def gone(terminal: Terminal, words: str) -> None:
    terminal.wait_for(lambda screen: words not in screen.text)


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
            leave(terminal)


@pytest.fixture
def hostile() -> Iterator[HostileGateway]:
    with HostileGateway() as gateway:
        yield gateway


def test_a_hostile_gateway_acts_on_nothing_in_ports_log_ussd_and_alarms(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    config = str(hostile.configuration(tmp_path, free_tcp_port()))
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        terminal.type("2")
        terminal.wait_for("U USSD")
        terminal.type("enter")
        terminal.wait_for("1 Facts")
        for section in "23451":
            terminal.type(section)
        terminal.type("esc")
        gone(terminal, "1 Facts")
        terminal.type("U")
        terminal.wait_for("Nothing was asked")
        terminal.type("*100#", "enter")
        terminal.wait_for("It may cost money")
        terminal.type("y")
        terminal.wait_for("✓ answered")
        terminal.type("esc")
        gone(terminal, "✓ answered")
        terminal.type("4")
        terminal.wait_for("f Follow")
        terminal.type("p", "z", "k", "k")
        terminal.wait_for("Strange")
        terminal.type("enter")
        terminal.wait_for("As received")
        terminal.type("esc")
        gone(terminal, "As received")
        terminal.type("y")
        terminal.wait_for("The line")
        terminal.type("a")
        terminal.wait_for("AMI accounts")
        terminal.type("esc")
        gone(terminal, "AMI accounts")
        terminal.type("m")
        terminal.wait_for("Mark in the AMI log")
        terminal.type(PASTED, "enter")
        gone(terminal, "Mark in the AMI log")
        terminal.type("c")
        terminal.wait_for("gw1> ")
        terminal.type("core show help", "enter")
        terminal.wait_for("gw1> core show help")
        terminal.type(PASTED, "esc")
        terminal.wait_for("f Follow")
        terminal.type("/", PASTED, "enter")
        terminal.wait_for("1 of")
        terminal.type("/", "esc")
        gone(terminal, "1 of")
        terminal.type("w")
        terminal.wait_for("enter takes it")
        terminal.type("/nowhere/", PASTED, "enter")
        gone(terminal, "enter takes it")
        terminal.type("l")
        terminal.wait_for("Acknowledge")
        terminal.type("esc")
        gone(terminal, "Acknowledge")
        leave(terminal)


def test_messages_of_a_stranger_act_on_nothing_in_threads_names_views_and_files(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    tcp_port = free_tcp_port()
    config = str(hostile.configuration(tmp_path, tcp_port))
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        assert call(tcp_port, f"code 4711 {NASTY}", number=NUMBER, port=quote(f"1{NASTY}")) == 200
        terminal.wait_for("code 4711")
        terminal.type("N")
        terminal.wait_for("Name")
        terminal.type(PASTED, "enter")
        gone(terminal, "enter takes it")
        terminal.type("m", "t")
        terminal.wait_for("1 message")
        terminal.type("y")
        terminal.wait_for("The text")
        terminal.type("r", PASTED)
        terminal.wait_for("UCS-2 because of")
        terminal.type("esc")
        terminal.wait_for("r Reply")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        terminal.type("/", "code", "enter")
        terminal.wait_for("Inbox  1 of 1")
        terminal.wait_for(left_the_form)
        terminal.type("V")
        terminal.wait_for("Name of this view")
        terminal.type(PASTED, "enter")
        gone(terminal, "Name of this view")
        terminal.type("v")
        terminal.wait_for("or a digit takes one")
        terminal.type("esc")
        gone(terminal, "or a digit takes one")
        terminal.type("/")
        gone(terminal, "q Quit")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        terminal.type("w")
        terminal.wait_for("Write to")
        terminal.type("/nowhere/", PASTED, "enter")
        terminal.wait_for("can't be written")
        leave(terminal)


def test_what_an_operator_is_made_to_paste_acts_on_nothing_in_form_outbox_and_audit(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    config = str(hostile.configuration(tmp_path, free_tcp_port()))
    listed, no_file = tmp_path / "list.csv", f"/nowhere/list[red]\u202e{chr(0x9B)}.csv"
    listed.write_text(f"number,na{NASTY}me\n+8613632919026,{NASTY}\nno number {NASTY},x\n", encoding="utf-8")
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        terminal.type("n", f"\x1b[200~@{no_file}\x1b[201~")
        terminal.wait_for("No such file")
        terminal.type("\x15")  # ctrl+u
        terminal.wait_for("number, several with commas")
        terminal.type(f"\x1b[200~@{listed}\x1b[201~")
        terminal.wait_for("1 refused")
        terminal.type("\x0c")  # ctrl+l
        terminal.wait_for("→ line 2")
        terminal.type("esc")
        gone(terminal, "→ line 2")
        terminal.type("\x19")  # ctrl+y
        terminal.wait_for("Templates")
        terminal.type("enter")
        gone(terminal, "Templates")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        terminal.type("n", NUMBER, "enter", PASTED)
        terminal.wait_for("[red]")
        terminal.type("\x0f")  # ctrl+o
        terminal.wait_for("On the wire")
        terminal.type("esc")
        gone(terminal, "On the wire")
        terminal.type("ctrl+t")
        terminal.wait_for("Outbox  1")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        terminal.type("5")
        terminal.type("enter")
        terminal.wait_for("What is known")
        terminal.type("esc")
        gone(terminal, "What is known")
        terminal.type("/", PASTED, "enter")
        terminal.wait_for("0 of 1")
        terminal.type("/", "esc")
        gone(terminal, "0 of 1")
        terminal.type("A")
        terminal.wait_for("Audit")
        terminal.type("esc")
        gone(terminal, "Audit")
        terminal.type("!")
        terminal.wait_for("Refused since the start")
        terminal.type("esc")
        gone(terminal, "Refused since the start")
        leave(terminal)


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
        ("contacts", "set", NUMBER, NASTY),
        ("contacts", "list"),
        ("contacts", "export"),
        ("ussd", "--port", "1", "*100#"),
        ("ussd", "--history"),
        ("send", "--to", NUMBER, "--yes", "--no-wait", NASTY),
        ("send", "--to", "+9991", NASTY),
        ("audit",),
        ("audit", "--format", "csv"),
        ("alarms",),
        ("alarms", "--history"),
        ("check",),
        ("decode", "ami", str(capture)),
        ("decode", "callback", f"phonenumber={NASTY}&port=1&message={NASTY}"),
        ("segments", NASTY),
        ("config", "check"),
    ]
    for words in (*commands, ("--config", str(bad), "config", "check")):
        first = () if words[0] == "--config" else ("--config", config)
        with Terminal([sys.executable, "-m", "console", *first, *words], columns=120, rows=40) as terminal:
            terminal.wait_for_exit()
            raw = bytes(terminal.raw)
            assert b"Traceback" not in raw, (words, raw)
            try:
                assert_harmless(raw)
            except AssertionError as error:
                raise AssertionError(f"{words}: {error}\n{raw[-600:]!r}") from None
    with closing(sqlite3.connect(tmp_path / "console.db")) as database:
        assert database.execute("SELECT count(*) FROM inbox").fetchone()[0] > len(HOSTILE)
