"""Whether one can listen, and why not."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import pytest

from console.config import ReceiverConfig
from console.services.receiving.listening import AddressTaken, joined, listen_error, try_address
from console.services.receiving.receiver import Receiver

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


def test_a_free_address_is_free_again_afterwards() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        tcp_port = server.getsockname()[1]
        with pytest.raises(AddressTaken, match=f"127.0.0.1:{tcp_port} already"):
            try_address("127.0.0.1", tcp_port)
    try_address("127.0.0.1", tcp_port)
    try_address("127.0.0.1", tcp_port)
    try_address("localhost", 0)


def test_an_address_of_another_machine() -> None:
    with pytest.raises(Exception, match=r"This machine has no address 192\.0\.2\.1"):
        try_address("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EADDRINUSE, "listens on [::1]:80 already"),
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
