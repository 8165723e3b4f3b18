from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events

from console.domain.link import LinkPhase, LinkStatus
from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.domain.sending import Remark
from console.ui.screens.summary import SummaryScreen
from console.ui.screens.thread import ThreadScreen
from console.ui.thread_reading import PAGE
from console.ui.widgets.reply_line import ReplyInput
from console.ui.widgets.segment_area import SegmentArea
from console.ui.widgets.thread_list import ThreadList
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "+8613632919026"


def sends(operator: Operator, text: str, state: DeliveryState | None = None, to: str = NUMBER) -> OutboxMessage:
    message = operator.store.add_outbox(Draft("gw1", to, text, 5, Via.AMI), 1).result()
    if state is not None:
        becomes(operator, message, state)
    return message


def becomes(operator: Operator, message: OutboxMessage, state: DeliveryState) -> None:
    for step in (DeliveryState.SUBMITTING, state):
        evidence = Evidence(message.id, 1, operator.clock.time(), step, "ami answer", "some words")
        operator.store.add_evidence(evidence).result()


def rows(operator: Operator) -> ThreadList:
    return operator.app.screen.query_one(ThreadList)


def reply(operator: Operator) -> ReplyInput:
    return operator.app.screen.query_one(ReplyInput)


def texts(operator: Operator) -> list[str]:
    """The lines in sight, without the scroll bar."""
    return [line[:-3] for line in operator.lines[1:-2]]


async def opened(operator: Operator) -> None:
    await operator.press("t")
    await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen), "the thread")


