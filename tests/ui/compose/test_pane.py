from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Draft, Via
from console.domain.ports import PortHealth
from console.protocol.sms.segments import plan
from console.ui.compose.form import SegmentArea
from console.ui.compose.preview import plan_line, segment_lines
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_preview_follows_every_key(operator: Operator) -> None:
    await operator.press("n")
    await operator.sees("GSM-7 · no text yet · up to 160")
    await operator.types("10086")
    await operator.press("enter")
    await operator.types("it")
    await operator.sees("158 left")
    await operator.press("я")
    await operator.sees("UCS-2 because of я at 3 · 1 segment · 67 left")
    await operator.press("backspace")
    await operator.sees("GSM-7 · 1 segment · 158 left")


async def test_a_long_text_lists_its_segments_where_there_is_room(tmp_path: Path) -> None:
    async with console(tmp_path, size=(160, 48)) as operator:
        await operator.press("n", "tab")
        operator.app.screen.query_one("#text").text = "a" * 152 + "tail of it"  # type: ignore[attr-defined]
        await operator.sees("2 segments", "1 ▏152 aaa", "2 ▏ 10 tail of it")


async def test_send_queues_the_form_as_it_stands_and_empties_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("3")
        await operator.types("+8613632919026")
        await operator.press("enter")
        await operator.types("hello")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted == [Draft("gw1", "+8613632919026", "hello", None, Via.AMI)]
        await operator.sees("queued", "no text yet")


async def test_tab_goes_from_to_to_the_text_then_to_the_way_it_goes(operator: Operator) -> None:
    """And no letter, typed wherever, changes that way, is lost, or is a key of the screen."""
    operator.backend.change_port(2, health=PortHealth.NO_SIM)
    await operator.press("n")
    await operator.types("10086")
    await operator.press("tab")
    await operator.types("Hello from the night shift")
    await operator.press("tab", "right", "right")
    await operator.sees("port 2 CHINA MOBILE ○ no SIM", "▌Hello from the night shift", "left Previous", "enter All")
    await operator.types(" l h12:?")
    await operator.sees("▌Hello from the night shift l h12:?", "◂ port 2")
    await operator.press("tab", "tab", "right")
    await operator.sees("◂ HTTP ▸")
    await operator.pastes("q\nn")
    await operator.press("tab", "tab", "tab")
    assert operator.app.focused is operator.app.screen.query_one("#send")
    await operator.types("q!")
    await operator.press("shift+tab")
    assert operator.app.focused is operator.app.screen.query_one("#to")
    await operator.press("ctrl+t")
    await operator.until(lambda: bool(operator.backend.submitted))
    text = "Hello from the night shift l h12:?q\nnq!"
    assert operator.backend.submitted == [Draft("gw1", "10086", text, 2, Via.HTTP)]
    await operator.sees("◂ auto", "◂ AMI ▸")


