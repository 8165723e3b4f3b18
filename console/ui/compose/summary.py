"""What will be sent, to how many, through what, at what price, and what speaks against it: looked at before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import work
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.protocol.text.safe import safe, safe_lines
from console.terminal.app import TerminalApp
from console.ui.compose.addressees import people_words, refusals
from console.ui.compose.preview import price_words
from console.ui.compose.route_choice import ports_words
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import count, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Draft
    from console.domain.sending import Forecast, Remark
    from console.ui.compose.letter import Letter

_NAMED = 4
"""Recipients that are named."""

_REFUSALS = 3
"""Refused entries whose reason is told; the list has them all."""

_REASONS = 3
"""Different reasons that each guard is let tell."""

_TEXT = 200
"""Characters of the text that are shown."""

_HEIGHT = 90
"""Per cent of the screen that a dialog may take: `styles/dialogs.tcss`."""

_FRAME = 6
"""Rows of a dialog for its frame, the room within, and the line of keys."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A send, before it is done."""

    letter: Letter
    drafts: Sequence[Draft]
    """At least one."""
    forecast: Forecast
    remarks: tuple[Remark, ...]
    """Of single drafts; those of all stand in the letter."""
    gateway: GatewaySnapshot | None
    confirm_above: int
    """Recipients above which their number is typed."""
    at: Content = Content("")  # noqa: RUF009 - it can't be changed
    """` at gw1` where there is more than one gateway."""
    when: str = ""
    """When it may leave, and until when, in words."""
    opted_out: tuple[str, ...] = ()
    """Numbers of the letter that get nothing, for they opted out."""
    key: str = ""
    """That which takes them in."""

    @property
    def title(self) -> Content:
        """What is asked."""
        return Content(f"Send to {plural(len(self.drafts), 'recipient')}") + self.at + "?"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What there is to know."""
        return facts(self)

    @property
    def warnings(self) -> list[Content]:
        """What speaks against it, of all of them first."""
        return [*remark_lines(self.letter.remarks, 1), *remark_lines(self.remarks, len(self.drafts))]


class Asked(Protocol):
    """A send, before it is done: what a SummaryScreen asks about."""

    @property
    def title(self) -> Content: ...

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What and its words; what has no words is not shown. Safe."""
        ...

    @property
    def warnings(self) -> list[Content]:
        """Where there are any, it takes a yes of its own."""
        ...

    @property
    def drafts(self) -> Sequence[Draft]: ...

    @property
    def confirm_above(self) -> int:
        """Recipients above which their number is typed."""
        ...


def count_to_type(asked: Asked) -> str:
    """What the operator types to confirm; empty where nothing has to be."""
    number = len(asked.drafts)
    return str(number) if number > asked.confirm_above else ""


def facts(summary: Summary) -> list[tuple[str, str]]:
    """What and its words, in the order in which an operator asks."""
    letter, drafts, forecast = summary.letter, summary.drafts, summary.forecast
    listed = letter.reading.listed
    people = tuple(one for one in listed.recipients if one.number not in summary.opted_out)
    left_out = [f"{count(len(listed.duplicates))} twice"] if listed.duplicates else []
    if listed.rejected:
        told = refusals(listed.rejected[:_REFUSALS], len(listed.rejected))
        more = " …" if len(listed.rejected) > _REFUSALS else ""
        left_out.append(f"{count(len(listed.rejected))} refused: {told}{more}")
    if out := summary.opted_out:
        told = ", ".join(map(safe, out[:_NAMED])) + (", …" if len(out) > _NAMED else "")
        left_out.append(
            f"{count(len(out))} opted out: {told} ({summary.key} includes {'them' if len(out) > 1 else 'it'})"
        )
    file = f"{safe(letter.reading.file)}, " if letter.reading.file else ""
    price = price_words(summary.gateway, forecast.segments) if summary.gateway else ""
    route = f"set {letter.route}, now " if isinstance(letter.route, str) else ""
    ports = ports_words(forecast)
    if letter.when.not_before is not None and letter.route is None:
        ports = "any port that is ready then"
    return [
        ("To", file + people_words(people, _NAMED)),
        ("Skipped", ", ".join(left_out)),
        ("First text" if letter.personal and len(drafts) > 1 else "Text", text_words(drafts[0])),
        ("Segments", f"{count(forecast.segments)} in all"),
        ("Price", safe(price)),
        ("Through", f"{safe(letter.gateway)} by {letter.via.value.upper()}, {safe(route)}{ports}"),
        ("When", summary.when),
        ("Takes", time_words(forecast.seconds)),
    ]


def text_words(draft: Draft) -> str:
    """How a text begins, on one line."""
    return "␊".join(safe_lines(draft.text[:_TEXT])) + ("…" if len(draft.text) > _TEXT else "")


