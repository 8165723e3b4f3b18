from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.audit import AuditEntry
from console.ui.outbox.audit import AuditScreen, audit_cells
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_shows_who_did_what_newest_first_and_as_it_happens(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.audit.add("bob", "ussd", "gw1 port 1", "*100#").result()
        operator.store.add_outbox(draft(), 1, operator="alice from 192.0.2.7").result()
        await operator.press("5")
        await operator.says("audit")
        await operator.sees("Audit  2", "alice from 192.0.2.7", "send", "message 1")
        lines = [line for line in operator.lines if "12:00:00" in line]
        assert ["bob" in line for line in lines] == [False, True]
        operator.store.audit.add("eve", "cancel", "message 1").result()
        await operator.sees("Audit  3", "eve")
        await operator.press("escape")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)


async def test_an_entry_is_shown_whole_and_acts_on_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.audit.add("bob", "ussd", "gw1 port 1", "[/x]\x1b[2J" + "x" * 100 + "end").result()
        await operator.press("5")
        await operator.says("audit")
        await operator.sees("Audit  1")
        await operator.press("enter")
        await operator.sees("Entry 1", "2026-11-22 12:00:00 +00:00", "[/x]␛[2J", "end")


async def test_pages_are_read_as_they_come_in_sight(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        pending = [operator.store.audit.add("bob", "send", f"message {number}") for number in range(1, 251)]
        pending[-1].result()
        await operator.press("5")
        await operator.says("audit")
        await operator.sees("Audit  250", "message 250 ")
        await operator.press("G")
        await operator.sees("message 1 ")
        assert isinstance(operator.app.screen, AuditScreen)


async def test_there_may_be_none(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("5")
        await operator.says("audit")
        await operator.sees("Nobody has sent or changed anything yet.")


async def test_a_command_finds_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("colon")
        await operator.types("audit")
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, AuditScreen))


def test_a_line_fits_its_width() -> None:
    entry = AuditEntry(1, NOON, "a very long name of an operator from 2001:db8::1", "cancel", "message 17", "x" * 200)
    assert len("".join(text for text, _ in audit_cells(entry, 100, NOON))) == 100
