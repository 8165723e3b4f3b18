from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.domain.link import Flow, HttpTrouble, LinkPhase, LinkStatus
from console.domain.messages import Draft, Via
from console.protocol.http.inbound import parse
from console.ui.compose.pane import ComposePane
from console.ui.compose.summary import SummaryScreen
from console.ui.context.gateways import ALL, Gateways
from console.ui.inbox.list import InboxList
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.thread.screen import ThreadScreen
from tests.support.backend import NOON, FakeBackend
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from console.store import Store
    from tests.support.operator import Operator

SMALL = (80, 24)


def receives(operator: Operator, gateway: str, text: str, number: str = "10086") -> int:
    """A gateway calls with an SMS; the id of its entry."""
    target = f"/sms/{gateway}?phonenumber={quote(number, safe='')}&port=1&message={quote(text)}&time=&".encode()
    return operator.store.add_callback(gateway, parse(target), target).result()


def loses_link(operator: Operator, index: int, phase: LinkPhase = LinkPhase.WAITING) -> None:
    snapshots = list(operator.backend.snapshots)
    snapshots[index] = replace(snapshots[index], link=LinkStatus(phase, NOON - 5, "no answer", NOON + 60))
    operator.backend.snapshots = tuple(snapshots)


# ---- which one, without a screen ----------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> Gateways:
    return Gateways(FakeBackend(_no_store(), gateways=3))


def _no_store() -> Store:
    """Which gateway is shown has nothing to do with the store."""
    return None  # type: ignore[return-value]


def test_one_goes_round_from_all_through_each(three: Gateways) -> None:
    seen = []
    for _ in range(5):
        three.choose(three.after(1))
        seen.append(three.chosen)
    assert seen == ["gw1", "gw2", "gw3", ALL, "gw1"]
    assert three.after(-1) == ALL
    three.choose("nobody")
    assert three.chosen == "gw1"


def test_what_is_shown_is_the_chosen_one_or_all(three: Gateways) -> None:
    assert [gateway.name for gateway in three.shown()] == ["gw1", "gw2", "gw3"]
    assert three.column == 3
    three.choose("gw2")
    assert [gateway.name for gateway in three.shown()] == ["gw2"]
    assert [three.shows(name) for name in ("gw1", "gw2")] == [False, True]
    assert three.column == 0
    assert three.cells("gw2") == []
    assert three.at("gw2") == " at gw2"


def test_each_has_an_ink_of_its_own_that_stays(three: Gateways) -> None:
    inks = [three.ink(name) for name in ("gw1", "gw2", "gw3")]
    assert len(set(inks)) == 3
    three.choose("gw3")
    assert [three.ink(name) for name in ("gw1", "gw2", "gw3")] == inks
    assert three.ink("nobody") == "plain"


def test_an_only_one_needs_no_label() -> None:
    alone = Gateways(FakeBackend(_no_store()))
    assert (alone.several, alone.column, alone.ink("gw1"), alone.at("gw1")) == (False, 0, "plain", "")


# ---- on the screen ------------------------------------------------------------------------------------------


async def test_the_header_has_a_chip_for_each_of_three(tmp_path: Path) -> None:
    async with console(tmp_path, size=SMALL, gateways=3) as operator:
        loses_link(operator, 1)
        receives(operator, "gw1", "hello")
        await operator.sees("gw1 ● 8/8  gw2 ✗ AMI  gw3 ● 8/8", "● receiving", "1 unread")
        assert len(operator.lines[0].rstrip()) <= 80
        assert "gw2: AMI down: no answer" in operator.screen


async def test_a_gateway_whose_http_fails_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        first, second = operator.backend.snapshots
        operator.backend.snapshots = (first, replace(second, http_trouble=HttpTrouble(operator.clock.now - 185, "no")))
        await operator.sees("gw2 ● 8/8 ✗ HTTP 3m ago")
        operator.backend.snapshots = (first,)
        await operator.until(lambda: "✗ HTTP" not in operator.screen)


async def test_more_than_fit_are_counted(tmp_path: Path) -> None:
    async with console(tmp_path, size=SMALL, gateways=7) as operator:
        loses_link(operator, 3)
        loses_link(operator, 5, LinkPhase.CONNECTING)
        await operator.sees("7 gateways, 1 down: gw4, 1 connecting")
        await operator.press("right_square_bracket")
        await operator.sees(" gw1 only  ● 8/8  +6, 1 down, 1 connecting")


