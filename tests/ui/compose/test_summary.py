from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.domain.messages import Via
from console.domain.sending import Forecast, Remark
from console.protocol.sms.recipients import read_recipients
from console.terminal.app import TerminalApp
from console.ui.compose.addressees import Reading
from console.ui.compose.letter import Letter, Route
from console.ui.compose.summary import Summary, SummaryScreen, count_to_type, facts, remark_lines, time_words
from tests.support.backend import NOON
from tests.support.operator import console

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GATEWAY = GatewaySnapshot("gw1", "", LinkStatus(LinkPhase.UP, NOON), price_per_segment=0.05, currency="EUR")


def summary(
    typed: str, text: str = "hi", *, seconds: float | None = 4.0, route: Route = None, above: int = 20, remarks: int = 0
) -> Summary:
    letter = Letter("gw1", Via.AMI, route, text, Reading(typed, read_recipients(typed)))
    drafts = letter.drafts()
    forecast = Forecast((1, 2), len(drafts), seconds)
    said = tuple(Remark("repetition", f"Message {number} is the same.") for number in range(remarks))
    return Summary(letter, drafts, forecast, said, GATEWAY, above)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "time unknown: this gateway has not sent anything yet"),
        (0.4, "about 5 s"),
        (42.0, "about 40 s"),
        (58.0, "about 1 min"),
        (700.0, "about 12 min"),
        (12_000.0, "about 3 h 20 min"),
    ],
)
def test_how_long_it_will_take(seconds: float | None, words: str) -> None:
    assert time_words(seconds) == words


def test_the_facts_of_a_send() -> None:
    told = dict(facts(summary("1001,1002,1003,1004,1005,1001,a,b", "line\nline", route="night")))
    assert told == {
        "To": "5 recipients: 1001, 1002, 1003, 1004, …",
        "Skipped": "1 twice, 2 refused: "
        'entry 7, "a": letters can\'t be dialled; entry 8, "b": letters can\'t be dialled',
        "Text": "line␊line",
        "Segments": "5 in all",
        "Price": "0.25 EUR",
        "Through": "gw1 by AMI, set night, now ports 1, 2",
        "When": "",
        "Takes": "about 5 s",
    }


def test_what_is_not_there_is_not_told() -> None:
    assert dict(facts(summary("1001")))["Skipped"] == ""


def test_text_from_outside_is_shown_as_marks() -> None:
    assert "␛" in dict(facts(summary("1001", "\x1b[31m")))["Text"]


def test_remarks_are_grouped_by_guard_and_counted() -> None:
    said = [Remark("repetition", f"r{number}") for number in (1, 1, 2, 3, 4)]
    said.insert(1, Remark("deny list", "no"))
    assert [line.plain for line in remark_lines(said, 12)] == [
        "! repetition: 5 of 12: r1",
        "  also: r2",
        "  also: r3",
        "  and 1 more",
        "! deny list: 1 of 12: no",
    ]
    assert remark_lines(said[:1], 1)[0].plain == "! repetition: r1"


@pytest.mark.parametrize(("people", "typed"), [(20, ""), (21, "21")])
def test_the_number_is_typed_above_the_limit_only(people: int, typed: str) -> None:
    numbers = ",".join(str(1000 + number) for number in range(people))
    assert count_to_type(summary(numbers)) == typed


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_keys_stay_in_sight_however_much_there_is_to_say(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as operator:
        long = summary("1001,1002", "word " * 40, above=1, remarks=2)
        said = tuple(Remark(f"guard {number}", "words " * 20) for number in range(30))
        answers: list[bool | None] = []
        screen = SummaryScreen(Summary(long.letter, long.drafts, long.forecast, said, GATEWAY, 1))
        operator.app.push_screen(screen, answers.append)
        await operator.sees("Send to 2 recipients?", "Type 2 to confirm", "y sends anyway")
        assert "guard 29" not in operator.screen
        await operator.press(*["down"] * 40)
        await operator.sees("guard 29")
        await operator.press("escape")
        assert answers == [False]


async def test_keys_typed_behind_the_answer_go_to_what_is_below(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        answers: list[bool | None] = []
        operator.app.push_screen(SummaryScreen(summary("1001,1002", above=1)), answers.append)
        await operator.sees("Type 2 to confirm")
        await operator.press("2", "enter", "5")
        await operator.sees("Nothing sent yet")
        assert answers == [True]


class Backdrop(TerminalApp[None]):
    """Nothing but the console's own look, for a dialog to stand on."""

    def __init__(self, screen: SummaryScreen) -> None:
        super().__init__()
        self._dialog = screen

    def on_mount(self) -> None:
        self.push_screen(self._dialog)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_how_it_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    numbers = ", ".join(f"+4915112345{number:03}" for number in range(25))
    asked = summary(f"{numbers}, +4915112345000, abc", "Dear customer, we are closed on Monday.", seconds=240.0)
    said = (
        *[Remark("repetition", f"The same text was sent to this number {n} minutes ago.") for n in (2, 3)],
        Remark("short code", "10086 is a short code: it may cost more, or reach a machine."),
    )
    dialog = SummaryScreen(Summary(asked.letter, asked.drafts, asked.forecast, said, GATEWAY, 20))
    assert snap_compare(Backdrop(dialog), terminal_size=size)
