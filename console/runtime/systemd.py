"""What a service manager expects of a service: sd_notify(3), sd_listen_fds(3), and the priorities of sd-daemon(3). A
seam: each does nothing where the environment does not ask for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from typing import TYPE_CHECKING, TextIO

from console.errors import ListenError
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

FIRST_DESCRIPTOR = 3
"""SD_LISTEN_FDS_START."""

_NO_LISTENER = "The service manager handed over something that is not a listening TCP socket."

_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Those of syslog(3)."""


def tell(words: str, environ: Mapping[str, str] = os.environ) -> None:
    """Tell it how we are, such as `READY=1`."""
    address = environ.get("NOTIFY_SOCKET", "")
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.connect("\0" + address[1:] if address.startswith("@") else address)
            notify.sendall(words.encode())


async def show_life(environ: Mapping[str, str] = os.environ) -> None:
    """Say that this event loop is alive, for ever, twice as often as it is asked for: one that hangs says nothing, and
    is started again.
    """
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while True:
        tell("WATCHDOG=1", environ)
        await asyncio.sleep(int(microseconds) / 2_000_000)


def take_listener(environ: MutableMapping[str, str] = os.environ) -> socket.socket | None:
    """The listening socket that it made for us and keeps while we are started again; None where it made none.

    Raises ListenError for what is no listening TCP socket, or several.
    """
    handed, whose = environ.pop("LISTEN_FDS", ""), environ.pop("LISTEN_PID", "")
    environ.pop("LISTEN_FDNAMES", None)  # what we start shall not take them for its own
    if whose != str(os.getpid()) or not handed.isdecimal() or handed == "0":
        return None
    hint = "Keep one ListenStream= in the .socket unit, with a TCP address, and Accept=no."
    if handed != "1":
        raise ListenError(f"The service manager handed over {handed} sockets; expected one.", hint=hint)
    try:
        listener = socket.socket(fileno=FIRST_DESCRIPTOR)
    except OSError as error:
        raise ListenError(_NO_LISTENER, hint=hint) from error
    listener.set_inheritable(False)
    is_tcp = listener.family in (socket.AF_INET, socket.AF_INET6) and listener.type == socket.SOCK_STREAM
    if not is_tcp or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        listener.detach()
        raise ListenError(_NO_LISTENER, hint=hint)
    return listener


def is_journal(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the lines of a stream go to the journal."""
    try:
        there = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def priority(level: int) -> str:
    """`<4>` for a warning: how the journal is told of a line's priority, in front of it."""
    return f"<{_PRIORITIES.get(level, 5)}>"


def log_to_stderr() -> None:
    """Lines of time, level and words, with secrets masked and controls made visible; in the journal, which has a time
    of its own, of priority and words.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JournalFormatter() if is_journal(sys.stderr) else SafeFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class SafeFormatter(logging.Formatter):
    """One line a record, whatever stranger's text is in it. Times are UTC."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        return safe(redact(super().format(record)))


class JournalFormatter(SafeFormatter):
    """The same for systemd's journal."""

    def __init__(self) -> None:
        super().__init__()
        self._style = logging.PercentStyle("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return priority(record.levelno) + super().format(record)