async def test_rows_say_whose_they_are_while_all_are_shown(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        receives(operator, "gw1", "from the first")
        receives(operator, "gw3", "from the third")
        operator.store.add_outbox(Draft("gw2", "10086", "second", 1, Via.AMI), 1).result()
        operator.log.append(NOON, "gw2", Flow.NOTE, "AMI down for a while")
        await operator.sees("from the first", "from the third", "second", "AMI down for a while")
        assert "gw1 1  10086" in operator.line_with("• 12:00:00  gw1")
        assert "gw3" in operator.line_with("from the third")
        assert "gw2 · queued" in operator.line_with(" second")
        assert "gw2" in operator.line_with("AMI down for a while")


async def test_one_alone_filters_everything_and_0_brings_all_back(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        for number in (1, 2):
            receives(operator, f"gw{number}", f"text {number}", number=f"1008{number}")
            draft = Draft(f"gw{number}", f"1009{number}", f"sent {number}", 1, Via.AMI)
            operator.store.add_outbox(draft, 1).result()
            operator.log.append(NOON, f"gw{number}", Flow.NOTE, f"note {number}")
        await operator.sees("text 1", "text 2", "sent 1", "sent 2", "note 1", "note 2", "24 of 24 in service")
        await operator.press("right_square_bracket", "right_square_bracket")
        await operator.until(lambda: all(f"{word} 1" not in operator.screen for word in ("text", "sent", "note")))
        await operator.sees("text 2", "sent 2", "note 2", " gw2 only ", "8 of 8 in service")
        for title in ("Inbox  gw2 only  1 of 2  1 unread", "Outbox  gw2 only", "AMI  gw2 only", "Ports  gw2 only"):
            await operator.sees(title)
        await operator.press("0")
        await operator.sees("text 1", "text 2", "sent 1", "sent 2", "note 1", "24 of 24 in service")
        assert "only" not in operator.screen


async def test_the_chosen_one_stays_while_a_search_comes_and_goes(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        receives(operator, "gw1", "parcel at one")
        receives(operator, "gw2", "parcel at two")
        receives(operator, "gw2", "something else")
        await operator.sees("parcel at one")
        await operator.press("left_square_bracket", "slash")
        await operator.types("parcel")
        await operator.sees("1 of 3", "parcel at two")
        assert "parcel at one" not in operator.screen
        await operator.press("escape")
        await operator.sees("2 of 3", "something else")
        receives(operator, "gw1", "a third")
        receives(operator, "gw2", "a fourth")
        await operator.sees("a fourth", "3 of 5")
        assert "a third" not in operator.screen


async def test_u_and_a_keep_to_the_chosen_one(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        first = receives(operator, "gw1", "one")
        for text in ("two", "three", "four"):
            last = receives(operator, "gw2", text)
        operator.store.mark_read([last]).result()
        await operator.press("left_square_bracket")
        await operator.sees("gw2 only  3 of 4  2 unread")
        await operator.press("u")
        selected = operator.app.screen.query_one(InboxList).selected
        assert selected is not None
        assert selected.callback.text == "three"
        await operator.press("A")
        await operator.until(lambda: operator.store.unread_count() == 1)
        assert not next(operator.store.inbox_messages([first])).read


async def test_the_form_writes_by_the_chosen_one_unless_something_was_begun(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        form = operator.app.screen.query_one(ComposePane).form
        await operator.press("right_square_bracket", "right_square_bracket", "n")
        await operator.sees("At    ◂ gw2 ▸")
        await operator.types("10086")
        await operator.press("enter")
        await operator.types("hello")
        await operator.press("escape", "right_square_bracket")
        await operator.sees("gw3 only")
        assert form.letter.gateway == "gw2"
        await operator.press("n")
        await operator.until(lambda: form.letter.gateway == "gw3")


async def test_a_command_goes_to_a_gateway_by_name(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        await operator.press("colon")
        await operator.types("gw gw9")
        await operator.press("enter")
        await operator.sees("There is no gateway gw9. Perhaps ")
        await operator.press("backspace")
        await operator.types("3")
        await operator.press("enter")
        await operator.sees(" gw3 only ")
        await operator.press("colon")
        await operator.types("gw all")
        await operator.press("enter")
        await operator.until(lambda: "gw3 only" not in operator.screen)


async def test_only_the_chosen_link_is_tried_again(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=3) as operator:
        await operator.press("R")
        assert operator.backend.reconnected == ["gw1", "gw2", "gw3"]
        await operator.press("right_square_bracket", "R")
        assert operator.backend.reconnected[3:] == ["gw1"]


async def test_where_there_is_only_one_nothing_is_chosen(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("right_square_bracket")
        await operator.sees("There is only one gateway.")
        await operator.press("0")
        assert "only  " not in operator.lines[0]


async def test_what_goes_out_names_its_gateway_before_it_goes(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        await operator.press("left_square_bracket", "n")
        await operator.types("10086, 10087")
        await operator.press("enter")
        await operator.types("hello")
        await operator.press("ctrl+t")
        await operator.until(lambda: isinstance(operator.app.screen, SummaryScreen), "the summary")
        await operator.sees("Send to 2 recipients at gw2?", "gw2 by AMI")
        await operator.press("escape", "escape")
        operator.store.add_outbox(Draft("gw2", "10088", "later", 1, Via.AMI), 1).result()
        await operator.press("5")
        await operator.sees("10088")
        await operator.press("x")
        await operator.until(lambda: isinstance(operator.app.screen, ConfirmScreen), "a question")
        await operator.sees("to 10088 at gw2?")


async def test_a_conversation_names_the_gateway_of_each_message_and_of_the_answer(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        receives(operator, "gw1", "by the first")
        operator.clock.now += 1
        receives(operator, "gw2", "by the second")
        await operator.sees("by the second")
        await operator.press("t")
        await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen), "the thread")
        await operator.sees("gw1 ← in   port 1", "gw2 ← in   port 1")
        await operator.press("r")
        await operator.sees("gw2 port 1 by AMI")
        await operator.types("yes")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].gateway == "gw2"
