"""Views: searches of the inbox that have a name."""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """A search of the inbox, by its name."""

    name: str
    query: str
    """As it is typed in the search line: `console.protocol.text.search_query`."""


ALL_MESSAGES = View("", "")
"""No view: everything."""

BUILT_IN = (
    View("unread", "is:unread"),
    View("today", "after:today"),
    View("unreadable", "kind:unreadable"),
    View("gaps", "kind:gap"),
)
"""Always there, and nobody's to change."""

LONGEST_NAME = 40


def is_built_in(name: str) -> bool:
    """Whether a view of this name is always there. Case makes no difference."""
    return any(view.name == name.casefold() for view in BUILT_IN)
