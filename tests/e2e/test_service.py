"""A receiver as a service manager runs it: with a socket that outlives it, telling how it is, and without SIGHUP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


START = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


class Manager:
    """Starts it as systemd does."""

    def __init__(self, folder: Path) -> None:
        self.database, self.journal = folder / "console.db", folder / "journal"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._name = f"\0gsm-console-{os.getpid()}"
        self.notified.bind(self._name)
        self.notified.settimeout(20)

    def start(self) -> subprocess.Popen[bytes]:
        journal = self.journal.open("ab")
        there = os.fstat(journal.fileno())
        words = ["--listen", "127.0.0.1:1", "--database", str(self.database)]
        environ = {
            **os.environ,
            "NOTIFY_SOCKET": f"@{self._name[1:]}",
            "WATCHDOG_USEC": "100000",
            "LISTEN_FDS": "1",
            "JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}",
        }
        with journal:
            return subprocess.Popen(
                [sys.executable, "-c", START, str(self.listener.fileno()), "-m", "console", "receive", *words],
                cwd=REPOSITORY,
                env=environ,
                stderr=journal,
                stdout=subprocess.DEVNULL,
                pass_fds=(self.listener.fileno(),),
            )

    def hear(self, words: str) -> None:
        """Wait until it says so."""
        while self.notified.recv(100) != words.encode():
            pass

    def call(self, text: str) -> int:
        address, tcp_port = self.listener.getsockname()
        url = f"http://{address}:{tcp_port}/sms/gw1?phonenumber=10086&port=1&message={text}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(tmp_path)
    with manager.listener, manager.notified:
        yield manager


def test_a_restart_loses_no_call(manager: Manager, capsys: pytest.CaptureFixture[str]) -> None:
    process = manager.start()
    manager.hear("READY=1")
    manager.hear("WATCHDOG=1")
    assert manager.call("before") == 200
    process.send_signal(signal.SIGHUP)
    manager.hear("WATCHDOG=1")
    assert manager.call("after-hangup") == 200
    process.terminate()
    manager.hear("STOPPING=1")
    assert process.wait(20) == 0
    # Nobody is there; the manager's socket holds the call until somebody is.
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(manager.call("meanwhile")))
    caller.start()
    process = manager.start()
    caller.join(20)
    assert answers == [200]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert main(["inbox", "--database", str(manager.database)]) == 0
    shown = capsys.readouterr().out
    assert all(words in shown for words in ("before", "after-hangup", "meanwhile"))
    lines = manager.journal.read_text().splitlines()
    assert all(line[0] == "<" and line[2] == ">" for line in lines)
    assert [line for line in lines if "stopped" in line] == ["<6>stopped by SIGTERM", "<6>stopped by SIGINT"]
