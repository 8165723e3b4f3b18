"""One key takes back what was done last, on whichever screen, and says what it took back.

This is a seam: the screens know the key, the store what was done.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.domain.audit import Deed, Undone
from console.protocol.text.safe import safe
from console.ui.kit.explain import explained
from console.ui.kit.format import count, plural

if TYPE_CHECKING:
    from textual.widget import Widget

    from console.domain.backend import Backend


def undo_last(widget: Widget, backend: Backend) -> None:
    """Take back what was done last, and tell what. Returns at once."""
    # The application's own work: a screen that is left takes its workers with it, and a write is not called back.
    widget.app.run_worker(_undo(widget, backend), exit_on_error=False)


async def _undo(widget: Widget, backend: Backend) -> None:
    with explained(widget):
        undone = await asyncio.wrap_future(backend.past.undo(backend.operator()))
        severe = undone is None or not undone.restored
        widget.app.notify(undone_words(undone), severity="warning" if severe else "information", markup=False)


def undone_words(undone: Undone | None) -> str:
    """What was taken back, or why nothing was. Safe."""
    if undone is None:
        return "There is nothing to undo: you have not read, claimed, finished, named or noted anything here."
    what = _named(undone)
    if not undone.restored:
        return f"Not undone: {safe(undone.by) or 'somebody'} has changed {what} since."
    kept = f" {plural(undone.others, 'other')} was changed since and is kept." if undone.others == 1 else ""
    kept = f" {plural(undone.others, 'other')} were changed since and are kept." if undone.others > 1 else kept
    if undone.deed is Deed.READ:
        return f"{plural(undone.restored, 'message')} {'is' if undone.restored == 1 else 'are'} unread again.{kept}"
    if undone.restored > 1 or undone.others:
        one = undone.restored == 1
        again = _AGAIN[undone.deed] if one else _AGAIN_MANY.get(undone.deed, _AGAIN[undone.deed])
        what = plural(undone.restored, "port" if undone.deed is Deed.PORT else "message")
        return f"{what} {'is' if one else 'are'} {again}.{kept}"
    return f"{what[0].upper()}{what[1:]} is {_AGAIN[undone.deed]}."


_AGAIN = {
    Deed.CLAIM: "as it was before you claimed it",
    Deed.DONE: "open again",
    Deed.RELEASE: "claimed again",
    Deed.NAME: "as it was",
    Deed.PORT: "as it was",
    Deed.OPT_OUT: "no longer opted out",
    Deed.OPT_IN: "opted out again",
}

_AGAIN_MANY = {Deed.CLAIM: "as they were before you claimed them", Deed.PORT: "as they were"}
"""Of several, where that reads otherwise."""


def _named(undone: Undone) -> str:
    target = safe(undone.target[:60])
    if undone.others > 1 and undone.deed is not Deed.READ:
        return f"these {count(undone.others)} {'ports' if undone.deed is Deed.PORT else 'messages'}"
    match undone.deed:
        case Deed.READ:
            return "what was read"
        case Deed.NAME:
            return f"the name of {target}"
        case Deed.PORT:
            return f"the note on {target}"
        case Deed.OPT_OUT | Deed.OPT_IN:
            return target
    return f"the message from {target or 'an unknown sender'}"
