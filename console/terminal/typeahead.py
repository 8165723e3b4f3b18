"""Keys in the order they were pressed: each finds what the one before it has typed, opened or closed.

Textual gives a key to what has the focus when the key arrives, and takes it to the key bindings later. What is pressed
quickly, or comes in one packet over a slow line, would so miss the dialog that the first key opens, or be typed into
the one it closes. Here the next key waits until the one before has run its course; a screen that has to read first
what it shows says so by `is_ready`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.events import Key, Paste
    from textual.message_pump import MessagePump

_LOOK = 0.01
"""Seconds between two looks at a screen that is not ready yet."""

_ROUNDS = 2
"""Through the queues, from the focused widget to the application: the first behind the key, the second behind what
the key made the widgets tell each other.
"""


class KeyPassed(Message):
    """Goes the way of the key, behind it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Typeahead:
    """Lets one key or paste at a time go to `act`."""

    def __init__(self, app: App[Any], act: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app = app
        self._act = act
        self._waiting: deque[Key | Paste] = deque()
        self.number = 0
        """Rises with every key that begins to run its course, and when the last one has."""
        self._target: MessagePump | None = None
        self._rounds = 0
        self._limit: asyncio.TimerHandle | None = None
        self.longest = 0.5
        """Seconds that a key may hold up those behind it; what it set going may take longer."""

    @property
    def is_idle(self) -> bool:
        """Whether every key has run its course."""
        return self._target is None

    async def take(self, event: Key | Paste) -> None:
        """A key or paste from the terminal: acted on now, or behind those before it."""
        self._waiting.append(event)
        if self.is_idle:
            await self._next()

    def forget(self) -> None:
        """Those that wait are not acted on: nobody could see yet what they would have answered."""
        self._waiting.clear()

    async def passed(self, number: int) -> None:
        """A `KeyPassed` has come back to the application."""
        if number != self.number or self._target is None:
            return  # of a key that was given up waiting for
        self._rounds += 1
        if self._rounds < _ROUNDS or self._target is not self._focus():
            await self._follow()
        elif not getattr(self._app.screen, "is_ready", True):
            asyncio.get_running_loop().call_later(_LOOK, self._app.call_later, self._look_again, number)
        else:
            await self._next()

    async def _next(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        self.number += 1
        self._target = None
        if not self._waiting:
            return
        self._target = self._focus()
        await self._act(self._waiting.popleft())
        self._rounds = 0
        self._limit = asyncio.get_running_loop().call_later(self.longest, self._give_up, self.number)
        await self._follow()

    async def _look_again(self, number: int) -> None:
        if number == self.number and not self.is_idle:  # else it was given up waiting for meanwhile
            await self._follow()

    async def _follow(self) -> None:
        """Send the next `KeyPassed` the way that the keys now take."""
        self._target = self._focus()
        if not self._target.post_message(KeyPassed(self.number)):
            await self._next()

    def _focus(self) -> MessagePump:
        return self._app.focused or self._app.screen

    def _give_up(self, number: int) -> None:
        if number == self.number:
            self._limit = None
            self._app.call_later(self._next)