async def test_what_is_refused_stays_in_the_form_with_the_reason(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.backend.refuse_with = "Port 3 has no SIM."
        await operator.press("n")
        await operator.press("ctrl+t")
        await operator.sees("Type a number in To first.")
        await operator.types("12ab")
        await operator.press("ctrl+t")
        await operator.sees('no valid recipients: "12ab": letters can\'t be dialled')
        await operator.press(*["backspace"] * 4)
        await operator.types("10086")
        await operator.press("ctrl+t")
        await operator.sees("Type a text first.")
        await operator.types("precious words")
        await operator.press("ctrl+t")
        await operator.sees("Port 3 has no SIM.", "precious words")


async def test_esc_goes_back_and_the_draft_stays(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("4", "n")
        await operator.types("10086")
        await operator.press("escape")
        await operator.sees("AMI  gw1")
        await operator.press("3")
        await operator.sees("10086")


async def test_several_gateways_are_offered_by_name_and_no_field_is_pushed_out_of_sight(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2, size=(112, 36)) as operator:
        await operator.press("n")
        await operator.types("+4915112345678, +4915112345679, +49 151 abc")
        await operator.press("tab")
        await operator.pastes("a" * 400)
        await operator.press("tab", "right")
        await operator.sees("2 recipients", "▌aaa", "◂ gw2 ▸", "◂ AMI ▸", "3 segments", "Send ^t")


async def test_several_recipients_are_counted_priced_and_queued_as_one_batch(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.backend.snapshots = (replace(operator.backend.snapshots[0], price_per_segment=0.05, currency="EUR"),)
        await operator.press("n")
        await operator.types("10086, 10010; 10086;10 000")
        await operator.press("enter")
        await operator.types("hello")
        await operator.sees("3 recipients: 10086, 10010, 10000 · 1 twice (^l lists)")
        await operator.sees("1 segment x 3 recipients = 3 · 155 left · 0.15")
        await operator.press("ctrl+t")
        await operator.sees("Send to 3 recipients?", "1 twice", "3 in all", "0.15 EUR", "about 10 s")
        await operator.press("enter")
        await operator.sees("Batch 1: 0 of 3 sent", "no text yet")
        assert [draft.to for draft in operator.backend.submitted] == ["10086", "10010", "10000"]
        assert operator.backend.labels == ["hello"]


async def test_look_alikes_are_replaced_with_one_key_that_says_what_it_did(operator: Operator) -> None:
    await operator.press("n")
    area = operator.app.screen.query_one("#text", SegmentArea)
    area.text = "it’s – well… fine"
    await operator.sees("UCS-2 because of ’ at 3")
    await operator.press("ctrl+r")
    await operator.sees("3 replaced: ’ by ', – by -, … by ...", "GSM-7")
    assert area.text == "it's - well... fine"
    await operator.press("ctrl+r")
    await operator.sees("There is nothing to simplify.")


async def test_the_wire_form_is_shown_or_why_there_is_none(operator: Operator) -> None:
    await operator.press("n")
    await operator.types("10086")
    await operator.press("enter")
    await operator.types("hi [/x]")
    await operator.press("ctrl+o")
    await operator.sees("Raw command", '1 gsm send sync sms 1 10086 "hi [/x]" 30 0 ID', "Secrets are masked")
    await operator.press("escape")
    operator.backend.refuse_with = "Port 3 has no SIM."
    await operator.press("ctrl+o")
    await operator.sees("Port 3 has no SIM.")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello", "GSM-7 · 1 segment · 155 left"),
        ("a" * 161, "GSM-7 · 2 segments · 143 left"),
        ("я" * 71, "UCS-2 because of я at 1 · 2 segments · 63 left"),
    ],
)
def test_the_line_under_the_text(text: str, line: str) -> None:
    assert plan_line(plan(text, "ami")).plain.splitlines()[0] == line


def test_many_segments_are_cut_short_in_the_list() -> None:
    lines = segment_lines(plan("a" * 152 * 9, "ami"), 50, room=7).plain.splitlines()
    assert len(lines) == 7
    assert lines[-1].strip() == "and 3 more"


@pytest.mark.parametrize("size", [(80, 24), (112, 36), (120, 40)])
async def test_button_and_refusal_are_in_sight_however_long_the_text(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as operator:
        operator.backend.refuse_with = "Port 3 has no SIM."
        await operator.press("n")
        await operator.types("10086")
        await operator.press("enter")
        operator.app.screen.query_one("#text", SegmentArea).text = "a" * 1500
        await operator.press("ctrl+t")
        await operator.sees("Port 3 has no SIM. Choose another port.", "Send ^t", "◂ AMI ▸", "10 segments")


async def test_a_draft_is_kept_for_whom_it_was_written(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello?", number="+79161234567")
        await operator.press("n")
        await operator.types("10086")
        await operator.press("enter")
        await operator.types("secret")
        await operator.press("escape")
        await operator.sees("hello?")
        await operator.press("r")
        await operator.sees("To    +79161234567", "no text yet", "The draft to 10086 is kept: ^g lists drafts.")
        await operator.press("escape", "n")
        await operator.types("10086")
        await operator.press("enter")
        await operator.sees("secret")


async def test_enter_lists_the_ports_to_take_one(tmp_path: Path) -> None:
    async with console(tmp_path, ports=32, size=(80, 24)) as operator:
        await operator.press("n", "tab", "tab", "enter")
        await operator.sees("─ From ─", "auto: ports 1, 2", "port 13 CHINA MOBILE ● ready")
        await operator.sees("enter selects, esc cancels")
        await operator.press("G", "up", "enter", "x")
        await operator.sees("◂ port 31 CHINA MOBILE")
        await operator.press("tab", "enter", "escape")
        await operator.sees("▌x", "◂ port 31 CHINA MOBILE")


async def test_writing_again_keeps_the_draft_that_was_there(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.add_outbox(Draft("gw1", "10086", "old words", 4, Via.HTTP), 1).result()
        await operator.press("n")
        await operator.types("10086")
        await operator.press("enter")
        await operator.types("precious")
        await operator.press("escape")
        await operator.sees("old words")
        await operator.press("5", "e")
        await operator.sees("▌old words", "port 4", "◂ HTTP ▸", "The draft to 10086 is kept: ^g lists drafts.")
        await operator.press("escape", "n")
        await operator.types("10086")
        await operator.press("enter")
        await operator.sees("▌old words")


async def test_of_several_all_are_queued_or_none_and_then_the_form_stays_whole(operator: Operator) -> None:
    operator.backend.refuse_number = "222"
    await operator.press("n")
    await operator.types("111,222")
    await operator.press("enter")
    await operator.types("hi")
    await operator.press("ctrl+t")
    await operator.sees("Send to 2 recipients?")
    await operator.press("enter")
    await operator.sees("Port 3 has no SIM. Choose another port.", "To    111,222", "▌hi")
    assert operator.backend.submitted == []
