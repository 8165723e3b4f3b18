from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.link import RefusedRequest
from console.protocol.http.inbound import parse
from console.ui.app.panes import AWAY
from console.ui.inbox.list import InboxList
from console.ui.kit.search_line import FOUND
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.operator import console
from tests.support.settling import settled

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_message_appears_with_sender_port_and_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.sees("No messages yet")
        operator.receives("Your code is 4711", number="+8613632919026", port=2)
        await operator.sees("Your code is 4711", "1 unread")
        assert "2  +8613632919026" in operator.line_with("• 12:00:0")


async def test_enter_opens_and_marks_as_read_but_passing_over_does_not(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in range(3):
            operator.receives(f"text {number}")
        await operator.sees("text 0", "3 unread")
        await operator.press("down", "up", "down")
        assert operator.store.unread_count() == 3
        await operator.press("enter")
        await operator.sees("2 unread", "As received", "0000  2f 73 6d 73")
        await operator.press("escape")
        rows = operator.app.screen.query_one(InboxList)
        await operator.until(lambda: [rows.at(i).read for i in range(3)] == [False, True, False])  # type: ignore[union-attr]


async def test_the_list_follows_the_newest_until_the_operator_moves(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(30):
            operator.receives(f"text {number}")
        await operator.sees("text 29")
        await operator.press("down", "down")
        rows = operator.app.screen.query_one(InboxList)
        looked_at = rows.selected
        for number in range(30, 40):
            operator.receives(f"text {number}")
        await operator.sees("▲ 10 new above  g shows them")
        assert rows.selected is not None
        assert looked_at is not None
        assert rows.selected.id == looked_at.id
        assert "text 27" in operator.screen
        await operator.press("g")
        await operator.sees("text 39")
        assert "new above" not in operator.screen


async def test_a_list_that_nobody_touches_follows_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:

        async def passes(seconds: float) -> None:
            for each in (0.3, seconds):
                operator.clock.now += each
                operator.app.screen_stack[0].sync()  # type: ignore[attr-defined]
                await settled(operator.app)

        for number in range(30):
            operator.receives(f"text {number}")
        await operator.sees("text 29")
        await operator.press("down")
        operator.receives("something new")
        await operator.sees("▲ 1 new above  g shows it")
        row = next(at for at, line in enumerate(operator.lines) if "text 28" in line)
        operator.receives("more")
        await operator.sees("▲ 2 new above")
        assert "text 28" in operator.lines[row], "what is read stays where it is"
        await passes(AWAY - 10)
        await operator.press("down")
        await passes(AWAY - 10)
        assert "2 new above" in operator.screen, "a key was pressed meanwhile"
        await operator.press("enter")
        await passes(2 * AWAY)
        await operator.press("escape")
        assert "2 new above" in operator.screen, "a message was open"
        await operator.press("r", "x", "escape")
        await passes(2 * AWAY)
        assert "2 new above" in operator.screen, "a reply is begun"
        await operator.press("1", "space", "3", "backspace", "escape", "1")
        await operator.sees("1 marked")
        await passes(2 * AWAY)
        assert "2 new above" in operator.screen, "a row is marked"
        await operator.press("escape")
        await passes(AWAY + 10)
        assert "new above" not in operator.screen
        assert operator.app.screen.query_one(InboxList).following


async def test_an_unreadable_call_is_shown_with_its_reason_and_raw(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives_raw(b"/sms?key=1&key=2")
        await operator.sees("unreadable", "/sms?key=1&key=2")


async def test_x_shows_the_bytes_as_received(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("h")
        await operator.sees("0000  2f 73 6d 73 3f")
        await operator.press("h")
        await operator.until(lambda: "0000  2f" not in operator.screen)


async def test_hostile_text_is_shown_as_marks(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("\x1b]52;c;ZXZpbA==\x07 [/x] [red]alert[/red] \u202eabc \x9b31m")
        await operator.sees("␛]52;c;", "[/x] [red]alert[/red]", "‹202E›abc", "‹009B›31m")


async def test_r_answers_the_sender_on_the_port_it_came_by(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("are you there?", number="+995555123456", port=3)
        await operator.sees("are you there?")
        await operator.press("r")
        await operator.types("yes")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        draft = operator.backend.submitted[0]
        assert (draft.to, draft.port, draft.text) == ("+995555123456", 3, "yes")


async def test_u_goes_to_the_newest_unread(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        ids = [operator.receives(f"text {number}") for number in range(5)]
        operator.store.mark_read([ids[4], ids[3], ids[0]]).result()
        await operator.sees("2 unread")
        await operator.press("u")
        selected = operator.app.screen.query_one(InboxList).selected
        assert selected is not None
        assert selected.id == ids[2]
        await operator.press("A")
        await operator.sees("2 messages marked as read; U undoes that.")
        assert operator.store.unread_count() == 0


async def test_a_row_that_was_acted_on_stays_under_the_cursor_and_is_the_one_that_is_answered(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(5):
            operator.receives(f"are you there, {number}?", number=f"+99555512345{number}", port=3)
        await operator.press("slash")
        await operator.types("is:open")
        await operator.press("enter", "down")
        rows = operator.app.screen.query_one(InboxList)
        await operator.until(lambda: rows.found == [5, 4, 3, 2, 1], "the search")
        assert rows.selected is not None
        assert rows.selected.id == 4
        await operator.press("m")
        await operator.until(lambda: 4 in rows.claims, "the claim")
        operator.receives("one more", number="+995555999999", port=3)
        await operator.sees("1 new above", "@alice are you there, 3?")
        assert rows.selected.id == 4
        await operator.press("r")
        await operator.sees("Re    “are you there, 3?”", "To    +995555123453")
        await operator.press("escape", "down")
        await operator.until(lambda: rows.found == [6, 5, 3, 2, 1], "the search without the row that was held")
        assert rows.selected is not None
        assert rows.selected.id == 3
        await operator.press("slash", "escape")
        await operator.until(lambda: rows.found is None, "all of the inbox")
        assert rows.selected.id == 3
        await operator.press("n")
        await operator.until(lambda: "are you there" not in operator.screen, "an answer is no longer what is written")


async def test_all_that_is_shown_is_read_after_a_question_and_unread_again_by_one_key(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in range(8):
            operator.receives(f"text {number}", port=1 + number % 4 // 3)
        await operator.press("slash")
        await operator.types("port:1")
        await operator.press("enter")
        await operator.sees("6 of 8")
        await operator.press("A")
        await operator.sees("Mark 6 messages found by port:1 as read for all")
        await operator.press("enter")
        await operator.until(lambda: len(operator.app.screen_stack) == 1, "Enter to be No")
        assert operator.store.unread_count() == 8
        await operator.press("A")
        operator.receives("nobody saw this", port=1)
        await operator.press("y")
        await operator.sees("6 messages marked as read")
        assert operator.store.unread_count() == 3
        assert operator.store.audit.newest(1)[0].detail == "6 messages: found by port:1"
        await operator.press("U")
        await operator.sees("6 messages are unread again.")
        await operator.press("U")
        await operator.sees("There is nothing to undo")
        assert operator.store.unread_count() == 9


async def test_a_name_takes_no_replies(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("sale!", number="Bee[/]line")
        await operator.sees("sale!")
        await operator.press("r")
        await operator.sees("Bee[/]line takes no replies")
        assert operator.app.screen.query_one("#to").value == ""  # type: ignore[attr-defined]


async def test_a_search_narrows_the_list_while_it_is_typed_and_stays_in_sight(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("您的余额为 9.50", number="10086", port=2)
        operator.receives("Your code is 4711", number="Google", port=1)
        operator.receives("Your parcel is here", number="DHL", port=2)
        await operator.sees("parcel", "9.50")
        await operator.press("slash")
        await operator.types("your")
        await operator.sees("Inbox  2 of 3", "parcel", "4711")
        await operator.until(lambda: "9.50" not in operator.screen)
        await operator.types(" /r port:2")
        await operator.sees("Inbox  0 of 3", "Nothing matches: / changes the search, / esc shows all.")
        await operator.press("home", *["right"] * 4, *["delete"] * 3)
        await operator.sees("Inbox  1 of 3")
        await operator.press("enter")
        await operator.sees("your port:2", "r Reply")
        operator.receives("Your parcel number two", number="DHL", port=2)
        await operator.sees("Inbox  2 of 4", "number two")
        await operator.press("slash", "escape")
        await operator.sees("Inbox  4", "9.50")
        assert "Nothing matches" not in operator.screen


async def test_what_has_neither_sender_nor_text_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("", number="10086", port=2)
        await operator.sees("10086             no text")
        operator.receives("hello", number="", port=2)
        await operator.sees("no sender         hello")


async def test_a_filter_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.press("slash")
        await operator.types("after:soon")
        await operator.sees("after: 'soon' is not a time; type 2026-11-22,", "15m, 2h, 3d")


async def test_what_came_twice_is_one_row_and_enter_shows_both(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        operator.receives("hello")
        await operator.sees("x2 hello", "Inbox  1")
        await operator.press("enter")
        await operator.sees("repetition 1")


async def test_a_gap_in_listening_is_a_row_of_its_own(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.beat("receiver", "127.0.0.1:8080").result()
        operator.clock.now += 217
        operator.store.open_gap_if_stale("receiver", 5.0).result()
        await operator.sees("── not receiving 12:0", "Nothing was receiving")
        await operator.press("space")
        await operator.sees("There is nothing here that can be marked.")
        operator.receives("howdy")
        await operator.sees("howdy")
        await operator.press("plus")
        await operator.sees("1 marked")


async def test_a_port_of_five_thousand_digits_harms_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives_raw(b"/sms?phonenumber=10086&message=howdy&time=&port=" + b"7" * 5000)
        await operator.sees("howdy")
        await operator.press("r")
        await operator.sees("To    10086", "◂ auto")


async def test_the_cursor_stays_on_its_message_when_a_search_is_full(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in range(FOUND + 5):
            target = f"/sms?phonenumber=10086&message=alarm%20{number}&time=&port=1".encode()
            operator.store.add_callback("gw1", parse(target), target)
        operator.receives("the last one")
        await operator.press("slash")
        await operator.types("alarm")
        await operator.sees(f"{FOUND:,}+ of")
        await operator.press("enter", "down", "down")
        rows = operator.app.screen.query_one(InboxList)
        looked_at = rows.selected
        assert looked_at is not None
        operator.receives("alarm again")
        await operator.sees("1 new above")
        assert rows.selected is not None
        assert rows.selected.id == looked_at.id


async def test_a_store_that_can_t_be_read_is_told_and_ends_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        operator.store.close()
        await operator.press("down", "enter", "u", "A")
        await operator.sees("closed")
        assert operator.app.is_running


async def test_a_long_text_is_drawn_in_part(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("x" * 50_000)
        await operator.sees("xxxx")
        await operator.press("enter", "G")
        await operator.sees("4e10  78 78")
        await operator.press("g")
        assert operator.app.is_running


async def test_refused_calls_and_unmatched_results_are_listed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        refusal = RefusedRequest(NOON, "192.0.2.77", "The address is not in `callers` [/x].", 3)
        operator.backend.status = replace(operator.backend.status, refused=3, refusals=(refusal,))
        operator.receives_raw(
            b"/sms?phonenumber=10086&port=1&message=&type=SMS-Status-Report&status=Message%20received%20on%20handset&"
        )
        await operator.sees("3 refused (!)")
        await operator.press("exclamation_mark")
        await operator.sees(
            "192.0.2.77 x3  The address is not in `callers` [/x].", "10086 report Message received on handset"
        )
        assert "kept" not in operator.screen


async def test_calls_that_could_not_be_kept_are_no_refused_ones(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        lost = RefusedRequest(NOON, "192.0.2.78", "writing to the database: the disk is full", 2)
        operator.backend.status = replace(operator.backend.status, unkept=2, unkept_calls=(lost,))
        await operator.sees("2 not kept (!)")
        assert "refused" not in operator.screen
        await operator.press("exclamation_mark")
        await operator.sees(
            "Not kept since the start, answered 503: 2",
            "lost unless the gateway calls again",
            "192.0.2.78 x2  writing to the database: the disk is full",
            "Refused since the start: 0",
        )


async def test_who_asks_to_opt_out_is_kept_once_a_person_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("Stop!")
        await operator.sees("asks to opt out: Stop!")
        assert operator.store.opt_outs.all() == []
        await operator.says("opt-out")
        await operator.sees("opted out: Stop!", "sending to them asks first")
        (one,) = operator.store.opt_outs.all()
        assert (one.number, one.words) == ("+8613632919026", "Stop!")
        await operator.press("U")
        await operator.sees("asks to opt out: Stop!")
        await operator.says("opt-out")
        await operator.sees("opted out: Stop!")
        operator.receives("and one more thing")
        await operator.sees("and one more thing")
        await operator.press("home")
        await operator.sees("Opted out ", ", kept by ")
        await operator.says("opt-out")
        await operator.sees("had opted out already")
        await operator.says("opt-in")
        await operator.sees("asks to opt out: Stop!", "is no longer opted out")
        await operator.says("opt-in")
        await operator.sees("had not opted out")
        operator.store.add_outbox(draft(to="+8613632919026"), 1).result(10)
        await operator.says("opt-out")
        await operator.sees("1 message to them is still queued")
        operator.receives("hello", number="DHL")
        await operator.sees("hello")
        await operator.press("home")
        await operator.says("opt-out")
        await operator.sees("There is no number here")
