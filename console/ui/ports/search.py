"""The filter line of the ports: which of them are shown."""

from __future__ import annotations

from console.ui.kit.filter_line import FilterLine
from console.ui.ports.order import HINT


class PortSearch(FilterLine):
    """Words. Enter goes to what they leave, and the line stays; Esc clears it."""

    def __init__(self) -> None:
        super().__init__(id="ports-search", placeholder=HINT)
