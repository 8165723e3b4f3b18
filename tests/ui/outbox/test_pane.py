from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.store import Store
from console.ui.outbox.message_way import failures_words, whole
from console.ui.outbox.pane import OutboxList
from console.ui.rows.outbox_row import outbox_cells, result_wait
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.operator import Operator, console
from tests.support.outbox import add_batch, come_to, leave_behind

if TYPE_CHECKING:
    from pathlib import Path


def send(operator: Operator, segments: int = 1, port: int | None = 2, text: str = "meet me at noon") -> int:
    draft = Draft("gw1", "+8613632919026", text, port, Via.AMI)
    return operator.store.add_outbox(draft, segments).result().id


def learn(operator: Operator, message: int, state: DeliveryState, raw: str = "", segment: int = 1) -> None:
    evidence = Evidence(message, segment, operator.clock.time(), state, "ami answer", raw)
    operator.store.add_evidence(evidence).result()


def state_of(operator: Operator, message: int) -> DeliveryState:
    found = operator.store.outbox_message(message)
    assert found is not None
    return found.state


def on_line(message: OutboxMessage, now: float = NOON, width: int = 100, *, left_over: bool = False) -> str:
    return "".join(text for text, _ in outbox_cells(message, width, now, left_over=left_over))


MESSAGE = OutboxMessage(1, NOON, NOON, draft(), DeliveryState.ACCEPTED, (DeliveryState.ACCEPTED,), "")


FAILED = replace(MESSAGE, state=DeliveryState.FAILED, segments=(DeliveryState.FAILED,), detail="+CMS ERROR: 38", port=3)


def test_a_failure_is_told_in_words_with_the_gateway_s_own_beside_them() -> None:
    assert "The network is out of order (+CMS ERROR: 38)" in on_line(FAILED, width=120)
    whole_of_it = whole(FAILED, [], "", "", "4 of today's 5 failures are on port 3").plain
    for words in (
        "The network is out of order (passing)",
        "Wait a few minutes, or send it through another port.",
        "4 of today's 5 failures are on port 3",
    ):
        assert words in " ".join(whole_of_it.split())


def test_why_a_word_is_one_of_this_message_stands_beside_it() -> None:
    step = Evidence(
        1, 0, NOON, DeliveryState.DELIVERED, "SMSStatusReport", "SUCCESS", why="it was sent when the network says"
    )
    assert "SUCCESS  it was sent when the network says" in whole(MESSAGE, [step], "", "").plain


@pytest.mark.parametrize(
    ("failed", "port", "words"),
    [
        ({3: 4, 1: 1}, 3, "4 of today's 5 failures are on port 3"),
        ({3: 4}, 3, "All of today's 4 failures are on port 3"),
        ({3: 2}, 3, ""),
        ({3: 4, 1: 5}, 3, ""),
        ({3: 4}, None, ""),
    ],
)
def test_what_today_s_failures_have_in_common(failed: dict[int, int], port: int | None, words: str) -> None:
    assert failures_words(failed, port) == words


