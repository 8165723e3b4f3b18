"""Waiting on a condition, never on time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


LOOK = 0.002
"""Seconds between two looks: a condition of another thread or process needs the processor to come true."""


DEADLINE = 60.0
"""Seconds after which what was waited for will not come any more, however busy the machine is."""


async def until(condition: Callable[[], object]) -> None:
    """Let the event loop run until `condition` holds; fails after DEADLINE."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - any condition, not only an Event
            await asyncio.sleep(LOOK)
