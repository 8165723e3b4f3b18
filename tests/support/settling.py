"""Letting an application of Textual run until it has nothing left to do, and pressing its keys.

Textual's own pilot takes an application for settled once the processor has had little to do for a while: each key costs
a tenth of a second that way, and a busy machine makes it longer and less true. Here the event loop is looked at itself.
"""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING, Any

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key

from console.terminal.app import TerminalApp
from tests.support.waiting import LOOK

if TYPE_CHECKING:
    from textual.app import App

PATIENCE = 0.02
"""Seconds that a worker may take which waits for a thread. One that waits for a person takes longer, whatever it is."""


async def press(app: App[Any], *keys: str) -> None:
    """Press keys by Textual's names for them; each has run its course before the next."""
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        app.post_message(events.Key(name, character(name)))
        await settled(app)


def character(name: str) -> str | None:
    """What a key types; None for one that types nothing."""
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    except KeyError:
        return name if len(name) == 1 else None


async def settled(app: App[Any]) -> None:
    """Messages are dealt with, keys have run their course, what changed is drawn, and no thread owes an answer."""
    await _drained(app)
    while app.is_running and not app._exit and (await _worked(app) or _is_typing(app)):
        await _drained(app)


def _is_typing(app: App[Any]) -> bool:
    return isinstance(app, TerminalApp) and not app.typeahead.is_idle


async def _worked(app: App[Any]) -> bool:
    """Whether a worker has come to its end meanwhile."""
    tasks = [worker._task for worker in app.workers if worker._task is not None]
    if not tasks:
        if _is_typing(app):
            await asyncio.sleep(LOOK)  # the key waits for its screen, and that for a timer
        return False
    done, _ = await asyncio.wait(tasks, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    return bool(done)


async def _drained(app: App[Any]) -> None:
    """Nothing is ready to run, also after what changed was drawn."""
    for _ in range(2):
        await _nothing_ready()
        if app.is_running and not app._exit and app.screen_stack:
            app.screen._on_timer_update()
    await _nothing_ready()


async def _nothing_ready() -> None:
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    # What waits for a socket or a call from a thread is made ready between two turns of the loop.
    for _ in range(2):
        await asyncio.sleep(0)
        while ready:  # noqa: ASYNC110 - the loop itself is looked at
            await asyncio.sleep(0)
