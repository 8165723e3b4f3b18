"""The filter line of the AMI log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from console.protocol.ami.log_query import LogQuery, parse_log_query
from console.ui.kit.filter_line import FilterLine

if TYPE_CHECKING:
    from textual.widgets import Input


class AmiSearch(FilterLine):
    """Words and filters. Enter goes to what was found, and the line stays; Esc clears it."""

    class Asked(Message):
        """Something else is asked for."""

        def __init__(self, query: LogQuery) -> None:
            self.query = query
            super().__init__()

    def __init__(self) -> None:
        hint = "words, event:SMS*, port:3, dir:in, gw:NAME, is:mark, /regex/ (first 2,000 characters), -event:VarSet"
        super().__init__(id="ami-search", placeholder=hint)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Asked(parse_log_query(event.value)))
