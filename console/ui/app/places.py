"""Where the panes stand beside each other: the inbox first, and below it what is looked at now. Pure but for `Body`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region
from textual.layout import Layout, WidgetPlacement

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size
    from textual.widget import Widget


ROOMY = (112, 36)
"""Columns and rows from which all panes stand side by side; below, one at a time."""

WIDE = 160
"""Columns from which there is room for an empty form."""

_INBOX = 104
"""Columns of the inbox that leave 60 to a text, behind its time, port, gateway and sender."""

_PORTS = 12
_AMI = 5
"""Rows of the AMI log while the keys go elsewhere: three lines."""

_OUTBOX = 4
"""Rows of the outbox that are left to it: two messages."""


class Wanted(NamedTuple):
    """What is to be seen."""

    active: str
    """Name of the pane that the keys go to."""
    ports: int = 2
    """Rows of the pane of the ports with all of them in sight."""
    draft: bool = False
    """Whether a message is written that is not sent."""


def places(width: int, height: int, wanted: Wanted) -> dict[str, Region]:
    """Where each pane stands, by its name; what is not among them is not shown.

    The inbox has half of the rows or more, and keeps them whichever pane the keys go to. The form takes the place of
    what is below it, and of a draft one line is left (`draft`); from WIDE on the form has a place beside it.
    """
    half = (height + 3) // 2  # of the whole screen, which has a line above and one below
    ports = max(2, min(wanted.ports, _PORTS, height - half - _OUTBOX - _AMI))
    found = {"ports": Region(0, 0, width, ports)}
    rest = height - ports
    if width >= WIDE:
        ami = rest - half if wanted.active == "ami" else max(_AMI, rest // 6)
        ami = min(ami, rest - half)
        tall = rest - ami
        left = max(_INBOX, width * 3 // 5)
        form = tall * 3 // 5
        return found | {
            "inbox": Region(0, ports, left, tall),
            "compose": Region(left, ports, width - left, form),
            "outbox": Region(left, ports + form, width - left, tall - form),
            "ami": Region(0, height - ami, width, ami),
        }
    inbox = max(half, rest * 2 // 3)
    found["inbox"] = Region(0, ports, width, inbox)
    top, below = ports + inbox, rest - inbox
    if wanted.active == "compose":
        return found | {"compose": Region(0, top, width, below)}
    if wanted.draft:
        found["draft"] = Region(0, top, width, 1)
        top, below = top + 1, below - 1
    outbox = _OUTBOX if wanted.active == "ami" else max(_OUTBOX, below - _AMI)
    return found | {
        "outbox": Region(0, top, width, outbox),
        "ami": Region(0, top + outbox, width, below - outbox),
    }


class _Places(Layout):
    name = "places"

    def __init__(self, find: Callable[[int, int], dict[str, Region]]) -> None:
        self._find = find

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> list[WidgetPlacement]:
        found = self._find(*size)
        return [
            WidgetPlacement(found[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id is not None and child.id in found
        ]


class Body(Container):
    """Puts each child where `find` says, for a width and height; one that is not named has no room."""

    def __init__(self, find: Callable[[int, int], dict[str, Region]]) -> None:
        super().__init__(id="body")
        self._places = _Places(find)

    @property
    def layout(self) -> Layout:
        return self._places
