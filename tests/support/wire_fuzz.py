"""Bytes that no gateway sends: calls and AMI streams that were changed at random, and what must hold whatever comes."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from console.protocol.ami.frames import AmiFramer
from console.protocol.dialects.known import read_event
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

_PATIENCE = 30.0
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_BODY = b"phonenumber=10086&port=1&message=%s"
_BODIES = (
    b"\r\nContent-Length: 64\r\n\r\n%s",
    b"\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n%s\r\n0\r\n\r\n",
)
_CALLS = (
    b"GET /sms/gw1?phonenumber=10086&port=1&message=%s HTTP/1.1\r\nHost: console\r\n\r\n",
    b"GET /sms/gw1?phonenumber=%%2B49151&type=SMS-Status-Report&status=%s HTTP/1.0\r\n\r\n",
    b"HEAD /sms/gw1?phonenumber=10086&message=%s HTTP/1.1\r\nHost: console\r\nConnection: close\r\n\r\n",
    b"POST /sms/gw1 HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded" + _BODIES[0] % _BODY,
    b"POST /sms/gw1 HTTP/1.1\r\nHost: console" + _BODIES[1] % _BODY,
)
_PIECES = (
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"%",
    b"%00",
    b"\x00",
    b"\xff",
    b"&",
    b"?",
    b"HTTP/1.1",
    b"Content-Length: 9\r\n",
)
_TEXT_LENGTH = 31


def changed(rng: random.Random, data: bytes, pieces: Sequence[bytes]) -> bytes:
    """With a few bytes of it taken out, doubled, put in or turned."""
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        at, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        end = min(end, at + rng.choice((1, 2, 40)))
        match rng.randrange(4):
            case 0:
                data = data[:at] + data[end:]
            case 1:
                data = data[:end] + data[at:]
            case 2:
                data = data[:at] + rng.choice((rng.choice(pieces), rng.randbytes(3))) + data[at:]
            case _:
                data = data[:at] + rng.randbytes(end - at) + data[end:]
    return data


def cut(rng: random.Random, data: bytes) -> list[bytes]:
    """In pieces, at random places."""
    places = sorted({0, len(data), *(rng.randrange(len(data) + 1) for _ in range(rng.choice((0, 1, 3))))})
    return [data[start:end] for start, end in pairwise(places)]


def not_kept(database: Path, acknowledged: set[bytes]) -> set[bytes]:
    """Texts that are nowhere in a database, whether they were understood or not."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        raws = [
            row[0]
            for table in ("inbox", "attached", "notice")
            for row in connection.execute(f"SELECT raw FROM {table}")
        ]
    everything = b"\n".join(raws)
    return {text for text in acknowledged if text not in everything}


@dataclass
class Called:
    """What came of calls."""

    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    acknowledged: set[bytes] = field(default_factory=set)
    """Texts that went out as they were and whose call was answered 200."""
    unanswered: int = 0
    """Requests after which the connection ended without a word."""


async def call(rng: random.Random, tcp_port: int, number: int, called: Called) -> None:
    """One connection with a changed call, and what is answered until it ends."""
    text = f"{number:08d}".encode().ljust(_TEXT_LENGTH, b"x")
    data = changed(rng, rng.choice(_CALLS) % text, _PIECES)
    reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
    answer = b""
    try:
        for piece in cut(rng, data):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), _PATIENCE)
    except OSError:
        pass  # it was closed meanwhile
    finally:
        writer.close()
    statuses = [int(status) for status in _STATUS.findall(answer)]
    called.requests += 1
    called.unanswered += not statuses
    for status in statuses:
        called.statuses[status] = called.statuses.get(status, 0) + 1
    # A body is as long as its call says.
    is_whole = not data.startswith(b"POST") or any(
        data.endswith(body % (_BODY % text)) and data.count(b"\r\n\r\n") == body.count(b"\r\n\r\n") for body in _BODIES
    )
    if statuses and set(statuses) == {200} and text in data and is_whole:
        called.acknowledged.add(text)


def ami_stream(rng: random.Random) -> bytes:
    """A banner, and a part of what a real Asterisk said, changed."""
    whole = rng.choice(sorted(CAPTURES.glob("*.bin"))).read_bytes()
    start = rng.randrange(len(whole))
    pieces = (b"\r\n", b"\n", b"\r\n\r\n", b":", b"\x00", b"Event: ", b"Response: Follows\r\n", b"--END COMMAND--")
    return b"Asterisk Call Manager/1.1\r\n" + changed(rng, whole[start : start + rng.choice((200, 2_000))], pieces)


def read_ami(rng: random.Random, stream: bytes) -> int:
    """Read it as a link does, in pieces; how many messages there were. They are the same as of the whole at once."""
    whole, pieces = AmiFramer(), AmiFramer()
    blocks = [block for piece in cut(rng, stream) for block in pieces.feed(piece)] + pieces.close()
    assert blocks == whole.feed(stream) + whole.close(), stream
    for block in blocks:
        read_event(block)
    return len(blocks)
