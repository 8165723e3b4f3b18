from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from console.simulator.closing import close_listener
from tests.support.waiting import DEADLINE


@pytest.mark.parametrize("turns", range(6))
async def test_nobody_is_left_waiting_however_far_the_server_had_come_with_them(turns: int) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as caller:
        caller.setblocking(False)
        for _ in range(turns):
            await asyncio.sleep(0)
        close_listener(server)
        async with asyncio.timeout(DEADLINE):
            with suppress(ConnectionResetError):
                assert await asyncio.get_running_loop().sock_recv(caller, 1) == b""
    assert not server.is_serving()
