"""The filter line of the ports: which of them are shown."""

from __future__ import annotations

from console.ui.port_order import HINT
from console.ui.widgets.filter_line import FilterLine


class PortSearch(FilterLine):
    """Words. Enter goes to what they leave, and the line stays; Esc clears it."""

    def __init__(self) -> None:
        super().__init__(id="ports-search", placeholder=HINT)
