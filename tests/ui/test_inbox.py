from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.panes.inbox import InboxList, hex_lines
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_message_appears_with_sender_port_and_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.sees("No messages yet")
        operator.receives("Your code is 4711", number="+8613632919026", port=2)
        await operator.sees("Your code is 4711", "1 unread")
        assert "2  +8613632919026" in operator.line_with("● 12:00:0")


async def test_enter_opens_and_marks_as_read_but_passing_over_does_not(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in range(3):
            operator.receives(f"text {number}")
        await operator.sees("text 0", "3 unread")
        await operator.press("down", "up", "down")
        assert operator.store.unread_count() == 3
        await operator.press("enter")
        await operator.sees("2 unread")
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
        await operator.sees("10 new above")
        assert rows.selected is not None
        assert looked_at is not None
        assert rows.selected.id == looked_at.id
        assert "text 27" in operator.screen
        await operator.press("g")
        await operator.sees("text 39")
        assert "new above" not in operator.screen


async def test_an_unreadable_call_is_shown_with_its_reason_and_raw(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives_raw(b"/sms?key=1&key=2")
        await operator.sees("unreadable", "/sms?key=1&key=2")


async def test_x_shows_the_bytes_as_received(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("x")
        await operator.sees("0000  2f 73 6d 73 3f")
        await operator.press("x")
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
        await operator.until(lambda: operator.store.unread_count() == 0)


def test_hex_lines_hold_offset_bytes_and_characters() -> None:
    assert hex_lines(b"GET /\xff" + b"0" * 16) == [
        "0000  47 45 54 20 2f ff 30 30 30 30 30 30 30 30 30 30  GET /·0000000000",
        "0010  30 30 30 30 30 30                                000000",
    ]
    assert hex_lines(b"") == []
