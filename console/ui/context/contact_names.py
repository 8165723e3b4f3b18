"""What is known of a number on the screen, and kept: its name, and whether they opted out."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState
from console.errors import ConsoleError
from console.protocol.sms.recipients import is_diallable
from console.protocol.text.safe import safe
from console.ui.kit.explain import explained
from console.ui.kit.format import full_time, plural

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.sending import OptOut
    from console.store import Reader
    from console.ui.context.correspondent import Correspondent
    from console.ui.kit.format import Cells

_LOOKED_AT = 200
"""Messages to somebody, of which some may be queued."""


def known_name(store: Reader, number: str, gateway: str) -> str:
    """What somebody here calls this number of a gateway; empty where nobody does, and while the database can't be
    read: a row is drawn all the same, and the screen's own look at the store tells why.

    Text from outside.
    """
    try:
        return store.contacts.name_of(number, store.regions.of(gateway))
    except ConsoleError:
        return ""


def ask_name(widget: Widget, backend: Backend, number: str, known: str) -> None:
    """Ask what to call a number that is `known` by a name, or by none, and keep it. Trouble is told by `widget`."""
    from console.ui.kit.dialogs import AskScreen

    if not number.strip():
        widget.notify("There is no number here to name.", severity="warning")
        return

    def keep(name: str | None) -> None:
        if name is not None:
            widget.run_worker(_keep(widget, backend, number, name), exit_on_error=False)

    title = f"Name for {number[:40]}"
    remark = "Shown instead of the number. Leave empty to delete it."
    widget.app.push_screen(AskScreen(title, known, remark=remark), keep)


async def _keep(widget: Widget, backend: Backend, number: str, name: str) -> None:
    with explained(widget):
        await asyncio.wrap_future(backend.contacts.set(number, name, backend.operator()))
        words = f"{number[:40]} is now called {name}." if name else f"{number[:40]} no longer has a name."
        widget.notify(safe(words), markup=False)


def known_opt_out(store: Reader, number: str, gateway: str) -> OptOut | None:
    """Of who has this number of a gateway, as `known_name`."""
    try:
        return store.opt_outs.of(number, gateway)
    except ConsoleError:
        return None


def opt_out_line(known: OptOut) -> Cells:
    """`Opted out …, kept by alice`."""
    return [(f"Opted out {full_time(known.at)}, kept by {safe(known.operator)}", "warn")]


def opt_out(widget: Widget, backend: Backend, store: Reader, who: Correspondent, wrote: str = "") -> None:
    """Keep that somebody opted out, by what they wrote, and tell what is queued to them all the same. Trouble is told
    by `widget`.
    """

    def act() -> Future[bool]:
        return backend.opt_outs.set(who.number, backend.operator(), words=wrote, gateway=who.gateway)

    def queued() -> str:
        last = islice(store.person(who.number, who.gateway).sent(), _LOOKED_AT)
        number = sum(message.state is DeliveryState.QUEUED for message in last)
        is_left = f"{plural(number, 'message')} to them {'is' if number == 1 else 'are'} still queued"
        return f" {is_left}: cancel in the outbox." if number else ""

    _say_of(widget, who, act, "opted out; sending to them asks first", "had opted out already", queued)


def opt_in(widget: Widget, backend: Backend, who: Correspondent) -> None:
    """Keep that they may be written to again, as `opt_out`."""

    def act() -> Future[bool]:
        return backend.opt_outs.remove(who.number, backend.operator(), gateway=who.gateway)

    _say_of(widget, who, act, "is no longer opted out", "had not opted out")


def _say_of(
    widget: Widget,
    who: Correspondent,
    act: Callable[[], Future[bool]],
    done: str,
    was_so: str,
    more: Callable[[], str] = str,
) -> None:
    async def do() -> None:
        with explained(widget):
            words = done if await asyncio.wrap_future(act()) else was_so
            widget.app.notify(safe(f"{who.number[:40]} {words}.") + await asyncio.to_thread(more), markup=False)

    if is_diallable(who.number):
        # The application's own work, as with claims.
        widget.app.run_worker(do(), exit_on_error=False)
    else:
        widget.notify("There is no number here that is written to.", severity="warning")
