"""Listening on a TCP address: whether one can, in words why not, and leaving it without cutting anybody off."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import logging
import os
import resource
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any

from console.errors import ListenError

if TYPE_CHECKING:
    import asyncio

    from console.domain.clock import Clock

_ATTACH_REUSEPORT_CBPF = 51
"""SO_ATTACH_REUSEPORT_CBPF of socket(7)."""

_BPF_RET = 0x06
"""BPF_RET | BPF_K of <linux/bpf_common.h>."""

BACKLOG = 1024
"""Connections that the system holds until they are accepted."""

BURST = 16
"""Connections accepted at once; each takes a file at that moment. asyncio's backlog means this as well."""

FOR_THE_REST = 64
"""Files and sockets that the process needs beside the receiver's connections: database, log, AMI, sends."""

FEWEST = 8
"""Connections that are taken however few files may be open."""

QUIET = 60.0
"""Seconds between two words in the log about one and the same trouble."""

_logger = logging.getLogger(__name__)


def try_address(host: str, tcp_port: int) -> None:
    """Listen there for a moment. Raises ListenError."""
    try:
        found = socket.getaddrinfo(host, tcp_port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        (listener_for_both(host, tcp_port) or socket.create_server(address[:2], family=family)).close()
    except OSError as error:
        raise listen_error(host, tcp_port, error) from error


def listener_for_both(host: str, tcp_port: int, *, shared: bool = False) -> socket.socket | None:
    """A socket for IPv4 and IPv6 where the host is `::`, every address there is; None for others. Raises OSError."""
    # asyncio would take IPv6 alone, and a gateway in an IPv4 network would find nobody.
    if host != "::" or not socket.has_dualstack_ipv6():
        return None
    return socket.create_server(
        (host, tcp_port), family=socket.AF_INET6, backlog=BACKLOG, reuse_port=shared, dualstack_ipv6=True
    )


def give_up(listener: socket.socket) -> list[socket.socket]:
    """Close a listening socket; the connections, non-blocking, that nobody had accepted yet: closing cuts those off."""
    _leave_new_ones_to_the_other(listener)
    accepted = []
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.setblocking(False)
            accepted.append(connection)
    listener.close()
    return accepted


def _leave_new_ones_to_the_other(listener: socket.socket) -> None:
    """Where another process listens on the same address too, let it have what comes from now on.

    Linux asks a filter which socket of the address is to take a connection; this one answers "the second". Where
    there is no second one, or no Linux, nothing changes.
    """
    if sys.platform != "linux":
        return
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", _BPF_RET, 0, 0, 1))
    program = struct.pack("HL", 1, ctypes.addressof(instruction))
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _ATTACH_REUSEPORT_CBPF, program)


def room_for(connections: int) -> int:
    """How many of so many connections may be open at once. The limit on open files (RLIMIT_NOFILE) is raised for them
    as far as this user may.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + FOR_THE_REST
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else min(connections, max(FEWEST, soft - FOR_THE_REST))


def hold(server: asyncio.Server) -> None:
    """Let the system hold BACKLOG connections of each of its sockets."""
    for listener in server.sockets:
        with listener.dup() as same:
            same.listen(BACKLOG)


class AcceptTrouble:
    """An event loop's exception handler. asyncio reports each connection that it could not accept because no more
    files may be open, and accepts it a second later.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._count = 0
        self._told_at = -QUIET

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or "accept()" not in str(context.get("message")):
            loop.default_exception_handler(context)
            return
        self._count += 1
        if self._clock.monotonic() - self._told_at >= QUIET:
            _logger.warning("connections wait to be accepted (%d times): %s", self._count, error.strerror or error)
            self._told_at, self._count = self._clock.monotonic(), 0


def joined(host: str, tcp_port: int) -> str:
    """`127.0.0.1:8080`, `[::1]:8080`."""
    return f"[{host}]:{tcp_port}" if ":" in host else f"{host}:{tcp_port}"


class AddressTaken(ListenError):
    """Somebody listens there already."""


def listen_error(host: str, tcp_port: int, error: OSError) -> ListenError:
    """What went wrong, and what to do."""
    where = joined(host, tcp_port)
    elsewhere = "set another `tcp_port` under `[receiver]`, and on the gateway's page."
    if error.errno == errno.EADDRINUSE:
        return AddressTaken(
            f"Another program already listens on {where}.",
            hint=f"Find it with `ss -ltnp` and stop it, or {elsewhere}",
        )
    if error.errno == errno.EACCES:
        return ListenError(f"This user may not listen on {where}.", hint=f"Use a TCP port above 1023: {elsewhere}")
    if error.errno in (errno.EADDRNOTAVAIL, None):  # asyncio tells it without a number from Python 3.12 on.
        return ListenError(
            f"This machine has no address {host}.",
            hint="Set `host` under `[receiver]` to one of its own, or 0.0.0.0.",
        )
    why = os.strerror(error.errno) if error.errno > 0 else str(error)
    return ListenError(f"Can't listen on {where}: {why}.", hint="Check `host` and `tcp_port` under `[receiver]`.")
