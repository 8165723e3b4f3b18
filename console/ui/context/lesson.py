"""What stands in a pane while it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from console.ui.context.lessons import PageValues, of_inbox
from console.ui.keys.keymap import keymap_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.domain.backend import Backend


class Lesson(Static):
    """A few lines of safe text, drawn only when they change."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="lesson")
        self._words = ""

    def teach(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.update(Content(words))


class InboxLesson(Lesson):
    """What to type on the gateway's page, found out aside: it may take a look at the network."""

    def __init__(self, backend: Backend, page_values: Callable[[], PageValues]) -> None:
        super().__init__(id="inbox-empty")
        self._backend = backend
        self._page_values = page_values
        self._values: PageValues = ()
        self._asked = False

    def sync(self) -> None:
        """Bring it up to date; only while the inbox is empty."""
        if not self._asked:
            self._asked = True
            self._find_values()
        self.teach(of_inbox(self._backend.receiver(), self._values, keymap_of(self)))

    @work(thread=True, exit_on_error=False)
    def _find_values(self) -> None:
        self._values = self._page_values()
