"""What to think of before an earlier message is sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from console.protocol.text.safe import safe
from console.ui.compose.letter import again_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.domain.messages import OutboxMessage
    from console.protocol.sms.recipients import Recipient


class AgainLine(Static):
    """A warning as long as one of these messages would go to the same recipient again; else nothing."""

    def __init__(self) -> None:
        super().__init__(id="again")
        self.display = False
        self.messages: Mapping[str, OutboxMessage] = {}
        """Recipient -> the message that goes to them once more."""

    def warn(self, messages: Mapping[str, OutboxMessage], recipients: Iterable[Recipient]) -> None:
        """It is these from now on that go once more."""
        self.messages = messages
        self.tell(recipients)

    def forget(self) -> None:
        """Nothing goes once more."""
        self.warn({}, ())

    def tell(self, recipients: Iterable[Recipient]) -> None:
        """Warn about those among `recipients`."""
        if not self.messages and not self.display:
            return
        again = [self.messages[each.number] for each in recipients if each.number in self.messages]
        warnings = [words for message in again if (words := again_words(message))]
        more = f" And {len(warnings) - 1} more like it." if len(warnings) > 1 else ""
        self.display = bool(warnings)
        self.update(Content.assemble((f"! {safe(warnings[0])}{more}" if warnings else "", "bold $warning")))
