"""Whether one can listen, and why not."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from typing import TYPE_CHECKING

import pytest

from console.config import ReceiverConfig
from console.services.receiving.listening import (
    FEWEST,
    QUIET,
    AcceptTrouble,
    AddressTaken,
    joined,
    listen_error,
    room_for,
    try_address,
)
from console.services.receiving.receiver import Receiver

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


def test_a_free_address_is_free_again_afterwards() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        tcp_port = server.getsockname()[1]
        with pytest.raises(AddressTaken, match=f"already listens on 127.0.0.1:{tcp_port}"):
            try_address("127.0.0.1", tcp_port)
    try_address("127.0.0.1", tcp_port)
    try_address("127.0.0.1", tcp_port)
    try_address("localhost", 0)


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "room", "raised_to"),
    [
        (1024, 4096, 512, 512, None),
        (256, 4096, 512, 512, 576),
        (256, 300, 512, 236, 300),
        (40, 40, 512, FEWEST, 40),
        (256, resource.RLIM_INFINITY, 512, 512, 576),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 512, 512, None),
    ],
)
def test_room_for_connections(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: int, room: int, raised_to: int | None
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits[0]))
    assert room_for(wanted) == room
    assert asked == ([] if raised_to is None else [raised_to])


def test_what_can_t_be_accepted_is_told_once_a_minute(clock: FixedClock, caplog: pytest.LogCaptureFixture) -> None:
    told = AcceptTrouble(clock)
    loop = asyncio.new_event_loop()
    error = OSError(errno.EMFILE, "Too many open files")
    for _ in range(3):
        for _ in range(1000):
            told(loop, {"message": "socket.accept() out of system resource", "exception": error})
        clock.now += QUIET
    loop.close()
    assert [record.getMessage() for record in caplog.records] == [
        f"connections wait to be accepted ({count} times): Too many open files" for count in (1, 1000, 1000)
    ]


def test_an_address_of_another_machine() -> None:
    with pytest.raises(Exception, match=r"This machine has no address 192\.0\.2\.1"):
        try_address("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EADDRINUSE, "already listens on [::1]:80"),
        (errno.EACCES, "may not listen on [::1]:80"),
        (errno.EADDRNOTAVAIL, "no address ::1"),
        (errno.ENOBUFS, "No buffer space available"),
    ],
)
def test_every_reason_has_words_and_a_next_step(number: int, words: str) -> None:
    error = listen_error("::1", 80, OSError(number, "x"))
    assert words in str(error)
    assert error.hint


def test_joined() -> None:
    assert (joined("127.0.0.1", 80), joined("::1", 80)) == ("127.0.0.1:80", "[::1]:80")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this system has no IPv6")
async def test_every_address_is_of_both_kinds(store: Store, clock: FixedClock) -> None:
    receiver = Receiver(ReceiverConfig(host="::", tcp_port=0), (), store, clock)
    await receiver.start()
    tcp_port = receiver.address[1]
    for host in ("127.0.0.1", "::1"):
        socket.create_connection((host, tcp_port), timeout=5).close()
    with pytest.raises(AddressTaken):
        try_address("::", tcp_port)
    await receiver.stop()
