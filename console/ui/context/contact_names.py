"""Names for numbers on the screen: the one that is known, and asking for one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.text.safe import safe
from console.ui.kit.explain import explained

if TYPE_CHECKING:
    from textual.widget import Widget

    from console.domain.backend import Backend
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
