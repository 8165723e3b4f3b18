"""What is logged without a screen, and how a service manager is told."""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import ReceiverStatus, RefusedRequest
from console.runtime.headless import SafeFormatter, news, tell_systemd
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

WELL = ReceiverStatus(True, "127.0.0.1:8080", NOON)


def refused(address: str, count: int, reason: str = "no valid token") -> RefusedRequest:
    return RefusedRequest(NOON, address, reason, count)


def test_nothing_new_is_no_line() -> None:
    status = replace(WELL, refusals=(refused("192.0.2.7", 3),))
    assert news(status, status) == []


def test_trouble_comes_and_goes() -> None:
    full = replace(WELL, detail="Callbacks are answered 503 and not kept: the disk is full")
    assert news(WELL, full) == [full.detail]
    assert news(full, WELL) == ["callbacks are kept again"]


def test_refusals_are_told_with_how_many_there_were_since() -> None:
    before = replace(WELL, refusals=(refused("192.0.2.7", 3), refused("192.0.2.8", 1)))
    after = replace(
        WELL, refusals=(refused("192.0.2.8", 1), refused("192.0.2.7", 12), refused("192.0.2.9", 1, "too many"))
    )
    assert news(before, after) == [
        "refused 192.0.2.7 (9 times, 12 in all): no valid token",
        "refused 192.0.2.9: too many",
    ]


def test_calls_that_could_not_be_kept_are_told_apart_and_first() -> None:
    after = replace(
        WELL, refusals=(refused("192.0.2.7", 1),), unkept=2, unkept_calls=(refused("192.0.2.8", 2, "the disk is full"),)
    )
    assert news(WELL, after) == [
        "not kept of 192.0.2.8 (2 times, 2 in all): the disk is full",
        "refused 192.0.2.7: no valid token",
    ]


def test_a_line_of_the_log_is_one_line_without_secrets_or_controls() -> None:
    words = "GET /sms?token=sesame-sesame-sesame&a=\x1b[2J\nAuthorization: x"
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "%s", (words,), None)
    record.created = NOON
    line = SafeFormatter().format(record)
    assert line.startswith("2026-11-22T12:00:00Z WARNING GET /sms?token=***&a=")
    assert "\x1b" not in line
    assert "\n" not in line


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    name = f"gsm-console-test-{os.getpid()}" if abstract else "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}" if abstract else name)
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}" if abstract else name)
        tell_systemd("READY=1")
        assert manager.recv(100) == b"READY=1"
    tell_systemd("STOPPING=1")  # it is gone: no error
    monkeypatch.delenv("NOTIFY_SOCKET")
    tell_systemd("READY=1")
