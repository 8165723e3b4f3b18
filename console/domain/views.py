"""Views: searches of a list that have a name."""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """A search, by its name."""

    name: str
    query: str
    """As it is typed: `console.protocol.query`."""
    of: str = "inbox"
    """The list that it is a search of: the name of its `Table`."""


ALL = View("", "", "")
"""No view: everything."""

BUILT_IN = (
    View("unread", "is:unread"),
    View("today", "after:today"),
    View("unreadable", "kind:unreadable"),
    View("gaps", "kind:gap"),
)
"""Always there, and nobody's to change."""

LONGEST_NAME = 40


def is_built_in(view: View) -> bool:
    """Whether a view of this name is always there. Case makes no difference."""
    return any((each.of, each.name) == (view.of, view.name.casefold()) for each in BUILT_IN)
