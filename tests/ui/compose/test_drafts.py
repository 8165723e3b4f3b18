from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.compose.drafts import KeptDraft, KeptDrafts, draft_row
from tests.support.backend import NOON, FixedClock
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


def test_each_draft_comes_back_to_whom_it_was_written_the_last_first() -> None:
    kept = KeptDrafts(FixedClock())
    kept.keep("10086", "one")
    kept.keep("10086", "two")
    kept.keep("", "to nobody yet")
    assert len(kept) == 3
    assert [draft.text for draft in kept.newest_first] == ["to nobody yet", "two", "one"]
    assert [kept.take("10086"), kept.take("10086"), kept.take("10086")] == ["two", "one", ""]
    assert kept.take("") == "to nobody yet"
    assert kept.take("10010") == ""
    assert len(kept) == 0


def test_a_row_says_to_whom_how_old_and_how_it_begins() -> None:
    draft = KeptDraft("+4915112345678", "Hello\n\x1b[31mthere", NOON)
    told = "".join(text for text, _ in draft_row(draft, NOON + 260))
    assert told.split() == ["+4915112345678", "4m", "Hello", "␛[31mthere"]
    assert "no recipient" in draft_row(draft._replace(to=""), NOON)[0][0]


async def test_kept_drafts_are_listed_taken_up_and_deleted(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n", "ctrl+g")
        await operator.sees("No draft is kept.")
        for number, text in (("10086", "first words"), ("10010", "other words")):
            await operator.types(number)
            await operator.press("tab")
            await operator.types(text)
            await operator.press("escape", "n")
        await operator.sees("The draft to 10010 is kept: ^g lists drafts.")
        await operator.types("10000")
        await operator.press("tab")
        await operator.types("third")
        await operator.press("ctrl+g")
        await operator.sees("enter opens, delete deletes, esc cancels", "10010", "other words", "10086", "first words")
        await operator.press("down", "enter", "!")
        await operator.sees("To    10086", "▌first words!")

        # The one that stood in the form is kept in its turn; one that is deleted is gone.
        await operator.press("ctrl+g", "delete")
        await operator.sees("Delete the draft to 10000?")
        await operator.press("n", "delete", "y")
        await operator.until(lambda: "third" not in operator.screen)
        await operator.press("delete", "y")
        await operator.sees("▌first words!")
        await operator.press("ctrl+g")
        await operator.sees("No other draft is kept.")


async def test_a_command_leads_to_the_drafts_from_anywhere(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.app.screen.query_one("#form").kept.keep("10086", "precious")  # type: ignore[attr-defined]
        await operator.press("2", "colon")
        await operator.types("drafts")
        await operator.sees("^g     Resume a saved draft, in: Compose")
        await operator.sees("delete Delete the draft under the cursor, in: Drafts")
        await operator.press("enter")
        await operator.sees("precious")
        await operator.press("enter", "!")
        await operator.sees("To    10086", "▌precious!")
