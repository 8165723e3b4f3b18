"""The AMI log at the operator's hands: filter, pause, marks, times, copy, files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.domain.link import Flow
from console.protocol.query.log import LOG
from console.ui.ami.list import AmiList
from tests.support.ami_records import SENT, VARIABLE
from tests.support.backend import NOON, OPERATOR
from tests.support.operator import console
from tests.ui.ami.test_pane import hear

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.operator import Operator


def note(operator: Operator, *texts: str) -> None:
    for text in texts:
        operator.log.append(operator.clock.time(), "gw1", Flow.NOTE, text)


def shown(operator: Operator) -> list[str]:
    """The numbered lines in sight."""
    return re.findall(r"line \d+\.", operator.screen)


async def test_a_filter_stays_with_its_hit_count_and_esc_clears_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        note(operator, *(f"other {number}" for number in range(9)))
        hear(operator, SENT + SENT + SENT)
        await operator.press("4", "slash")
        await operator.types("event:SMS*")
        await operator.sees("3 of 12")
        await operator.until(lambda: "other 8" not in operator.screen)
        await operator.press("enter")
        await operator.sees("event:SMS*")
        hear(operator, SENT)
        note(operator, "another")
        await operator.sees("4 of 14")
        await operator.press("slash", "escape")
        await operator.sees("another")
        await operator.until(lambda: " of 14" not in operator.screen and "event:SMS*" not in operator.screen)


async def test_routine_is_one_more_filter(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        hear(operator, SENT + VARIABLE)
        await operator.press("4", "slash")
        await operator.types("event:VarSet")
        await operator.press("enter")
        await operator.sees("0 of 2")
        await operator.press("full_stop")
        await operator.sees("1 of 2", "← VarSet")


async def test_the_cursor_stays_on_its_line_whatever_is_looked_for(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rows = operator.app.screen_stack[0].query_one(AmiList)
        for number in range(6):
            note(operator, f"line {number}.")
            hear(operator, VARIABLE)
        await operator.sees("line 5.")
        await operator.press("4", *["up"] * 3)
        meant = rows.selected
        assert meant is not None
        assert meant.text == "line 2."
        for keys, lines in ((("full_stop",), 12), (("full_stop",), 6), (("slash", *"line"), 6), (("escape",), 6)):
            await operator.press(*keys)
            await operator.until(lambda lines=lines: len(rows.found) == lines and not rows.looking)  # type: ignore[misc]
            assert rows.selected == meant
        await operator.press("f")
        note(operator, "line 6.")
        await operator.until(lambda: rows.selected is not None and rows.selected.text == "line 6.")


async def test_a_regex_that_is_none_is_told(tmp_path: Path) -> None:
    async with console(tmp_path, size=(160, 40)) as operator:
        note(operator, "here")
        await operator.press("4", "slash")
        await operator.types("/(a+/")
        await operator.sees("/(a+/ is not a regular expression: missing )")


async def test_letters_in_the_filter_are_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "slash")
        await operator.types("mfpq5")
        await operator.sees("mfpq5")
        assert operator.app.screen is operator.app.screen_stack[0]


async def test_a_search_through_a_full_log_leaves_the_keys_alive(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for number in range(4_000):
            operator.log.append(NOON, "gw1", Flow.NOTE, f"line {number}")
        rows = operator.app.screen_stack[0].query_one(AmiList)
        await operator.press("4")
        rows.ask(query=LOG.ask("/line 3.*9/"))
        assert not rows.found.done, "the first slice is not the whole"
        await operator.until(lambda: rows.found.done and not rows.looking)
        expected = [number for number in range(4_000) if str(number).startswith("3") and "9" in str(number)]
        assert len(rows.found) == len(expected)
        await operator.sees("line 3999")


async def test_the_lines_under_the_eye_stay_though_the_log_drops_them(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rows = operator.app.screen_stack[0].query_one(AmiList)
        note(operator, *(f"line {number}." for number in range(20_000)))
        await operator.sees("line 19999.")
        await operator.press("4", *["up"] * 3)
        seen = shown(operator)
        for portion in range(1, 6):
            note(operator, *(f"new {number}." for number in range(5_000)))
            await operator.until(lambda: rows.found.done and not rows.looking)
            await operator.sees(f"paused, {portion * 5_000:,} new below")
        assert operator.log.first_seq > 20_000, "the log has dropped what is in sight"
        assert shown(operator) == seen
        assert (len(rows.found), rows.found.missed) == (40_000, 5_000)
        await operator.press("f")
        await operator.sees("new 4999.")
        await operator.until(lambda: "paused" not in operator.screen and len(rows.found) == 20_000)


async def test_paused_is_said_though_nothing_came(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        note(operator, "one", "two")
        await operator.sees("two")
        await operator.press("4", "up")
        await operator.sees("  paused  ")


async def test_marks_have_words_and_are_jumped_between(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "b")
        await operator.types("pulled SIM 3")
        await operator.press("enter")
        await operator.sees(f"◆ pulled SIM 3 ({OPERATOR})")
        note(operator, *(f"line {number}" for number in range(60)))
        await operator.sees("line 59")
        await operator.until(lambda: "pulled" not in operator.screen)
        await operator.press("apostrophe")
        await operator.sees("◆ pulled SIM 3", "paused")
        await operator.press("apostrophe")
        await operator.sees("no more bookmarks")
        await operator.press("b", "enter")
        await operator.sees("1 new below")
        await operator.press("quotation_mark")
        await operator.sees(f"◆ mark ({OPERATOR})")
        assert operator.log.since(0, 1)[0].is_mark


async def test_a_mark_can_be_thought_better_of(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "b")
        await operator.types("never mind")
        await operator.press("escape")
        assert operator.log.last_seq == 0


async def test_times_cycle(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        note(operator, "one")
        before = operator.clock.now
        operator.clock.now += 1.5
        note(operator, "two")
        await operator.sees("two")
        await operator.press("4", "T")
        await operator.sees("+1.500 ─ two", "since the previous line")
        await operator.press("T")
        await operator.sees("Z ─ two", "UTC")
        assert "12:00:0" in operator.line_with("─ one"), before
        await operator.press("T")
        await operator.until(lambda: "UTC" not in operator.screen)


async def test_what_the_filter_shows_is_written_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with console(tmp_path) as operator:
        note(operator, "wanted 1", "other", "wanted 2")
        await operator.press("4", "slash")
        await operator.types("wanted")
        await operator.press("enter")
        await operator.sees("2 of 3")
        await operator.press("w")
        await operator.sees("Write 2 lines to", "ami-2026")
        await operator.press("enter")
        await operator.sees("2 lines written to")
        [path] = tmp_path.glob("ami-2026*.txt")  # noqa: ASYNC240 - a small test folder
        assert [line[-8:] for line in path.read_text().splitlines()] == ["wanted 1", "wanted 2"]
        await operator.press("w", "ctrl+u")
        await operator.types(path.name)
        await operator.press("enter")
        await operator.sees("already exists")


async def test_a_line_goes_to_the_clipboard_without_its_secrets(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        note(operator, "token=hunter2\x1b[2J")
        await operator.sees("token=***")
        await operator.press("4", "y")
        await operator.sees("Sent to the terminal's clipboard")
        assert operator.app.clipboard.endswith("-- token=***")
