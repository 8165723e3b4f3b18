"""From Send to the outbox: looked at twice, asked about where there is something to ask, then queued, all or none."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.sms.guards import doubts
from console.protocol.text.safe import safe
from console.ui.context.gateways import Gateways
from console.ui.kit.format import count, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Draft
    from console.domain.sending import Remark
    from console.ui.compose.letter import Letter

_NAMED = 3
"""Refused entries that are named once the others are on their way."""


async def send_off(
    widget: Widget, backend: Backend, letter: Letter, gateway: GatewaySnapshot | None, *, confirm_above: int
) -> str | None:
    """Queue a letter that has recipients. What to say of it; None when the operator went back and nothing was done.

    One recipient of whom there is nothing to remark is not asked about. Raises ConsoleError where nothing was queued.
    Await it in a worker of `widget`.
    """
    from console.ui.compose.summary import Summary, SummaryScreen

    drafts, remarks = await asyncio.to_thread(_look, backend, letter)
    rejected = letter.reading.listed.rejected
    if len(drafts) > 1 or remarks or letter.remarks or rejected:
        forecast = await asyncio.to_thread(backend.forecast, drafts)
        at = Gateways(backend).at_content(letter.gateway)
        summary = Summary(letter, drafts, forecast, remarks, gateway, confirm_above, at)
        if not await widget.app.push_screen_wait(SummaryScreen(summary)):
            return None
    words = []
    if len(drafts) == 1:
        await asyncio.wrap_future(backend.sending.submit(drafts[0]))
    else:
        batch = await asyncio.wrap_future(backend.sending.submit_all(drafts, letter.label))
        words.append(f"{plural(len(drafts), 'message')} queued, batch {batch.id}.")
    if rejected:
        named = ", ".join(safe(each.typed[:24]) for each in rejected[:_NAMED])
        words.append(f"{count(len(rejected))} left out: {named}{', …' if len(rejected) > _NAMED else ''}.")
    return " ".join(words)


@contextmanager
def trouble_told(say: Callable[[str], None]) -> Iterator[None]:
    """Say why nothing was queued, and go on behind the block. An error that nobody expected goes on, too; of it is said
    that the message may be in the outbox.
    """
    try:
        yield
    except ConsoleError as error:
        say(error.in_full)
    except Exception as error:
        say(f"{type(error).__name__}: look into the outbox before you send again.")
        raise


def _look(backend: Backend, letter: Letter) -> tuple[list[Draft], tuple[Remark, ...]]:
    """Reads the store, and a list may be long: for a thread of its own."""
    drafts = letter.drafts()
    return drafts, (*doubts(letter.reading.listed.recipients), *backend.remarks(drafts))
