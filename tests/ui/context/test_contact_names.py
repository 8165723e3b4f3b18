from __future__ import annotations

from typing import TYPE_CHECKING

from console.store import Store
from console.ui.context.contact_names import known_name
from console.ui.kit.dialogs import AskScreen
from console.ui.thread.screen import ThreadScreen
from tests.support.backend import FixedClock
from tests.support.messages import draft
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

ALICE = "+4915123456789"


async def test_a_known_sender_has_a_name_in_the_row_and_both_in_the_reader(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.contacts.set(ALICE, "Alice [/x]", "alice").result(10)
        operator.receives("hello", number="015123456789")
        await operator.sees("hello", "Alice [/x]  015123456789")
        row = operator.line_with("• 12:00:0")
        assert "1  Alice [/x]" in row
        assert "015123456789" not in row


async def test_a_known_recipient_has_a_name_in_the_outbox(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.contacts.set(ALICE, "Alice", "alice").result(10)
        operator.store.add_outbox(draft(to="015123456789", text="hello"), 1).result(10)
        await operator.sees("hello")
        assert "Alice" in operator.line_with("hello")
        assert "015123456789" not in operator.line_with("hello")


async def test_an_opened_message_and_a_thread_say_the_name(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.contacts.set(ALICE, "Alice", "alice").result(10)
        operator.receives("hello", number="015123456789")
        await operator.sees("hello")
        await operator.press("enter")
        await operator.sees("As received")
        assert "Alice  015123456789" in operator.screen
        await operator.press("escape", "t")
        await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen) and "Alice" in operator.screen)


async def test_a_name_is_given_to_the_sender_under_the_cursor_and_taken_away(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello", number=ALICE)
        await operator.sees("hello")
        await operator.says("name")
        await operator.press(*"Eva", "enter")
        await operator.sees(f"{ALICE} is now called Eva.")
        await operator.until(lambda: "Eva" in operator.line_with("• 12:00:0"))
        assert operator.store.contacts.name_of(ALICE) == "Eva"
        await operator.says("name")
        await operator.sees(f"Name for {ALICE}")
        await operator.press("backspace", "backspace", "backspace", "enter")
        await operator.sees("no longer has a name")
        await operator.until(lambda: ALICE in operator.line_with("• 12:00:0"))
        assert operator.store.contacts.all() == []


async def test_esc_changes_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.contacts.set(ALICE, "Alice", "alice").result(10)
        operator.receives("hello", number=ALICE)
        await operator.sees("Alice")
        await operator.says("name")
        await operator.until(lambda: isinstance(operator.app.screen, AskScreen))
        await operator.press(*"Eva", "escape")
        await operator.until(lambda: not isinstance(operator.app.screen, AskScreen))
        assert operator.store.contacts.name_of(ALICE) == "Alice"


async def test_what_can_be_no_name_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello", number=ALICE)
        await operator.sees("hello")
        await operator.says("name")
        await operator.sees(f"Name for {ALICE}")
        await operator.press(*"x" * 81, "enter")
        await operator.sees("at most 80 characters")
        assert operator.store.contacts.all() == []


async def test_what_has_no_sender_can_not_be_named(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.says("name")
        operator.receives_raw(b"/sms?nonsense")
        await operator.sees("unreadable")
        await operator.says("name")
        await operator.sees("There is no number here to name.")


def test_a_store_that_can_not_be_read_knows_nobody(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    store.close()
    assert known_name(store, ALICE, "gw1") == ""
