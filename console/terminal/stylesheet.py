"""Styles that are parsed once for each set of colours.

Textual parses every style anew when it applies a theme, the first one too, and forgets what it had parsed before; the
start would pay for all of them twice. Here what was parsed stays good until a variable changes.
"""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

_KEPT = 1024
"""Sources whose rules are kept; Textual's own 64 are fewer than there are, and then none is found again."""


class ThriftyStylesheet(Stylesheet):
    """`reparse` costs what is new."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_KEPT)

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """What has been parsed with these variables is taken as it is. Raises what `parse` raises."""
        self.parse()
