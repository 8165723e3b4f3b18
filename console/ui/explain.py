"""Trouble in a handler is told, not fatal: an exception that leaves a Textual handler ends the whole program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget


@contextmanager
def explained(widget: Widget) -> Iterator[None]:
    """Tell a `ConsoleError` of the block in a toast, with its hint, and go on behind it."""
    try:
        yield
    except ConsoleError as error:
        widget.notify(f"{error} {error.hint}".strip(), title=error.title, severity="error", markup=False)
