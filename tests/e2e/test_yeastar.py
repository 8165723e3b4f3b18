"""A Yeastar TG from end to end: a real terminal, real sockets, and a gateway that speaks another dialect."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import console_on_gateway, leave, left_the_form, says, shows
from tests.support.terminal import REPOSITORY, Terminal

if TYPE_CHECKING:
    from pathlib import Path

LONG = 'Dear customer, "your" parcel has arrived; 100% of it + more. ' * 4


def test_sms_come_and_go_and_the_ports_are_true(tmp_path: Path) -> None:
    with console_on_gateway(tmp_path, "--ports", "4", rows=40, dialect="yeastar") as (gateway, terminal):
        terminal.wait_for("4 of 4 in service")
        gateway.order("sms=1")
        terminal.wait_for("1 of 1")
        terminal.wait_for(shows(r" 2  \+491520000001 +1 of 1"))
        assert "by AMI" not in terminal.text
        terminal.type("r", "pong")
        terminal.wait_for("1 segment")
        terminal.type("ctrl+t")
        terminal.wait_for(shows(r"Message 1 to \+491520000001: . sent"))
        terminal.type("esc")
        terminal.wait_for(left_the_form)  # esc and a digit in one piece would be alt and the digit
        terminal.wait_for(shows(r'gsm send sms 3 \+491520000001 "pong"'))  # by the port that it came to
        gateway.order("long-sms=1")
        terminal.wait_for(shows(r"\+79161234567 +4 parts "))  # one row
        gateway.order("pull-sim=3")
        terminal.wait_for("3 of 4 in service")
        terminal.type("n", "+8613632919026", "enter", f"\x1b[200~{LONG}\x1b[201~")  # pasted
        terminal.wait_for("GSM-7 · 2 segments")
        terminal.type("ctrl+t")
        terminal.wait_for(shows(r"Message 2 to \+8613632919026: . sent"))
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        assert gateway.order("awake").air == 3
        terminal.type("5", "enter")
        terminal.wait_for("SUCCESS (Status 1)")
        terminal.type("esc")
        terminal.wait_for(lambda screen: "SUCCESS (Status 1)" not in screen.text)
        terminal.type(":", "ussd 1 *100#", "enter")
        terminal.wait_for(says(r"can't send USSD codes on a Yeastar TG\. Use the gateway's own USSD page"))
        leave(terminal)


def test_the_demo_speaks_it_too() -> None:
    with Terminal.console("demo", "--dialect", "yeastar", "--ports", "4", "--rate", "0") as terminal:
        terminal.wait_for("4●")
        leave(terminal)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments], capture_output=True, text=True, cwd=REPOSITORY, timeout=120
    )


def test_the_shell_sends_checks_and_says_what_it_can_t_do(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port(), dialect="yeastar") as gateway:
        config = str(gateway.configuration(tmp_path))
        sent = run("send", "--config", config, "--to", "+8613632919026", 'two\nlines "x"')
        assert (sent.returncode, "sent" in sent.stdout) == (0, True), sent
        refused = run("send", "--config", config, "--to", "+8613632919026", "x", "--via", "http")
        assert refused.returncode != 0
        assert "has no /sendsms" in refused.stderr
        ussd = run("ussd", "--config", config, "--port", "1", "*100#")
        assert ussd.returncode != 0
        assert "Use the gateway's own USSD page" in ussd.stderr
        report = json.loads(run("check", "--config", config, "--json").stdout)
        (found,) = report["gateways"]
        assert {finding["subject"]: finding["verdict"] for finding in found["findings"]} == {"AMI": "ok", "clock": "ok"}
        assert found["sms_to_http"] is None
        assert gateway.order("awake").air == 1
