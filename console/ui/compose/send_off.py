"""From Send to the outbox: looked at twice, asked about where there is something to ask, then queued, all or none."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from console.errors import ConsoleError
from console.protocol.sms.guards import doubts, without_opted_out
from console.protocol.text.safe import safe
from console.protocol.text.time_words import Window
from console.ui.compose.addressees import name_of
from console.ui.context.gateways import Gateways
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.sending import Batch, Remark, Seen
    from console.store import LiveReader
    from console.ui.compose.letter import Letter

_NAMED = 3
"""Refused entries that are named once the others are on their way."""

_SHOWN = 24
"""Characters of each."""


class Sent(NamedTuple):
    """What a letter became in the outbox: a message, or a batch of several."""

    queued: OutboxMessage | Batch
    to: str
    """Who gets it, where that is one. Safe."""
    left_out: str = ""
    """Who does not get it, in words; empty where everybody does. Safe."""


async def send_off(
    widget: Widget,
    store: LiveReader,
    backend: Backend,
    letter: Letter,
    gateway: GatewaySnapshot | None,
    *,
    confirm_above: int,
    when: str = "",
) -> Sent | None:
    """Queue a letter that has recipients. None when the operator went back and nothing was done.

    One recipient of whom there is nothing to remark is not asked about, unless the letter has a time. `when` says it in
    words. Raises ConsoleError where nothing was queued, such as what somebody else has sent while it was asked about.
    Await it in a worker of `widget`.
    """
    from console.ui.compose.summary import Summary, SummaryScreen

    listed, key = letter.reading.listed, keymap_of(widget).name("summary.opted-out")
    all_of_them = False
    while True:
        drafts, seen, remarks, out = await asyncio.to_thread(_look, store, backend, letter, all_of_them)
        asks = remarks or letter.remarks or listed.rejected or letter.when != Window()
        if not (asks or out or len(drafts) > 1):
            break
        forecast = await asyncio.to_thread(backend.forecast, drafts)
        at = Gateways(backend).at_content(letter.gateway)
        summary = Summary(letter, drafts, forecast, remarks, gateway, confirm_above, at, when, out, key)
        screen = SummaryScreen(summary, opted_out=bool(out))
        if await widget.app.push_screen_wait(screen):
            break
        if not screen.with_opted_out:
            return None
        all_of_them = True
    left_out = left_out_words([*(each.typed for each in listed.rejected), *out])
    if len(drafts) > 1:
        batch = await asyncio.wrap_future(backend.sending.submit_all(drafts, letter.label, seen))
        return Sent(batch, "", left_out)
    message = await asyncio.wrap_future(backend.sending.submit(drafts[0], seen))
    to = next(each for each in listed.recipients if each.number == drafts[0].to)
    return Sent(message, name_of(to), left_out)


def left_out_words(typed: Sequence[str]) -> str:
    """`2 left out: abc, 1x.`; empty where nobody is."""
    if not typed:
        return ""
    named = ", ".join(safe(each[:_SHOWN]) for each in typed[:_NAMED])
    return f"{count(len(typed))} left out: {named}{', …' if len(typed) > _NAMED else ''}."


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
        say(f"{type(error).__name__}: check the outbox before you send again.")
        raise


def _look(
    store: LiveReader, backend: Backend, letter: Letter, all_of_them: bool
) -> tuple[list[Draft], Seen, tuple[Remark, ...], tuple[str, ...]]:
    """The last are numbers of those of several who get nothing, for they opted out, unless `all_of_them` shall. Reads
    the store, and a list may be long: for a thread of its own.
    """
    drafts = letter.drafts()
    drafts, out = (drafts, ()) if all_of_them else without_opted_out(drafts, store.opt_outs.among(drafts))
    seen = store.sending.seen([draft.again_of for draft in drafts if draft.again_of is not None])
    people = [each for each in letter.reading.listed.recipients if each.number not in out]
    return drafts, seen, (*doubts(people), *backend.remarks(drafts)), out
