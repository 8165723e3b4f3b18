"""A stranger's text, sent through real sockets, never acts on the terminal: every byte that reaches it is looked at."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.hostile import (
    FORBIDDEN_TEXT,
    HOSTILE,
    NASTY,
    NUMBER,
    PASTED,
    HostileGateway,
    gone,
    leave,
    look,
    take,
)
from tests.support.stories import call, left_the_form
from tests.support.terminal import Terminal
from tests.support.waiting import DEADLINE, LOOK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


def write_nowhere(terminal: Terminal) -> None:
    """Where nothing can be written: it is asked for again."""
    terminal.type("w")
    terminal.wait_for("enter OK")
    terminal.type("\x15/nowhere/", PASTED, "enter")
    # "Name another file", and the end of the dialog below it.
    terminal.wait_for(lambda screen: "another" in screen.text and "enter OK" in screen.text)
    terminal.type("esc")
    gone(terminal, "enter OK")


@pytest.fixture
def hostile() -> Iterator[HostileGateway]:
    with HostileGateway() as gateway:
        yield gateway


def test_a_hostile_gateway_acts_on_nothing_in_log_command_line_ports_ussd_and_alarms(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    tcp_port = free_tcp_port()
    config = str(hostile.configuration(tmp_path, tcp_port, alarms="unregistered_seconds = 0"))
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        in_log_and_command_line(terminal)
        terminal.type("z")
        terminal.wait_for("1 of 1 in service")
        in_ports_and_ussd(terminal)
        hostile.lose_network()
        terminal.wait_for("0 of 1 in service")
        look(terminal, "Acknowledge", "l")
        take(terminal, "Acknowledge", "l", "a", "A", "esc")
        in_metrics(tcp_port)
        terminal.type("L")
        terminal.wait_for("* USSD")
        leave(terminal)


def in_metrics(tcp_port: int) -> None:
    alarm, text = 'gsm_console_alarm_active{gateway="gw1",kind="unregistered",port="1"} 1', ""
    end = time.monotonic() + DEADLINE
    while alarm not in text:  # it is raised at the next look
        assert time.monotonic() < end, text
        time.sleep(LOOK)
        with urllib.request.urlopen(f"http://127.0.0.1:{tcp_port}/metrics", timeout=30) as answer:
            text = answer.read().decode()
    assert FORBIDDEN_TEXT.findall(text) == []
    assert "\x1b" not in text
    assert "[/x]" not in text


def in_log_and_command_line(terminal: Terminal) -> None:
    terminal.type("4")
    terminal.wait_for("f Follow")
    terminal.type(".", "z")
    gone(terminal, "in service")  # it has the whole screen
    terminal.type("k", "k")
    terminal.wait_for("Strange")
    terminal.type("/", "Strange", "enter")
    terminal.wait_for("1 of")
    look(terminal, "As received", "enter")
    terminal.type("y")
    terminal.wait_for("The line")
    look(terminal, "AMI accounts", ":", "account", "enter")
    take(terminal, "Bookmark in the AMI log", "b", PASTED, "enter")
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
    write_nowhere(terminal)


def in_ports_and_ussd(terminal: Terminal) -> None:
    terminal.type("2")
    terminal.wait_for("* USSD")
    terminal.type("enter")
    terminal.wait_for("1 Facts")
    for section in "23451":
        terminal.type(section)
    terminal.type("esc")
    gone(terminal, "1 Facts")
    terminal.type("*")
    terminal.wait_for("No USSD requests")
    terminal.type("*100#", "enter")
    terminal.wait_for("It may cost money")
    terminal.type("y")
    terminal.wait_for("✓ answered")
    terminal.type("esc")
    gone(terminal, "✓ answered")
    for command in (PASTED, "+CSQ"):
        terminal.type(":", "at", "enter")
        terminal.wait_for("AT command for")
        terminal.type(command, "enter")
        gone(terminal, "AT command for")
        terminal.wait_for("Don't (n)")
        terminal.type("y")
        terminal.wait_for("esc closes")
        terminal.type("esc")
        gone(terminal, "esc closes")
    take(terminal, "Note on", "N", PASTED, "enter")
    terminal.wait_for(": note saved.")
    take(terminal, "Note on", "N", "esc")
    look(terminal, "1 Facts", "enter")


def test_hostile_gateways_act_on_nothing_side_by_side(tmp_path: Path, hostile: HostileGateway) -> None:
    tcp_port = free_tcp_port()
    names = ("gw1", "x" * 32, "red")
    config = str(hostile.configuration(tmp_path, tcp_port, names=names))
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("3 of 3 in service")
        assert call(tcp_port, f"one {NASTY}", number=NUMBER, port=quote(f"1{NASTY}")) == 200
        terminal.wait_for("one [/x]")
        for pane in ("1", "2", "4", "5"):
            terminal.type(pane)
            for name in names:
                terminal.type("]")
                terminal.wait_for(f" {name} only ")
            terminal.type("[")
            terminal.wait_for(f" {names[1]} only ")
            terminal.type("0")
            gone(terminal, " only ")
        terminal.type("2")
        terminal.wait_for("* USSD")
        for order in "sssstt":
            terminal.type(order)
        take(terminal, "Note on", "N", PASTED, "enter")
        terminal.wait_for(": note saved.")
        terminal.type("4")
        terminal.wait_for("f Follow")
        take(terminal, "Asterisk CLI of", "c", "3")
        terminal.wait_for("red> ")
        terminal.type("core show help", "enter")
        terminal.wait_for("red> core show help")
        terminal.type("esc")
        terminal.wait_for("f Follow")
        leave(terminal)


def test_a_hostile_list_and_what_is_pasted_act_on_nothing_in_batch_form_outbox_and_audit(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    config = str(hostile.configuration(tmp_path, free_tcp_port()))
    with Terminal.console("--config", config, columns=120, rows=40) as terminal:
        terminal.wait_for("1 of 1 in service")
        batch_from_a_list(terminal, tmp_path / "[red]l[@click=app.quit].csv")
        terminal.type("1")
        terminal.wait_for(left_the_form)
        pasted_into_the_form(terminal, tmp_path / "list.csv")
        pasted_into_the_outbox(terminal)
        leave(terminal)


def batch_from_a_list(terminal: Terminal, listed: Path) -> None:
    listed.write_text(f"number,name\n+8613632919026,{NASTY}\n+8613632919027,[red]{NASTY}\n", encoding="utf-8")
    terminal.type("n", f"\x1b[200~@{listed}\x1b[201~")
    terminal.wait_for("2 recipients")
    terminal.type("enter", f"\x1b[200~Dear {{name}} {NASTY.replace(chr(27), '')}\x1b[201~")
    terminal.wait_for("segment")
    terminal.type("ctrl+t")
    terminal.wait_for("Send to 2 recipients")
    terminal.wait_for("enter sends")
    terminal.type("enter")
    gone(terminal, "Send to 2 recipients")
    terminal.type("esc")
    terminal.wait_for(left_the_form)
    terminal.type("5")
    terminal.wait_for("Outbox  3")  # and what the gateway said of others
    terminal.type("b")
    terminal.wait_for("2 of 2")
    terminal.type("enter")
    terminal.wait_for("Batch 1")
    look(terminal, "What is known", "down", "enter")
    terminal.type("esc")
    gone(terminal, "Batch 1")
    terminal.wait_for("queued 2")
    terminal.type("esc")
    gone(terminal, "queued 2")
    look(terminal, "Audit  ", ":", "audit", "enter")


def pasted_into_the_form(terminal: Terminal, listed: Path) -> None:
    no_file = f"/nowhere/list[red]\u202e{chr(0x9B)}.csv"
    listed.write_text(f"number,na{NASTY}me\n+8613632919026,{NASTY}\nno number {NASTY},x\n", encoding="utf-8")
    terminal.type("n", f"\x1b[200~@{no_file}\x1b[201~")
    terminal.wait_for("No such file")
    terminal.type("\x15")  # ctrl+u
    terminal.wait_for("numbers or names, with commas")
    terminal.type(f"\x1b[200~@{listed}\x1b[201~")
    terminal.wait_for("1 recipient: ")
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
    terminal.wait_for("─ Raw command")
    terminal.type("esc")
    gone(terminal, "─ Raw command")
    terminal.type("ctrl+t")
    terminal.wait_for("no text yet")
    terminal.type("esc")
    terminal.wait_for(left_the_form)
    terminal.wait_for("Outbox  4")


def pasted_into_the_outbox(terminal: Terminal) -> None:
    terminal.type("5")
    terminal.type("enter")
    terminal.wait_for("What is known")
    terminal.type("esc")
    gone(terminal, "What is known")
    terminal.type("/", PASTED, "enter")
    terminal.wait_for("0 of 4")
    terminal.type("/", "esc")
    gone(terminal, "0 of 4")
    look(terminal, "Audit  ", ":", "audit", "enter")
    look(terminal, "Refused since the start", "!")


def test_messages_of_a_stranger_act_on_nothing_in_threads_names_views_and_files(
    tmp_path: Path, hostile: HostileGateway
) -> None:
    tcp_port = free_tcp_port()
    config = str(hostile.configuration(tmp_path, tcp_port))
    with Terminal.console("--config", config, columns=200, rows=40) as terminal:  # beside toasts
        terminal.wait_for("1 of 1 in service")
        assert call(tcp_port, f"code 4711 {NASTY}", number=NUMBER, port=quote(f"1{NASTY}")) == 200
        terminal.wait_for("code 4711")
        terminal.type(":", "name", "enter")
        terminal.wait_for("enter OK")
        terminal.type(PASTED, "enter")
        gone(terminal, "enter OK")
        terminal.type("t")
        terminal.wait_for("u Unread")
        terminal.type("r", PASTED)
        terminal.wait_for("UCS-2 because of")
        terminal.type("esc")
        terminal.wait_for("r Reply")
        terminal.type("y")
        terminal.wait_for("The text")
        terminal.type("m")
        terminal.wait_for("Claimed by @")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        terminal.type("/", "code", "enter")
        terminal.wait_for("Inbox  1 of 1")
        terminal.wait_for(left_the_form)
        take(terminal, "Name of the saved search", "V", PASTED, "enter")
        look(terminal, "or a digit selects", "v")
        terminal.type("/")
        gone(terminal, "q Quit")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        write_nowhere(terminal)
        leave(terminal)
