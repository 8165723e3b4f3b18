"""Everybody in To: who is refused and why, who stands there twice, and to which number it goes for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, count, fit, plural
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.protocol.sms.recipients import Recipient, RecipientList
    from console.ui.compose.addressees import Reading

_TYPED, _NUMBER, _PLACE = 20, 15, 9
"""Cells for each column."""

_LONGEST = 200
"""Characters of a cell that are looked at: no line shows more."""


class RecipientRows(RowList):
    """The refused first, then those that stand there twice, then all that it goes to."""

    live_end = "top"

    def __init__(self, listed: RecipientList) -> None:
        super().__init__(id="recipient-rows")
        self._listed = listed

    def on_mount(self) -> None:
        listed = self._listed
        self.show_rows(len(listed.rejected) + len(listed.duplicates) + len(listed.recipients))

    def row(self, index: int, width: int) -> Cells:
        listed = self._listed
        if index < len(listed.rejected):
            each = listed.rejected[index]
            return [
                ("✗ ", "bad"),
                (f"{fit(safe(each.place), _PLACE)} ", "quiet"),
                (f"{fit(safe(each.typed[:_LONGEST]), _TYPED)} ", "plain"),
                (safe(each.reason[:_LONGEST]), "bad"),
            ]
        index -= len(listed.rejected)
        if index < len(listed.duplicates):
            return _person(listed.duplicates[index], "= ", "duplicate: sent once")
        return _person(listed.recipients[index - len(listed.duplicates)], "→ ", "")


def _person(recipient: Recipient, mark: str, remark: str) -> Cells:
    known = [f"{name}={value}" for name, value in recipient.fields.items() if value]
    if recipient.name not in recipient.fields.values():
        known.insert(0, recipient.name)
    return [
        (mark, "warn" if remark else "good"),
        (f"{fit(safe(recipient.place), _PLACE)} ", "quiet"),
        (f"{fit(safe(recipient.typed[:_LONGEST]), _TYPED)} ", "plain"),
        (f"{recipient.number:<{_NUMBER}} ", "strong"),
        (remark or safe("  ".join(filter(None, known))[:_LONGEST]), "warn" if remark else "quiet"),
    ]


class RecipientsScreen(ModalScreen[None]):
    """The list, over the form. Nothing can be changed in it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("recipients")]

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    def compose(self) -> ComposeResult:
        listed = self._reading.listed
        facts = [
            safe(self._reading.file),
            plural(len(listed.recipients), "recipient"),
            ", ".join(
                f"{count(len(some))} {what}"
                for some, what in ((listed.duplicates, "twice"), (listed.rejected, "refused"))
                if some
            ),
        ]
        with Vertical(id="dialog", classes="-list") as dialog:
            dialog.border_title = Content("  ".join(filter(None, facts)))
            dialog.border_subtitle = Content(f"{keymap_of(self).name('recipients.leave')} closes")
            yield RecipientRows(listed)

    def action_leave(self) -> None:
        self.dismiss(None)
