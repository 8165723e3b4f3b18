"""Trouble in a handler is told, not fatal: an exception that leaves a Textual handler ends the whole program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App
    from textual.widget import Widget

    from console.domain.backend import Backend


@contextmanager
def explained(widget: Widget) -> Iterator[None]:
    """Tell a `ConsoleError` of the block in a toast, with its hint, and go on behind it."""
    try:
        yield
    except ConsoleError as error:
        widget.notify(error.in_full, title=error.title, severity="error", markup=False)


def refused(node: Widget | App[None], backend: Backend) -> bool:
    """Whether nothing may be sent or changed here; if so the operator is told why.

    Actions that are marked in `console.ui.keys.actions` are asked for already. Ask for whatever else changes something.
    """
    reason = backend.read_only()
    if reason:
        node.notify(f"Read only: {safe(reason)}", severity="warning", markup=False)
    return bool(reason)
