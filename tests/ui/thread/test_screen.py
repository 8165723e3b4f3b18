"""The thread of a number: both directions as they came, read page by page, and who looks after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState
from console.ui.thread.reading import PAGE
from tests.support.operator import Operator, console
from tests.support.settling import settled
from tests.support.threads import NUMBER, becomes, opened, rows, sends

if TYPE_CHECKING:
    from pathlib import Path


def texts(operator: Operator) -> list[str]:
    """The lines in sight, without the scroll bar."""
    return [line[:-3] for line in operator.lines[1:-2]]


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
        await operator.says("opt-out")
        await operator.sees("8613632919026  opted out ─", "3 messages")
        assert [one.words for one in operator.store.opt_outs.all()] == ["thanks"]
        await operator.says("opt-in")
        await operator.until(lambda: "opted out ─" not in operator.screen and not operator.store.opt_outs.all())
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
        await settled(operator.app)
        assert texts(operator) == seen
        assert "new at the bottom" not in operator.screen
        await operator.press("pagedown", "pagedown")
        await operator.sees("new at the bottom")


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
        await operator.until(lambda: operator.store.unread_count() == 3)  # the store writes when it can
        await operator.press("u")
        await operator.sees("Bank", "← in   port 1        second")
        await operator.until(lambda: operator.store.unread_count() == 2)
        await operator.press("u")
        await operator.sees("← in   port 1        first")
        await operator.until(lambda: operator.store.unread_count() == 1)
        await operator.press("u")
        await operator.sees("There are no other unread conversations")


async def test_who_looks_after_it_stands_above_and_beside_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        await operator.sees("help!")
        await opened(operator)
        await operator.sees("1 message")
        await operator.press("m")
        await operator.sees("Claimed by @alice from 192.0.2.7, 2026-11-22", "@alice ")
        operator.store.claims.done(entry, "alice").result()
        await operator.sees("✓ done by alice", "✓ alice")
        await operator.press("m")
        await operator.sees("Claimed by @alice from 192.0.2.7, ")
        await operator.press("m")
        await operator.until(lambda: "Claimed by" not in operator.screen)
        await operator.press("d")
        await operator.sees("✓ done by alice from 192.0.2.7")


async def test_what_has_no_number_has_no_thread(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives_raw(b"/sms?key=1&key=2")
        await operator.sees("unreadable")
        await operator.press("t")
        await operator.sees("There is no number to show a conversation with.")


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
        await operator.until(lambda: len(rows(operator).messages) == 60 and rows(operator).is_vertical_scroll_end)
        await settled(operator.app)  # what was asked for before may still take it to the end
        rows(operator).scroll_to(y=10, animate=False)
        await operator.until(lambda: rows(operator).top == 10)
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
        operator.store.contacts.set(NUMBER, "Li [/x] Wei", "alice").result()
        operator.receives("hello")
        await operator.sees("hello")
        await opened(operator)
        await operator.sees(f"{NUMBER}  Li [/x] Wei")
