"""A webhook: a real server is told, and nobody else."""

from __future__ import annotations

import asyncio
import hmac
import json
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import Secret
from console.services.rules.webhook import post
from tests.support.hostile import NASTY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FIELDS = {"rule": "all", "text": f"{NASTY}\r\nX-Evil: 1"}
AT = 1_800_000_000.7


class Server:
    """Answers each request with `answer`."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.requests: list[tuple[bytes, bytes]] = []
        self.url = Secret("http://127.0.0.1")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        self.requests.append((head, await reader.readexactly(length)))
        writer.write(f"HTTP/1.1 {self.answer}\r\nContent-Length: 0\r\n\r\n".encode())
        await reader.read()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def serving(answer: str) -> AsyncIterator[Server]:
    server, before = Server(answer), asyncio.all_tasks()
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    server.url = Secret(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook?token=sesame")
    async with listening:
        yield server
        await asyncio.gather(*asyncio.all_tasks() - before)


async def post_to(url: Secret, *, secret: str = "", timeout: float = 60.0) -> str:
    return await post(url, FIELDS, secret=Secret(secret) if secret else None, key="all-7", at=AT, timeout=timeout)


async def test_it_is_signed_json_that_can_be_told_apart_from_a_second_copy() -> None:
    async with serving("204 No Content") as server:
        assert await post_to(server.url, secret="open") == ""
    ((head, body),) = server.requests
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    assert lines[0] == "POST /hook?token=sesame HTTP/1.1"
    assert json.loads(body) == FIELDS
    assert headers["idempotency-key"] == "all-7"
    assert headers["x-timestamp"] == "1800000000"
    assert headers["x-signature"] == "sha256=" + hmac.new(b"open", b"1800000000." + body, "sha256").hexdigest()
    assert "x-evil" not in headers
    assert b"\x1b" not in body


async def test_without_a_secret_nothing_is_signed() -> None:
    async with serving("200 OK") as server:
        assert await post_to(server.url) == ""
    assert b"x-signature" not in server.requests[0][0].lower()


@pytest.mark.parametrize("status", ["302 Found\r\nLocation: http://127.0.0.1:1/", "404 Not Found", "500 No"])
async def test_anything_but_success_is_a_failure_and_no_redirection_is_followed(status: str) -> None:
    async with serving(status) as server:
        assert await post_to(server.url) == f"webhook: 127.0.0.1 answered {status[:3]}"
    assert len(server.requests) == 1


async def test_who_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connected to, and never taken
        url = Secret(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert await post_to(url, timeout=0.2) == "webhook: 127.0.0.1 did not answer in 0.2 s"


async def test_who_is_not_there_is_named_without_what_the_address_holds() -> None:
    async with serving("200 OK") as server:
        url = server.url
    words = await post_to(url)
    assert words == "webhook: 127.0.0.1 can't be reached (ConnectError)"
    assert "sesame" not in words