async def test_each_state_is_shown_as_it_becomes_known(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        await operator.sees("· queued")
        learn(operator, message, DeliveryState.SUBMITTING)
        await operator.sees("→ sending")
        learn(operator, message, DeliveryState.SENT, "SEND SMS TO PHONE +8613632919026 SUCCESSFULLY")
        await operator.sees("✓ sent")


async def test_parts_are_counted(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator, segments=3)
        learn(operator, message, DeliveryState.SUBMITTING, segment=1)
        learn(operator, message, DeliveryState.SENT, segment=1)
        await operator.sees("1/3")


async def test_unknown_is_said_to_be_unknown_with_what_is_known(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        learn(operator, message, DeliveryState.SUBMITTING)
        learn(operator, message, DeliveryState.UNKNOWN, "no answer")
        await operator.sees("? unknown", "no answer")


@pytest.mark.parametrize(
    ("asked", "pool", "port", "words"),
    [(3, "", 3, "AMI 3"), (None, "", 5, "AMI 5"), (None, "sim", 5, "AMI 5"), (None, "sim", None, "AMI sim"),
     (None, "", None, "AMI ")],
)  # fmt: skip
def test_the_port_it_really_takes_is_named(asked: int | None, pool: str, port: int | None, words: str) -> None:
    message = replace(MESSAGE, draft=replace(draft(port=asked), pool=pool), port=port)
    assert f"  {words}".rstrip() in on_line(message)


@pytest.mark.parametrize(
    ("left", "words"),
    [(300, "result in 5 min"), (61, "result in 2 min"), (60, "result in 60 s"), (31, "result in 40 s"),
     (1, "result in 10 s"), (0, "result overdue")],
)  # fmt: skip
def test_for_how_long_a_result_is_waited_for(left: float, words: str) -> None:
    assert result_wait(replace(MESSAGE, deadline=NOON + left), NOON) == words
    assert words in on_line(replace(MESSAGE, deadline=NOON + left))


@pytest.mark.parametrize(
    ("left", "words"),
    [(86_400, "◷ in 1d"), (4800, "◷ in 1h20m"), (59, "◷ in 50s"), (1, "◷ in 10s"), (0, "◷ planned"), (-5, "◷ planned")],
)
def test_a_planned_message_says_how_long_it_waits(left: float, words: str) -> None:
    waits = replace(MESSAGE, state=DeliveryState.QUEUED, draft=replace(MESSAGE.draft, not_before=NOON + left))
    assert words in on_line(waits)


def test_one_that_was_too_late_says_so() -> None:
    late = replace(MESSAGE, state=DeliveryState.FAILED, detail="not sent, too late: it had to be sent by …")
    assert "– too late" in on_line(late)
    assert "✗ failed" in on_line(replace(late, detail="WAS FAILED"))


def test_nothing_is_waited_for_without_a_deadline_or_once_it_is_known() -> None:
    assert result_wait(MESSAGE, NOON) == ""
    assert result_wait(replace(MESSAGE, deadline=NOON + 9, state=DeliveryState.SENT), NOON) == ""


async def test_the_wait_counts_down_while_nothing_else_happens(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = operator.store.add_outbox(draft(), 1, result_wait=90).result().id
        for state in (DeliveryState.SUBMITTING, DeliveryState.ACCEPTED):
            learn(operator, message, state)
        await operator.sees("result in 2 min")
        operator.clock.now += 70
        await operator.sees("result in 20 s")


# ---- one message ----------------------------------------------------------------------------------------


async def unknown(operator: Operator) -> int:
    """An unknown message under the cursor of the outbox."""
    message = send(operator)
    come_to(operator.store, message, DeliveryState.UNKNOWN, "no answer in 40 s \x1b[2J")
    await operator.sees("? unknown")
    await operator.press("5", "g")
    return message


async def test_enter_shows_every_step_and_whose_word_it_is(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        learn(operator, message, DeliveryState.SUBMITTING)
        learn(operator, message, DeliveryState.FAILED, "SEND SMS TO PHONE 1 FAILED \x1b[2J")
        await operator.sees("✗ failed")
        await operator.press("5", "enter")
        await operator.sees("What is known", "→ sending segment 1", "ami answer", "FAILED ␛[2J", "port 2, by AMI")


async def test_a_message_shown_whole_names_who_sent_it_its_batch_port_and_sim(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, [DeliveryState.QUEUED])
        chosen = Evidence(1, 0, NOON, DeliveryState.QUEUED, "console", "", port=5, imsi="460028893041234")
        operator.store.add_evidence(chosen).result()
        come_to(operator.store, 1, DeliveryState.ACCEPTED)
        await operator.sees("accepted")
        await operator.press("5", "enter")
        await operator.sees("gw1, port 5, by AMI", "IMSI 460028893041234", "alice from 192.0.2.7", "Result until")
        assert f"Batch         {batch} " in operator.screen


async def test_e_takes_the_message_to_the_form(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        send(operator, port=4)
        await operator.sees("· queued")
        await operator.press("5", "e")
        await operator.sees("meet me at noon", "port 4")
        await operator.types("!")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].text.replace("!", "") == "meet me at noon"
        assert operator.backend.submitted[0].port == 4


async def test_e_in_the_message_shown_whole_does_the_same(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await unknown(operator)
        await operator.press("enter", "e")
        await operator.sees("Message 1 may already have been sent")
        assert len(operator.app.screen_stack) == 1


async def test_c_asks_the_gateway_and_tells_its_answer_in_the_list_and_in_the_message(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = await unknown(operator)
        for keys, answer in ((("i",), "[SEND]\x1b[2J"), (("enter", "i"), "[AGAIN]\x1b[2J")):
            operator.backend.asked.clear()
            operator.backend.answer = f"The gateway says: {answer}"
            await operator.press(*keys)
            await operator.sees("Message 1: The gateway says:", answer.replace("\x1b", "␛"))
            assert operator.backend.asked == [message]


async def test_the_message_shown_whole_stays_true(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = await unknown(operator)
        await operator.press("enter")
        await operator.sees("no answer in 40 s ␛[2J", "e resend  i ask  S settle  esc closes")
        learn(operator, message, DeliveryState.DELIVERED, "Message received on handset")
        await operator.sees("✔ delivered  Message received", "e resend  esc closes")


async def test_a_message_that_never_left_is_not_asked_about(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        send(operator)
        await operator.sees("· queued")
        await operator.press("5", "i", "S")
        await operator.sees("was never sent: the gateway has no record", "Only an unknown one can be marked")
        assert operator.backend.asked == []


async def test_m_marks_an_unknown_one_once_that_is_confirmed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for digit, state in (("1", DeliveryState.SENT), ("2", DeliveryState.DELIVERED), ("3", DeliveryState.FAILED)):
            message = await unknown(operator)
            await operator.press("S")
            await operator.sees("It was delivered", "It was not sent")
            await operator.press(digit)
            await operator.sees("with your name.")
            assert state_of(operator, message) is DeliveryState.UNKNOWN
            await operator.press("y")
            await operator.sees(f"Message {message} is marked as {state}")
            assert state_of(operator, message) is state
            assert operator.store.evidence(message)[-1].raw == "marked by alice from 192.0.2.7"


async def test_what_was_marked_stays_under_the_cursor_where_a_person_is_no_longer_needed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        messages = [await unknown(operator) for _ in range(3)]
        await operator.press("F", "down")
        rows = operator.app.screen.query_one(OutboxList)
        await operator.until(lambda: rows.found is not None and rows.cursor == 1, "the filter")
        await operator.press("S", "2", "y")
        await operator.sees(f"Message {messages[1]} is marked as delivered.", "✔ delivered")
        assert rows.selected is not None
        assert rows.selected.id == messages[1]
        await operator.press("down")
        await operator.until(lambda: rows.found == [messages[2], messages[0]], "the row to go once it was left")
        assert rows.selected is not None
        assert rows.selected.id == messages[0]


async def test_a_mark_that_is_not_confirmed_changes_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = await unknown(operator)
        for keys in (("escape",), ("enter", "n")):
            await operator.press("S")
            await operator.sees("It was delivered", "It was not sent")
            await operator.press(*keys)
            await operator.until(lambda: len(operator.app.screen_stack) == 1)
            assert state_of(operator, message) is DeliveryState.UNKNOWN


async def test_d_calls_off_a_queued_one_once_that_is_confirmed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        await operator.sees("· queued")
        await operator.press("5", "x")
        await operator.sees("Cancel message 1")
        await operator.press("y")
        await operator.sees("1 message cancelled.", "– cancelled")
        assert state_of(operator, message) is DeliveryState.CANCELLED


async def test_what_left_meanwhile_is_not_called_off_and_that_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        await operator.sees("· queued")
        await operator.press("5", "x")
        learn(operator, message, DeliveryState.SUBMITTING)
        await operator.press("y")
        await operator.sees("Nothing was cancelled: it had already been sent.")


async def test_who_may_change_nothing_is_told_so_and_nothing_is_asked(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await unknown(operator)
        operator.backend.read_only_because = "bob only looks"
        await operator.press("i", "S", "enter", "i", "S")
        await operator.sees("Read only: bob only looks", "What is known")
        assert operator.backend.asked == []


# ---- looking for some -----------------------------------------------------------------------------------


def rows(operator: Operator) -> int:
    return operator.app.screen_stack[0].query_one(OutboxList).count


async def test_f_shows_what_needs_a_person_then_what_waits_then_all(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        states = [DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.ACCEPTED]
        add_batch(operator.store, [*states, DeliveryState.QUEUED])
        await operator.until(lambda: rows(operator) == 5)
        await operator.press("5", "F")
        await operator.sees("2 of 5  needs a person")
        assert "+49151002" in operator.line_with("✗ failed")
        await operator.press("F")
        await operator.sees("2 of 5  waiting")
        come_to(operator.store, 5, DeliveryState.SENT)
        await operator.sees("1 of 5  waiting")
        await operator.press("F")
        await operator.until(lambda: rows(operator) == 5)


async def test_words_find_number_text_and_state_and_esc_clears(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        send(operator, text="Посылка уже здесь")
        send(operator, text="c m d F o D")
        await operator.until(lambda: rows(operator) == 2)
        await operator.press("5", "slash")
        await operator.types("посылка 8613")
        await operator.sees("1 of 2")
        await operator.press("enter")
        await operator.sees("1 of 2  /посылка 8613")
        await operator.press("F")
        await operator.sees("0 of 2", "Nothing matches: F shows others, / changes the search.")
        await operator.press("slash", "escape")
        await operator.sees("0 of 2", "Nothing matches: F shows others.")


async def test_letters_in_the_search_line_are_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await unknown(operator)
        await operator.press("slash")
        await operator.types("bcmdDoFAet")
        await operator.sees("/bcmdDoFAet")
        assert len(operator.app.screen_stack) == 1
        assert operator.backend.asked == []


# ---- what an earlier run left ---------------------------------------------------------------------------


async def test_what_an_earlier_run_left_goes_on_only_with_a_yes(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        leave_behind(tmp_path / "console.db", operator.clock, ["10086", "10010", "10000", "10001"])
        await operator.sees("✗ 4 messages from an earlier session are held (5 o)")
        await operator.press("5")
        await operator.sees("! 4 messages held: o releases, :cancel-all cancels", "held")
        await operator.press("o")
        await operator.sees("10086, 10010, 10000 and 1 other.", "Send them now?")
        await operator.press("n")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)
        assert len(operator.store.sending.left_over()) == 4
        await operator.press("o", "y")
        await operator.sees("4 messages released.")
        await operator.until(lambda: "earlier session" not in operator.screen)
        assert operator.store.sending.left_over() == []


async def test_one_is_spoken_of_as_one(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        leave_behind(tmp_path / "console.db", operator.clock, ["10086"])
        await operator.sees("1 message from an earlier session is held")


async def test_capital_d_calls_all_of_it_off(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        leave_behind(tmp_path / "console.db", operator.clock, ["10086", "10010"])
        await operator.sees("are held")
        await operator.press("5")
        await operator.says("cancel-all")
        await operator.sees("Cancel them all?")
        await operator.press("y")
        await operator.sees("2 messages cancelled.")
        assert {state_of(operator, message) for message in (1, 2)} == {DeliveryState.CANCELLED}


async def test_left_over_ones_need_a_person(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        leave_behind(tmp_path / "console.db", operator.clock, ["10086"])
        send(operator)
        await operator.sees("held")
        await operator.press("5", "F")
        await operator.sees("1 of 2  needs a person")


async def test_what_a_living_console_has_queued_is_its_own(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        other = Store.open(tmp_path / "console.db", clock=operator.clock)
        try:
            other.add_outbox(draft(to="10086"), 1).result()
            await operator.sees("· queued")
            await operator.press("5", "o")
            await operator.sees("There are no held messages.")
            assert " held: " not in operator.screen
        finally:
            other.close()
        # Its end is no commit of ours to see, and is seen all the same.
        await operator.sees("1 message from an earlier session is held")


# ---- a batch under way ----------------------------------------------------------------------------------


async def test_a_batch_has_its_line_while_it_is_under_way_and_once_it_ended_until_somebody_looks(
    tmp_path: Path,
) -> None:
    async with console(tmp_path) as operator:
        waiting = [DeliveryState.QUEUED] * 3
        add_batch(operator.store, [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN, *waiting])
        await operator.sees("batch 3/6", "batch 1 ▶ running", "3 of 6", "✓ 1 sent  ✗ 1 failed  ? 1 unknown  · 3 left")
        for message in (4, 5, 6):
            come_to(operator.store, message, DeliveryState.SENT)
        await operator.sees("✗ 2 need you (5 F)  ■ batch 1 ended (5 b)", "batch 1 ■ ended", "6 of 6")
        await operator.press("5", "b")
        await operator.sees("╭─ Batches")
        await operator.press("escape", "F")
        await operator.until(lambda: "batch 1" not in operator.screen and "need you" not in operator.screen)


async def test_a_batch_of_an_earlier_run_waits_too(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        earlier = Store.open(tmp_path / "console.db", clock=operator.clock)
        add_batch(earlier, [DeliveryState.QUEUED] * 2)
        earlier.close()
        await operator.sees("batch 1 ! held")
        assert "batch 0/2" not in operator.screen