def time_words(seconds: float | None) -> str:
    """`about 40 s`, `about 12 min`, `about 3 h 20 min`; or that nobody knows."""
    if seconds is None:
        return "time unknown: this gateway has not sent anything yet"
    if seconds < 55:
        return f"about {max(5, round(seconds / 5) * 5)} s"
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} min" if minutes < 60 else f"about {minutes // 60} h {minutes % 60:02} min"


def remark_lines(remarks: Sequence[Remark], messages: int) -> list[Content]:
    """`! repetition: 3 of 12: The same text …`, a line for each guard and each other reason it has."""
    lines: list[Content] = []
    by_guard: dict[str, list[str]] = {}
    for remark in remarks:
        by_guard.setdefault(remark.guard, []).append(remark.words)
    for guard, found in by_guard.items():
        reasons = list(dict.fromkeys(found))
        share = f"{count(len(found))} of {count(messages)}: " if messages > 1 else ""
        lines.append(Content.assemble((f"! {safe(guard)}: ", "bold $warning"), share, safe(reasons[0])))
        lines += [Content(f"  also: {safe(reason)}") for reason in reasons[1:_REASONS]]
        if len(reasons) > _REASONS:
            lines.append(Content.assemble((f"  and {count(len(reasons) - _REASONS)} more", "$quiet")))
    return lines


class CountInput(SafeInput):
    """Takes digits only, once the dialog was seen; all other keys are the dialog's."""

    def __init__(self) -> None:
        super().__init__(id="answer", placeholder="")
        self.restrict = "[0-9]*"
        self.is_frozen = True

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character in "0123456789"


class SummaryScreen(ModalScreen[bool]):
    """Dismissed with True to send, False to go back, or to ask again with those who opted out. With remarks Send does
    not, Send anyway does; above a number of recipients that number has to be typed first.

    What was typed before it could be seen is no answer to it.
    """

    AUTO_FOCUS = "#answer"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("summary")]

    def __init__(self, summary: Asked, *, opted_out: bool = False) -> None:
        """`opted_out`: whether some are left out because they opted out."""
        super().__init__()
        self._has_opted_out = opted_out
        self.with_opted_out = False
        """Whether they are to be asked about, too."""
        self._summary = summary
        self._warnings = summary.warnings
        self._to_type = count_to_type(summary)
        self.is_ready = False
        """Whether it was seen: keys wait until then, and are forgotten."""

    def compose(self) -> ComposeResult:
        summary = self._summary
        with Vertical(id="dialog", classes="-summary") as dialog:
            dialog.border_title = summary.title
            with VerticalScroll(id="summary"):
                for name, words in summary.facts:
                    if words:
                        with Horizontal(classes="fact"):
                            yield Static(name, classes="label")
                            yield Static(Content(words), classes="words")
                if self._warnings:
                    yield Static(Content("\n").join(self._warnings), id="summary-remarks")
            with Vertical(id="summary-foot", classes="-early"):
                if self._to_type:
                    with Horizontal(id="summary-count"):
                        yield Static(f"Type {self._to_type} to confirm", classes="label")
                        yield CountInput()
                yield Static(self._offer(), id="summary-offer")

    def on_mount(self) -> None:
        self.query_one("#summary", VerticalScroll).can_focus = False
        self.call_after_refresh(self._await_sight)

    @work(exit_on_error=False)
    async def _await_sight(self) -> None:
        assert isinstance(self.app, TerminalApp), "it has no other"
        await self.app.until_seen()
        self.app.typeahead.forget()
        self.is_ready = True
        # Only now: what names a key says that it acts.
        self.query_one("#summary-foot").remove_class("-early")
        for line in self.query(CountInput):
            line.is_frozen = False

    def on_resize(self) -> None:
        """Keys and count stay in sight; what there is to say scrolls."""
        room = self.size.height * _HEIGHT // 100 - _FRAME - (2 if self._to_type else 0)
        self.query_one("#summary", VerticalScroll).styles.max_height = max(1, room)

    def _offer(self) -> Content:
        """The keys, the one that is pressed without a thought first."""
        send, anyway, leave = self._keys
        if not self._warnings:
            return Content.assemble((send, "bold $primary"), " sends   ", (leave, "bold $primary"), " back")
        return Content.assemble((leave, "bold $primary"), " back   ", (anyway, "bold $warning"), " sends anyway")

    @property
    def _keys(self) -> tuple[str, str, str]:
        """Those that send, send all the same, and leave."""
        name = keymap_of(self).name
        return name("summary.send"), name("summary.anyway"), name("summary.leave")

    def action_confirm_send(self, anyway: bool) -> None:
        wanted = self._to_type
        if not self.is_ready:
            return
        if anyway != bool(self._warnings):
            _, key, leave = self._keys
            self._say("" if anyway else f"Not sent yet: {key} sends anyway, {leave} goes back.")
        elif wanted and self.query_one(CountInput).value.strip() != wanted:
            self._say(f"Not sent yet: type {wanted} first, the number of recipients.")
        else:
            self.dismiss(True)

    def action_take_opted_out(self) -> None:
        if self.is_ready and self._has_opted_out:
            self.with_opted_out = True
            self.dismiss(False)

    def action_leave(self) -> None:
        self.dismiss(False)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#summary", VerticalScroll).scroll_relative(y=lines, animate=False)

    def _say(self, words: str) -> None:
        self.query_one("#summary-offer", Static).update(
            Content.assemble((words, "$warning")) if words else self._offer()
        )
