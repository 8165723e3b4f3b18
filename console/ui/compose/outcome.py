"""The one line that has a say below the form: what is wrong, else what became of what was sent last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import Batch, BatchState
from console.errors import ConsoleError
from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.format import DELIVERY, Cells, content, count
from console.ui.rows.outbox_row import look_of

if TYPE_CHECKING:
    from console.store import LiveReader
    from console.terminal.theme import Ink
    from console.ui.compose.send_off import Sent

SPACING = 1.0
"""Seconds between two looks while something changes."""

_REASON = 160
"""Characters of a reason that are shown: the outbox has it in full."""

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.ACCEPTED)
_ON_AIR = (DeliveryState.SENT, DeliveryState.DELIVERED)
_BAD = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


def is_well(queued: OutboxMessage | Batch) -> bool:
    """Whether all came to a good end, so that nobody has to look at it again."""
    if isinstance(queued, Batch):
        return sum(queued.counts.get(state, 0) for state in _ON_AIR) == queued.total
    return queued.state in _ON_AIR


def outcome_cells(queued: OutboxMessage | Batch, to: str = "", *, where: str = "") -> Cells:
    """`Message 2 to +4915112345678: ✓ sent`, or `Batch 1 ended: 23 sent, 2 failed`: as far as it is known now.

    `to` is who gets the one message, safe. `where` are the keys that lead to more, told where there is more to say.
    """
    if isinstance(queued, Batch):
        return _batch_cells(queued, where)
    look = look_of(queued)
    cells: Cells = [(f"Message {queued.id} to {to}: ", "plain"), (f"{look.glyph} {look.word}", look.ink)]
    if queued.state in _BAD:
        reason = " ".join(filter(None, safe_lines(queued.detail[:_REASON])))
        cells.append((f"{reason and f': {reason}'} ({where})", look.ink))
    return cells


def _batch_cells(batch: Batch, where: str) -> Cells:
    counts = {state: batch.counts.get(state, 0) for state in DeliveryState}
    sent = sum(counts[state] for state in _ON_AIR)
    is_over = bool(batch.counts) and not any(counts[state] for state in _UNDER_WAY)
    how = " ended" if is_over else " paused" if batch.state is BatchState.PAUSED else ""
    of_all = "" if is_over else f" of {count(batch.total)}"
    ink: Ink = "good" if sent == batch.total else "plain"
    cells: Cells = [(f"Batch {batch.id}{how}: ", "plain"), (f"{count(sent)}{of_all} sent", ink)]
    for state in (*_BAD, DeliveryState.CANCELLED):
        if counts[state]:
            look = DELIVERY[state]
            cells += [(", ", "plain"), (f"{look.glyph} {count(counts[state])} {look.word}", look.ink)]
    if any(counts[state] for state in _BAD):
        cells.append((f" ({where})", "plain"))
    return cells


class NoticeLine(Static):
    """What is said to the operator; while nothing is, the outcome of what was sent last, as the store has it."""

    def __init__(self, store: LiveReader) -> None:
        super().__init__(id="notice", classes="-empty")
        self._store = store
        self._said = self._shown = Content("")
        self._sent: Sent | None = None
        self._where = ""
        self._found: OutboxMessage | Batch | None = None
        """What is known of it; looked up aside."""
        self._told: object = None
        self._revision = -1
        self._looked = 0.0
        self._looking = False

    @property
    def behind(self) -> bool:
        """Whether something was found that is not shown yet."""
        return self._found is not self._told

    def say(self, words: str, style: str = "$error") -> None:
        """Say something else, or nothing any more."""
        self._said = Content.assemble((safe(words), style))
        self._tell()

    def follow(self, sent: Sent, *, where: str) -> None:
        """Tell from now on what becomes of this. `where` as of `outcome_cells`."""
        self._sent, self._found, self._where = sent, sent.queued, where
        self._revision = -1
        self.say("")

    def forget_well(self) -> None:
        """Something else is written: what came to a good end is told no more."""
        if self._found is not None and is_well(self._found):
            self._sent = self._found = None
            self._tell()

    def sync(self, now: float) -> None:
        """Tell what was found, and look again where something was committed."""
        if self.behind:
            self._tell()
        if self._sent is None or self._looking or self._store.revision == self._revision:
            return
        if not 0 <= now - self._looked < SPACING:
            self._looking, self._looked = True, now
            self._look(self._sent, self._store.revision)

    @work(thread=True, exit_on_error=False)
    def _look(self, sent: Sent, revision: int) -> None:
        try:
            if isinstance(sent.queued, Batch):
                found: OutboxMessage | Batch | None = self._store.sending.batch(sent.queued.id)
            else:
                found = self._store.outbox_message(sent.queued.id)
        except ConsoleError:
            found = None  # the screen's own look at the store tells why
        self.app.call_from_thread(self._take, sent, revision, found)

    def _take(self, sent: Sent, revision: int, found: OutboxMessage | Batch | None) -> None:
        self._looking = False
        if sent is self._sent and found is not None:
            self._found, self._revision = found, revision

    def _tell(self) -> None:
        self._told = self._found
        line = self._said
        if not line.plain and self._sent is not None and self._found is not None:
            line = content(outcome_cells(self._found, self._sent.to, where=self._where))
            if self._sent.left_out:
                line += Content(f"  {self._sent.left_out}")
        if line != self._shown:
            self._shown = line
            self.set_class(not line.plain, "-empty")
            self.update(line)
