"""Drafts that were laid aside: nothing that was written is lost because something came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.widgets import Static

from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, age, content, fit
from console.ui.kit.pick import PickList, PickScreen
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from console.domain.clock import Clock

_TO, _AGE = 22, 6
"""Cells of a column."""

_LONGEST = 200
"""Characters of a text that are looked at: no line shows more."""


class KeptDraft(NamedTuple):
    """A text that was begun and not sent."""

    to: str
    """What stood in To."""
    text: str
    at: float
    """When it was laid aside, Unix seconds UTC."""
    in_use: frozenset[str] = frozenset()
    """Numbers among them that have written, or were written to."""


class DraftLine(Static):
    """Stands for the form while it is not in sight: whom the draft in it is to, and how one goes on with it."""

    DEFAULT_CSS = "DraftLine { height: 1; display: none; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self) -> None:
        super().__init__(id="draft")
        self.words = ""
        """Empty where there is no draft. Safe."""

    def tell(self, to: str, text: str) -> bool:
        """This is in the form now. Whether there is a draft, and was none before, or the other way round."""
        words = f"draft to {safe(to[:_TO]) or 'nobody yet'}: “{safe(' '.join(text[:_LONGEST].split()))}”"
        words, before = words if text else "", self.words
        if words != before:
            self.words = words
            key = keymap_of(self).name("pane.compose")
            self.update(content([(f" {key} ", "key"), ("Compose  ", "strong"), (words, "warn")]))
        return bool(words) is not bool(before)


class KeptDrafts:
    """Those of this run, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drafts: list[KeptDraft] = []

    def __len__(self) -> int:
        return len(self._drafts)

    @property
    def newest_first(self) -> list[KeptDraft]:
        """All of them."""
        return self._drafts[::-1]

    def keep(self, to: str, text: str, in_use: frozenset[str] = frozenset()) -> None:
        """Lay a text aside."""
        self._drafts.append(KeptDraft(to, text, self._clock.time(), in_use))

    def take(self, to: str) -> str:
        """The text kept last for `to`, which is not kept any more; empty when there is none."""
        found = next((draft for draft in self.newest_first if draft.to == to), None)
        if found is None:
            return ""
        self.remove(found)
        return found.text

    def remove(self, draft: KeptDraft) -> None:
        """It is kept no more."""
        self._drafts.remove(draft)


def draft_row(draft: KeptDraft, now: float) -> Cells:
    """To whom, how long ago, and how it begins."""
    words = " ".join(line for line in safe_lines(draft.text[:_LONGEST]) if line)
    return [
        (f"{fit(safe(draft.to[:_LONGEST]) or 'no recipient', _TO)}  ", "strong"),
        (f"{age(now - draft.at):>{_AGE}}  ", "quiet"),
        (words, "plain"),
    ]


class DraftsScreen(PickScreen):
    """Dismissed with the position among `drafts` of the one to take up, or with None. There must be one."""

    SCOPE = "drafts"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("drafts")]

    def __init__(self, kept: KeptDrafts, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock
        super().__init__("Drafts", self._all_rows())

    @property
    def drafts(self) -> Sequence[KeptDraft]:
        """As they stand there."""
        return self._kept.newest_first

    def _all_rows(self) -> list[Cells]:
        now = self._clock.time()
        return [draft_row(draft, now) for draft in self.drafts]

    def hint(self) -> str:
        take, delete, leave = (keymap_of(self).name(f"drafts.{what}") for what in ("take", "delete", "leave"))
        return f"{take} opens, {delete} deletes, {leave} cancels"

    def action_delete_draft(self) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        rows = self.query_one(PickList)
        draft = self.drafts[rows.cursor]

        def delete(confirmed: bool | None) -> None:
            if not confirmed:
                return
            self._kept.remove(draft)
            if self.drafts:
                rows.show_all(self._all_rows())
            else:
                self.call_later(self.action_leave)  # once the question is gone

        question = f"Delete the draft to {safe(draft.to[:_LONGEST]) or 'no recipient'}?"
        self.app.push_screen(ConfirmScreen(Question.DELETE_DRAFT, question), delete)
