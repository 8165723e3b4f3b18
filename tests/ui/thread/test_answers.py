"""Answering in a thread: by which way it goes, what is typed ahead, and that nothing begun is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events

from console.config import Regions
from console.domain.link import LinkPhase, LinkStatus
from console.domain.sending import Remark
from console.ui.compose.form import SegmentArea
from console.ui.compose.summary import SummaryScreen
from console.ui.thread.reply_line import ReplyInput
from console.ui.thread.screen import ThreadScreen
from tests.support.operator import console
from tests.support.threads import NUMBER, opened, reply, sends

if TYPE_CHECKING:
    from pathlib import Path


async def test_r_answers_the_way_the_newest_came(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("by two", port=2)
        operator.clock.now += 1
        operator.receives("by seven", port=7)
        await operator.sees("by seven")
        await operator.press("down")
        await opened(operator)
        await operator.sees("port 7")
        await operator.press("r")
        await operator.sees("port 7 by AMI  GSM-7 · no text yet")
        await operator.types("yes")
        await operator.sees("1 segment")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.submitted))
        await operator.sees("→ out  · queued      yes")
        assert reply(operator).value == ""
        draft = operator.backend.submitted[0]
        assert (draft.to, draft.port, draft.text) == (NUMBER, 7, "yes")


async def test_an_answer_goes_to_the_number_in_the_title_whoever_else_s_ends_alike(tmp_path: Path) -> None:
    people = {"+4915112345678": "from Germany", "+33612345678": "from France", "+819012345678": "from Japan"}
    async with console(tmp_path) as operator:
        operator.store.contacts.set("+819012345678", "Aiko", "alice").result(10)
        for number, text in people.items():
            operator.receives(text, number=number)
            operator.clock.now += 1
        await operator.sees("from Germany", "from France", "from Japan")
        for number, text in people.items():
            await operator.press("g", *["down"] * (2 - list(people).index(number)))
            await opened(operator)
            await operator.sees("1 message", number, text)
            await operator.press("r")
            await operator.sees(f"to {number}" + (" Aiko" if number == "+819012345678" else ""))
            await operator.types("yes")
            await operator.press("enter")
            await operator.until(lambda: bool(operator.backend.submitted))
            assert operator.backend.submitted.pop().to == number
            await operator.sees("2 messages")
            await operator.press("escape", "d")
            await operator.sees("✓ done by")
            await operator.press("escape")
            await operator.until(lambda: not isinstance(operator.app.screen, ThreadScreen))
        assert sorted(claim.entry for claim in operator.store.claims.of([1, 2, 3]).values()) == [1, 2, 3]


async def test_a_number_that_may_be_either_of_two_is_alone_and_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in ("+4915112345678", "+8615112345678", "015112345678"):
            operator.receives(f"from {number}", number=number)
            operator.clock.now += 1
        await operator.sees("from 015112345678")
        await opened(operator)
        await operator.sees("1 message", "+4915112345678, +8615112345678 may be the same person", "from:15112345678")
        await operator.press("r")
        await operator.sees("to 015112345678")


async def test_who_writes_in_two_spellings_is_answered_at_the_one_in_the_title(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("first", number="+4915112345678")
        operator.clock.now += 1
        operator.receives("second", number="015112345678", port=7)
        await operator.sees("second")
        await operator.press("down")
        await opened(operator)
        await operator.sees("2 messages", "← in   port 7        015112345678")
        await operator.press("r")
        await operator.sees("to +4915112345678  gw1 port 7")


async def test_a_device_that_has_written_is_answered_whatever_tables_say_of_its_number(tmp_path: Path) -> None:
    async with console(tmp_path, regions=Regions("IN")) as operator:
        for number in ("+345906566798696", "5616161"):
            operator.receives(f"from {number}", number=number)
            await operator.sees(f"from {number}")
            await operator.press("g")
            await opened(operator)
            await operator.press("r")
            await operator.types("status?")
            await operator.press("enter")
            await operator.until(lambda: bool(operator.backend.submitted))
            assert operator.backend.submitted.pop().to == number
            await operator.press("escape", "n")
            await operator.sees(f"To    {number}")
            assert "too short" not in operator.screen
            await operator.press("escape", "1")


async def test_keys_typed_ahead_of_the_answer_are_its_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.sees("1 message")
        for key in "rquit":
            operator.app.post_message(events.Key(key, key))
        await operator.until(lambda: reply(operator).value == "quit")
        assert isinstance(operator.app.screen, ThreadScreen)


async def test_keys_typed_ahead_of_the_form_are_its_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.sees("1 message")
        for key in "nyes":
            operator.app.post_message(events.Key(key, key))
        text = operator.app.screen_stack[0].query_one("#text", SegmentArea)
        await operator.until(lambda: text.text == "yes")
        assert not operator.backend.submitted


async def test_what_is_begun_is_never_lost(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello", port=3)
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.types("on my w")
        await operator.press("escape")
        await operator.until(lambda: not isinstance(operator.app.screen.focused, ReplyInput))
        await operator.press("escape")
        await operator.until(lambda: not isinstance(operator.app.screen, ThreadScreen))
        await operator.press("q")
        await operator.sees("does not repeat its calls. 1 ", "draft is not sent and will be lost.")
        await operator.press("n")
        await opened(operator)
        await operator.press("r")
        await operator.until(lambda: reply(operator).value == "on my w")
        await operator.press("escape", "n")
        await operator.sees(f"To    {NUMBER}", "on my w", "port 3")


async def test_an_answer_is_looked_at_twice_where_there_is_a_remark(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.to_remark = (Remark("repetition", "The same text went there 2 minutes ago."),)
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.types("yes")
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, SummaryScreen), "the summary")
        await operator.sees("The same text went there 2 minutes ago.")
        await operator.press("escape")
        await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen), "the thread")
        assert reply(operator).value == "yes"
        assert not operator.backend.submitted
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, SummaryScreen), "the summary")
        await operator.press("y")
        await operator.until(lambda: len(operator.backend.submitted) == 1)


async def test_a_refused_answer_stays_with_the_reason(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r", "enter")
        await operator.sees("Type a text first.")
        operator.backend.refuse_with = "Port 1 has no SIM."
        await operator.types("yes")
        await operator.press("enter")
        await operator.sees("Port 1 has no SIM. Choose another port.")
        assert reply(operator).value == "yes"


async def test_nothing_is_answered_where_nothing_may_be_sent(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "you may look only"
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.types("yes")
        await operator.press("enter")
        await operator.sees("Read only: you may look only")
        assert not operator.backend.submitted
        await operator.press("escape", "m", "d")
        assert operator.store.claims.of([1]) == {}


async def test_a_name_takes_no_replies(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("sale!", number="Bee[/]line")
        operator.receives("sale again!", number="BEE[/]LINE")
        await operator.sees("sale!")
        await opened(operator)
        await operator.sees("2 messages", "sale!", "sale again!")
        await operator.press("r")
        await operator.sees("takes no replies")


async def test_the_outbox_opens_it_too_and_answers_on_its_port(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        sends(operator, "anybody there?")
        await operator.sees("anybody there?")
        await operator.press("5")
        await opened(operator)
        await operator.sees("→ out  · queued")
        await operator.press("r")
        await operator.sees("port 5 by AMI")


async def test_an_answer_by_a_gateway_that_can_t_be_reached_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        (gateway,) = operator.backend.snapshots
        operator.backend.snapshots = (replace(gateway, link=LinkStatus(LinkPhase.WAITING, 0.0, "no answer")),)
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.sees("gw1 port 1 by AMI  AMI is down")


async def test_an_answer_goes_to_whom_the_region_of_the_gateway_means(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2, regions=Regions("DE", {"gw2": "FR"})) as operator:
        operator.receives("from a German", number="0612345678")
        operator.receives("from a Frenchman", number="0612345678", gateway="gw2")
        operator.clock.now += 1
        operator.receives("from him, too", number="+33612345678")
        await operator.sees("from him, too")
        await operator.press("down")
        await opened(operator)
        await operator.sees("+33612345678", "2 messages", "from a Frenchman")
        assert "from a German" not in operator.screen
        await operator.press("r")
        await operator.sees("to +33612345678  gw1 port 1")
        await operator.types("oui")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert (operator.backend.submitted[0].gateway, operator.backend.submitted[0].to) == ("gw1", "+33612345678")


async def test_an_answer_has_the_name_in_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        operator.store.contacts.set(NUMBER, "Li Wei", "alice").result(10)
        await opened(operator)
        await operator.press("r")
        await operator.types("Dear {name}, {room}")
        await operator.sees("has no value")
        for _ in range(len(", {room}")):
            await operator.press("backspace")
        await operator.until(lambda: "there is nothing" not in operator.screen)
        await operator.sees("149 left")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].text == "Dear Li Wei"


async def test_a_field_that_nothing_fills_is_told_before_the_answer_goes(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.types("Dear {name}")
        await operator.sees("{name} will be sent as it is")
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, SummaryScreen))
        assert not operator.backend.submitted
