"""Below the text: how it will be cut, for the first recipient and over all of them, and what to beware of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.domain.messages import Draft, Via
from console.errors import ConsoleError
from console.protocol.sms.segments import may_join
from console.protocol.text.safe import safe
from console.ui.compose.preview import plan_line, price_words, segment_lines
from console.ui.kit.format import fit

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.plan import SegmentPlan
    from console.ui.compose.letter import Letter, Spread

_AT_ONCE = 200
"""Recipients whose own texts are planned under a key: 3 ms. More of them are planned aside."""


class PreviewLines(Vertical):
    """The plan in a line, then the segments as far as there is room."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(id="preview")
        self._backend = backend
        self._letter: Letter | None = None
        self._gateway: GatewaySnapshot | None = None
        self._room = 0
        self._spread: Spread | None = None
        self._trouble = ""
        self._is_warm = False
        self._is_busy = False
        """Whether texts are planned aside: one letter at a time, the latest next."""

    def compose(self) -> ComposeResult:
        yield Static(id="plan")
        yield Static(id="segments")

    @work(thread=True)
    def _warm_up(self) -> None:
        """The first cut inside emoji loads tables for 50 ms: better now, aside, than under a key."""
        self._backend.plan(Draft("", "", "👍🏽" * 40, None, Via.AMI))

    def show(self, letter: Letter, gateway: GatewaySnapshot | None, room: int) -> SegmentPlan:
        """Tell about a letter in at most `room` lines, where there is so much to tell; how the first is cut."""
        self._letter, self._gateway, self._room = letter, gateway, room
        self._spread, self._trouble = None, ""
        if not self._is_warm and may_join(letter.text):
            self._is_warm = True
            self._warm_up()
        people = len(letter.reading.listed.recipients)
        if letter.personal and people > 1:
            if people <= _AT_ONCE:
                self._measure(letter)
            elif not self._is_busy:
                self._is_busy = True
                self._measure_aside(letter)
        return self._tell()

    def _measure(self, letter: Letter) -> None:
        try:
            self._spread = letter.spread(self._backend.plan)
        except ConsoleError as error:
            self._trouble = error.in_full

    @work(thread=True, exit_on_error=False)
    def _measure_aside(self, letter: Letter) -> None:
        try:
            spread, trouble = letter.spread(self._backend.plan), ""
        except ConsoleError as error:
            spread, trouble = None, error.in_full
        self.app.call_from_thread(self._take, letter, spread, trouble)

    def _take(self, letter: Letter, spread: Spread | None, trouble: str) -> None:
        self._is_busy = False
        if letter is self._letter:
            self._spread, self._trouble = spread, trouble
            self._tell()
        elif self._letter is not None:
            self.show(self._letter, self._gateway, self._room)

    def _tell(self) -> SegmentPlan:
        letter = self._letter
        assert letter is not None, "told after `show`"
        previewed = letter.previewed()
        trouble = previewed.trouble or self._trouble
        planned = self._backend.plan(previewed.draft)
        people = max(1, len(letter.reading.listed.recipients))
        total = self._spread.total if self._spread else len(planned.segments) * people
        price = price_words(self._gateway, total) if self._gateway and planned.text and not trouble else ""
        self.query_one("#plan", Static).update(
            plan_line(planned, people, price, spread=self._spread, trouble=trouble or previewed.remark)
        )
        lines = self._segment_lines(letter, planned, trouble)
        segments = self.query_one("#segments", Static)
        segments.display = bool(lines.plain)
        segments.update(lines)
        return planned

    def _segment_lines(self, letter: Letter, planned: SegmentPlan, trouble: str) -> Content:
        width = self.size.width - 2
        room = self._room - len(planned.warnings) - bool(trouble)
        if not letter.personal or trouble or not letter.reading.listed.recipients:
            return segment_lines(planned, width, room)
        first = f"to {letter.reading.listed.recipients[0].number}"
        if len(planned.segments) > 1:
            return Content("\n").join(
                [Content.assemble((safe(first), "$quiet")), segment_lines(planned, width, room - 1)]
            )
        return Content.assemble((f"{safe(first)}: ", "$quiet"), fit(safe(planned.text), max(8, width - 24)).rstrip())