async def test_both_directions_stand_in_order_and_others_do_not(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("is it ready?")
        operator.clock.now += 1
        sends(operator, "Nearly. " * 12, DeliveryState.DELIVERED)
        operator.clock.now += 1
        operator.receives("somebody else", number="10086")
        operator.clock.now += 1
        operator.receives("thanks", number="8613632919026", port=3)
        await operator.sees("thanks")
        await opened(operator)
        await operator.sees("is it ready?", "→ out  ✔ delivered   Nearly.", "← in   port 3", "3 messages")
        assert "somebody else" not in operator.screen
        lines = operator.lines
        at = [next(n for n, line in enumerate(lines) if text in line) for text in ("is it", "→ out", "thanks")]
        assert at == sorted(at)
        assert at[2] - at[1] > 1
        await operator.press("escape")
        await operator.sees("somebody else")


async def test_what_is_seen_there_is_read(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("one")
        operator.receives("two")
        operator.receives("other", number="10086")
        await operator.sees("3 unread")
        await operator.press("down")
        await opened(operator)
        await operator.until(lambda: operator.store.unread_count() == 1)


async def test_what_is_not_in_sight_stays_unread_until_it_is(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(60):
            operator.receives(f"text {number}")
        await operator.sees("60 unread")
        await opened(operator)
        await operator.until(lambda: operator.store.unread_count() < 60)
        await operator.sees("text 59")
        assert operator.store.unread_count() > 30
        await operator.press("g")
        await operator.until(lambda: operator.store.inbox_slice(59, 1)[0].read)
        assert operator.store.unread_count() > 10


async def test_nothing_is_marked_where_nothing_may_be_changed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "you may look only"
        operator.receives("one")
        await operator.sees("1 unread")
        await opened(operator)
        await operator.sees("← in   port 1")
        await operator.press("escape")
        await operator.sees("1 unread")


async def test_new_messages_and_states_appear(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        message = sends(operator, "ready?")
        operator.receives("first")
        await operator.sees("first")
        await opened(operator)
        await operator.sees("· queued")
        becomes(operator, message, DeliveryState.FAILED)
        await operator.sees("✗ failed", "some words")
        operator.receives("second")
        await operator.sees("second", "3 messages")
        await operator.until(lambda: operator.store.unread_count() == 0)


async def test_a_thread_is_read_page_by_page_upwards(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(3 * PAGE):
            operator.receives(f"text {number}.")
        await operator.sees(f"text {3 * PAGE - 1}.")
        await opened(operator)
        await operator.sees(f"the last {PAGE} messages, more above")
        assert len(rows(operator).messages) == PAGE
        await operator.press("g")
        await operator.sees(f"the last {2 * PAGE} messages, more above", f"text {2 * PAGE + 3}.")
        await operator.press("g")
        await operator.until(lambda: len(rows(operator).messages) == 3 * PAGE)
        await operator.press("g")
        await operator.sees("text 0.")
        await operator.press("G")
        await operator.sees(f"text {3 * PAGE - 1}.")
        operator.receives("one more")
        await operator.sees("one more", f"the last {PAGE} messages")


async def test_who_reads_further_up_stays_there(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(60):
            operator.receives(f"text {number}.")
        await operator.sees("text 59.")
        await opened(operator)
        await operator.sees("text 59.")
        await operator.press("pageup", "k", "k")
        seen = texts(operator)
        operator.receives("new at the bottom")
        await operator.until(lambda: len(rows(operator).messages) == 61)
        await operator.pilot.pause()
        assert texts(operator) == seen
        assert "new at the bottom" not in operator.screen
        await operator.press("space", "space")
        await operator.sees("new at the bottom")


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
        await operator.sees("port 7 by AMI  GSM-7 · nothing written yet")
        await operator.types("yes")
        await operator.sees("1 segment")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.submitted))
        await operator.sees("→ out  · queued      yes")
        assert reply(operator).value == ""
        draft = operator.backend.submitted[0]
        assert (draft.to, draft.port, draft.text) == (NUMBER, 7, "yes")


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
        await operator.sees("1 draft is not sent")
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
        await operator.sees("There is no text yet.")
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


async def test_u_goes_through_all_that_wrote_something_unread(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number, text in (("+15550001111", "first"), ("Bank", "second"), (NUMBER, "third")):
            operator.clock.now += 1
            operator.receives(text, number=number)
        operator.receives_raw(b"/sms?key=1&key=2")
        await operator.sees("third")
        await operator.press("down")
        await opened(operator)
        await operator.sees(NUMBER, "third")
        await operator.press("u")
        await operator.sees("Bank", "← in   port 1        second")
        await operator.press("u")
        await operator.sees("← in   port 1        first")
        await operator.until(lambda: operator.store.unread_count() == 1)
        await operator.press("u")
        await operator.sees("Nobody else has written anything")


async def test_who_looks_after_it_stands_above_and_beside_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        await operator.sees("help!")
        await opened(operator)
        await operator.sees("1 message")
        await operator.press("m")
        await operator.sees("@alice from 192.0.2.7 looks after it since 2026-11-22", "@alice ")
        operator.store.claims.done(entry, "alice").result()
        await operator.sees("✓ done by alice", "✓ alice")
        await operator.press("m")
        await operator.sees("@alice from 192.0.2.7 looks after it since")
        await operator.press("m")
        await operator.until(lambda: "looks after it" not in operator.screen)
        await operator.press("d")
        await operator.sees("✓ done by alice from 192.0.2.7")


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


async def test_what_has_no_number_has_no_thread(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives_raw(b"/sms?key=1&key=2")
        await operator.sees("unreadable")
        await operator.press("t")
        await operator.sees("There is no number to show a thread of.")


async def test_hostile_text_is_shown_as_marks(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("\x1b]52;c;ZXZpbA==\x07 [/x] \u202eabc")
        await operator.sees("52;c")
        await opened(operator)
        await operator.sees("← in   port 1        ␛]52;c;ZXZpbA==␇ [/x] ‹202E›abc")


async def test_texts_are_wrapped_anew_on_another_size(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("word " * 30)
        await operator.sees("word")
        await opened(operator)
        await operator.sees("1 message")
        before = rows(operator).count
        await operator.pilot.resize_terminal(120, 40)
        await operator.until(lambda: rows(operator).count < before)


async def test_the_wheel_moves_it_and_it_stays_there(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(60):
            operator.receives(f"text {number}.")
        await operator.sees("text 59.")
        await opened(operator)
        await operator.sees("text 59.")
        rows(operator).scroll_to(y=10, animate=False)
        await operator.pilot.pause()
        assert rows(operator).top == 10
        operator.receives("another")
        await operator.until(lambda: len(rows(operator).messages) == 61)
        assert rows(operator).top == 10


async def test_a_store_that_can_t_be_read_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        operator.store.close()
        await operator.press("t")
        await operator.sees("✗")
        assert operator.app.is_running
        await operator.press("escape")
        await operator.sees("hello")


async def test_a_number_that_has_a_name_is_called_by_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.contacts.set(NUMBER, "Li [/x] Wei").result()
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.sees(f"{NUMBER}  Li [/x] Wei")


async def test_an_answer_by_a_gateway_that_can_t_be_reached_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        (gateway,) = operator.backend.snapshots
        operator.backend.snapshots = (replace(gateway, link=LinkStatus(LinkPhase.WAITING, 0.0, "no answer")),)
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.press("r")
        await operator.sees("gw1 port 1 by AMI  AMI is down")
