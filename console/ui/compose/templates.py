"""The templates of the configuration, to take a text from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.actions import bindings
from console.ui.kit.format import Cells, fit
from console.ui.kit.pick import PickScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

_NAME = 20


class TemplatesScreen(PickScreen):
    """Dismissed with the position of a template, or with None on Esc. There must be one."""

    SCOPE = "templates"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("templates")]

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__("Templates", [_row(name, text) for name, text in templates.items()])


def _row(name: str, text: str) -> Cells:
    return [(f"{fit(safe(name), _NAME)}  ", "strong"), (safe_lines(text)[0], "plain")]
