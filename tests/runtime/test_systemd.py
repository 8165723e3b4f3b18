"""What a service manager is told, and what it hands over."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import TYPE_CHECKING

import pytest

from console.errors import ListenError
from console.runtime import systemd
from tests.support.backend import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("notify")
        manager.settimeout(10)
        yield manager


def test_it_is_told(manager: socket.socket) -> None:
    systemd.tell("READY=1", {"NOTIFY_SOCKET": "notify"})
    assert manager.recv(100) == b"READY=1"
    manager.close()
    systemd.tell("STOPPING=1", {"NOTIFY_SOCKET": "notify"})  # it is gone: no error
    systemd.tell("READY=1", {})


def test_it_is_told_by_a_name_without_a_file() -> None:
    name = f"gsm-console-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.settimeout(10)
        systemd.tell("READY=1", {"NOTIFY_SOCKET": f"@{name}"})
        assert manager.recv(100) == b"READY=1"


async def test_a_loop_that_lives_says_so_again_and_again(manager: socket.socket) -> None:
    environ = {"NOTIFY_SOCKET": "notify", "WATCHDOG_USEC": "2000", "WATCHDOG_PID": str(os.getpid())}
    life = asyncio.create_task(systemd.show_life(environ))
    manager.setblocking(False)
    for _ in range(3):
        assert await asyncio.get_running_loop().sock_recv(manager, 100) == b"WATCHDOG=1"
    life.cancel()


@pytest.mark.parametrize("environ", [{}, {"WATCHDOG_USEC": "2000", "WATCHDOG_PID": "1"}])
async def test_a_watchdog_of_nobody_or_another_process_is_told_nothing(environ: dict[str, str]) -> None:
    await systemd.show_life({**environ, "NOTIFY_SOCKET": "nowhere"})


@pytest.fixture
def at_three(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A listening socket in the place of the first that is handed over."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(systemd, "FIRST_DESCRIPTOR", os.dup(listener.fileno()))
        yield listener


def handed(count: str = "1", pid: int | None = None) -> dict[str, str]:
    return {"LISTEN_FDS": count, "LISTEN_PID": str(os.getpid() if pid is None else pid), "LISTEN_FDNAMES": "x"}


def test_a_socket_handed_over_is_taken_and_no_child_takes_it_again(at_three: socket.socket) -> None:
    environ = handed()
    taken = systemd.take_listener(environ)
    assert taken is not None
    with taken:
        assert taken.getsockname() == at_three.getsockname()
        assert not taken.get_inheritable()
    assert environ == {}


def test_nothing_is_taken_that_is_not_ours(at_three: socket.socket) -> None:
    assert systemd.take_listener({}) is None
    assert systemd.take_listener(handed(pid=1)) is None
    assert systemd.take_listener(handed("0")) is None
    os.close(systemd.FIRST_DESCRIPTOR)


def test_what_is_no_listener_is_refused(at_three: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ListenError, match="handed over 2 sockets"):
        systemd.take_listener(handed("2"))
    os.close(systemd.FIRST_DESCRIPTOR)
    for kind, family in ((socket.SOCK_DGRAM, socket.AF_INET), (socket.SOCK_STREAM, socket.AF_UNIX)):
        with socket.socket(family, kind) as other:
            monkeypatch.setattr(systemd, "FIRST_DESCRIPTOR", other.fileno())
            with pytest.raises(ListenError, match="not a listening TCP socket") as caught:
                systemd.take_listener(handed())
            assert "ListenStream=" in caught.value.hint
    with open(os.devnull) as no_socket:  # noqa: PTH123
        monkeypatch.setattr(systemd, "FIRST_DESCRIPTOR", no_socket.fileno())
        with pytest.raises(ListenError, match="not a listening TCP socket"):
            systemd.take_listener(handed())


def test_the_journal_is_known_by_the_stream_it_names(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w") as stream:
        there = os.fstat(stream.fileno())
        assert systemd.is_journal(stream, {"JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"})
        assert not systemd.is_journal(stream, {"JOURNAL_STREAM": f"{there.st_dev}:1"})
        assert not systemd.is_journal(stream, {})
    assert systemd.priority(logging.WARNING) == "<4>"


def test_a_line_of_the_log_is_one_line_without_secrets_or_controls() -> None:
    words = "GET /sms?token=sesame-sesame-sesame&a=\x1b[2J\nAuthorization: x"
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "%s", (words,), None)
    record.created = NOON
    line = systemd.SafeFormatter().format(record)
    assert line.startswith("2026-11-22T12:00:00Z WARNING GET /sms?token=***&a=")
    assert "\x1b" not in line
    assert "\n" not in line
    assert systemd.JournalFormatter().format(record).startswith("<4>GET /sms?token=***&a=")
