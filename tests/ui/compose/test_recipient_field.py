from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events

from console.config import Regions
from console.ui.compose.recipient_field import LONGEST, RecipientField, RecipientInput
from tests.support.operator import Operator, console
from tests.support.settling import settled

if TYPE_CHECKING:
    from pathlib import Path


def field(operator: Operator) -> RecipientField:
    return operator.app.screen.query_one(RecipientField)


async def paste(operator: Operator, text: str) -> None:
    operator.app.post_message(events.Paste(text))
    await settled(operator.app)


async def test_what_will_be_sent_to_is_shown_while_it_is_typed(tmp_path: Path) -> None:
    async with console(tmp_path, regions=Regions("DE")) as operator:
        await operator.press("n")
        await operator.types("0151 12345678")
        await operator.sees("→ +4915112345678")
        await operator.press("enter")
        await operator.types("hi")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].to == "+4915112345678"


async def test_every_line_that_is_pasted_arrives(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n")
        await paste(operator, "111111111\r\n222222222\n\n Alice <333333333> \n\x1b[31mabc")
        await operator.sees("3 recipients: 111111111, 222222222, 333333333 · 1 refused", '␛[31mabc": letters')
        assert field(operator).value == "111111111, 222222222, Alice <333333333>, ␛[31mabc"


async def test_what_is_pasted_over_a_selection_is_safe_too(operator: Operator) -> None:
    await operator.press("n", "1", "2", "shift+home")
    await paste(operator, "\x1b[31m10086")
    assert field(operator).value == "␛[31m10086"


async def test_more_than_a_line_holds_is_not_taken(operator: Operator) -> None:
    await operator.press("n")
    await paste(operator, "10086\n" * LONGEST)
    await operator.sees("too long for one line")
    assert field(operator).value == ""


async def test_a_long_list_is_read_aside_and_then_shown(operator: Operator) -> None:
    await operator.press("n")
    await paste(operator, "\n".join(f"+49151{number:07}" for number in range(3000)))
    await operator.sees("3,000 recipients: +491510000000, …")
    assert not field(operator).is_pending


async def test_of_what_changes_while_it_is_read_the_last_is_shown(operator: Operator) -> None:
    await operator.press("n")
    long = "10086, " * 1000
    for typed in (f"{long}10010", "10000", f"{long}10010", f"{long}10010, 10011"):
        field(operator).value = typed
        assert field(operator).reading.typed in ("", typed, "10000")
    await operator.sees("3 recipients: 10086, 10010, 10011 · 999 twice")


async def test_a_file_is_read_and_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("number,name\n10086,Anna\n10010,Bert\n", encoding="utf-8")
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n")
        await operator.pastes(f"@{tmp_path}/list.cs")
        await operator.sees("No such file")
        await operator.press("v")
        await operator.sees("list.csv: 2 recipients: 10086, 10010")


async def test_a_contact_is_completed_and_a_group_written_to(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as operator:
        store = operator.store.contacts
        for number, name in (("111111111", "Alice [/x]"), ("222222222", "Bob\x1b[31m")):
            await asyncio.wrap_future(store.set(number, name, "alice", ("night",)))
        await operator.press("n")
        await operator.types("333333333, al")
        await operator.sees("333333333, alice [/x] <111111111>")
        await operator.press("right")
        assert field(operator).value == "333333333, Alice [/x] <111111111>"
        await operator.types(", bo")
        await operator.sees("bob␛[31m <222222222>")
        await operator.types(", @ni")
        await operator.until(lambda: operator.app.screen.query_one(RecipientInput)._suggestion.endswith("@night"))
        await operator.press("right")
        await operator.sees("3 recipients: 333333333, 111111111, 222222222 · 1 twice · 1 refused")
        assert [each.name for each in field(operator).reading.listed.recipients] == ["", "Alice [/x]", "Bob\x1b[31m"]


async def test_a_contact_s_name_fills_its_field(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as operator:
        await asyncio.wrap_future(operator.store.contacts.set("111111111", "Alice", "alice"))
        await operator.press("n")
        await operator.types("111111111")
        await operator.sees("→ 111111111 Alice")
        await operator.press("enter")
        await operator.types("Dear {name}")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].text == "Dear Alice"


async def test_a_lone_entry_is_judged_once_the_line_is_left(operator: Operator) -> None:
    await operator.press("n")
    await operator.types("12ab")
    await operator.sees("12ab")
    assert "letters can't be dialled" not in operator.screen
    await operator.press("tab")
    await operator.sees('✗ "12ab": letters can\'t be dialled')


async def test_a_number_is_read_by_the_region_of_the_gateway_that_is_chosen(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2, regions=Regions("DE", {"gw2": "FR"})) as operator:
        await operator.press("n")
        await operator.types("0612345678")
        await operator.sees("→ +49612345678")
        await operator.press("tab", "tab", "right")
        await operator.sees("◂ gw2 ▸", "→ +33612345678")
