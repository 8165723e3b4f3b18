"""What is known of a number on the screen, and kept: its name, and whether they opted out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.sms.recipients import is_diallable
from console.protocol.text.safe import safe
from console.ui.kit.explain import explained

if TYPE_CHECKING:
    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.messages import InboxMessage
    from console.domain.sending import OptOut
    from console.store import Reader


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


def toggle_opt_out(widget: Widget, backend: Backend, store: Reader, message: InboxMessage) -> None:
    """Who wrote this opted out, or, where that is known, did not. Trouble is told by `widget`."""
    if not is_diallable(message.callback.number):
        widget.notify("There is no number here that is written to.", severity="warning")
        return
    widget.run_worker(_toggle(widget, backend, store, message), exit_on_error=False)


async def _toggle(widget: Widget, backend: Backend, store: Reader, message: InboxMessage) -> None:
    number, gateway = message.callback.number, message.gateway
    with explained(widget):
        if await asyncio.to_thread(store.opt_outs.of, number, gateway) is None:
            words, wrote = "opted out; sending to them asks first", message.callback.text
            await asyncio.wrap_future(backend.opt_outs.set(number, backend.operator(), words=wrote, gateway=gateway))
        else:
            words = "is no longer opted out"
            await asyncio.wrap_future(backend.opt_outs.remove(number, backend.operator(), gateway=gateway))
        widget.notify(safe(f"{number[:40]} {words}."), markup=False)
