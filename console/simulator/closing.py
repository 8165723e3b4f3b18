"""How a simulated server stops listening. A seam between it and asyncio."""

from __future__ import annotations

import asyncio


def close_listener(server: asyncio.Server) -> None:
    """Take nobody more, and close at the next turn of the event loop: asyncio (Python 3.11) loses a connection that it
    has accepted and not yet attached when its server closes, so that the other end waits for ever.
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener.fileno())
    loop.call_soon(server.close)
