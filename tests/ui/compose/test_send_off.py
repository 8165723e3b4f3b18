from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config.records import SendingConfig
from console.domain.messages import DeliveryState
from console.domain.sending import Remark
from console.errors import CannotSend
from console.ui.compose.pane import ComposePane
from console.ui.compose.send_off import trouble_told
from tests.support.backend import OPERATOR
from tests.support.messages import draft
from tests.support.operator import Operator, console
from tests.support.outbox import come_to
from tests.support.settling import settled

if TYPE_CHECKING:
    from pathlib import Path


AGAIN = Remark("repetition", "The same text was sent to this number 2 minutes ago: message 7 is sent [/x].")


async def write(operator: Operator, to: str, text: str = "hi") -> None:
    """The form filled in by keys, as far as Send."""
    await operator.press("n")
    await operator.types(to)
    await operator.press("enter")
    await operator.types(text)


async def test_one_recipient_with_nothing_to_remark_goes_at_once(operator: Operator) -> None:
    await write(operator, "10086, 10086")
    await operator.press("ctrl+t")
    await operator.until(lambda: len(operator.backend.submitted) == 1)
    await operator.sees("Message 1 to 10086: · queued", "no text yet", "numbers or names")


async def test_one_recipient_with_a_remark_is_asked_about_and_enter_does_not_send(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.backend.to_remark = (AGAIN,)
        await write(operator, "10086")
        await operator.press("ctrl+t")
        await operator.sees("Send to 1 recipient?", "! repetition: The same text", "message 7 is sent [/x].")
        await operator.press("enter")
        await operator.sees("Not sent yet: y sends anyway, esc goes back.")
        await operator.press("escape")
        await operator.sees("To    10086", "▌hi")
        assert operator.backend.submitted == []
        await operator.press("ctrl+t")
        await operator.sees("y sends anyway")
        await operator.press("y")
        await operator.until(lambda: len(operator.backend.submitted) == 1)
        await operator.sees("no text yet")


async def test_a_guess_and_a_field_that_nothing_fills_need_a_yes(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Who;Reach\nAnna;13632919026\nBert;13800138000\n", encoding="utf-8")
    async with console(tmp_path) as operator:
        await write(operator, "10086", "Dear {name}")
        await operator.press("ctrl+t")
        await operator.sees("Send to 1 recipient?", "! field: {name} will be sent as it is", "y sends anyway")
        await operator.press("enter", "escape")
        operator.app.screen.query_one(ComposePane).form.fill(f"@{tmp_path}/list.csv", "hi")
        await operator.press("ctrl+t")
        await operator.sees("! guess: Numbers were read from Reach", "y sends anyway")
        assert operator.backend.submitted == []
        await operator.press("y")
        await operator.until(lambda: len(operator.backend.submitted) == 2)


async def test_of_several_who_opted_out_gets_nothing_unless_the_operator_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.opt_outs.set("+8613632919026", "bob").result(10)
        await write(operator, "+8613632919026, 10086")
        await operator.press("ctrl+t")
        await operator.sees("Send to 1 recipient?", "1 recipient: 10086", "1 opted out: +8613632919026 (o includes it)")
        await operator.press("o")
        await operator.sees("Send to 2 recipients?", "2 recipients: +8613632919026, 10086")
        await operator.press("escape")
        await operator.sees("▌hi")
        assert operator.backend.submitted == []
        await operator.press("ctrl+t")
        await operator.sees("Send to 1 recipient?")
        await operator.press("enter")
        await operator.sees("Message 1 to 10086: · queued", "1 left out: +8613632919026.")
        assert [each.to for each in operator.backend.submitted] == ["10086"]


async def test_y_is_not_asked_for_where_nothing_was_remarked(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await write(operator, "10086, 10010")
        await operator.press("ctrl+t")
        await operator.sees("enter sends")
        await operator.press("y")
        await settled(operator.app)
        assert operator.backend.submitted == []
        await operator.press("enter")
        await operator.sees("Batch 1: 0 of 2 sent")


async def test_above_the_limit_the_number_is_typed(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), sending=SendingConfig(confirm_above=2)) as operator:
        await write(operator, "10086,10010,10000")
        await operator.press("ctrl+t")
        await operator.sees("Type 3 to confirm")
        await operator.press("enter")
        await operator.sees("Not sent yet: type 3 first, the number of recipients.")
        await operator.press("a", "4", "enter", "backspace", "3")
        assert operator.backend.submitted == []
        await operator.press("enter")
        await operator.sees("Batch 1: 0 of 3 sent")


async def test_with_remarks_and_many_both_are_asked_for(tmp_path: Path) -> None:
    async with console(tmp_path, sending=SendingConfig(confirm_above=1)) as operator:
        operator.backend.to_remark = (AGAIN,)
        await write(operator, "10086,10010")
        await operator.press("ctrl+t")
        await operator.sees("! repetition: 1 of 2: The same text")
        await operator.press("y")
        await operator.sees("Not sent yet: type 2 first")
        await operator.press("2", "enter")
        await operator.sees("Not sent yet: y sends anyway")
        await operator.press("y")
        await operator.sees("Batch 1: 0 of 2 sent")


async def test_going_back_leaves_the_draft_untouched(operator: Operator) -> None:
    await write(operator, "10086, 10010; abc", "words")
    before = operator.app.screen.query_one(ComposePane).form.letter
    await operator.press("ctrl+t")
    await operator.sees("Send to 2 recipients?", '1 refused: "abc": letters can\'t be dialled')
    await operator.press("escape")
    await operator.sees("▌words")
    assert operator.app.screen.query_one(ComposePane).form.letter == before
    assert operator.backend.submitted == []


async def test_one_recipient_beside_a_refused_entry_is_asked_about(operator: Operator) -> None:
    await write(operator, "10086, abc")
    await operator.press("ctrl+t")
    await operator.sees("Send to 1 recipient?", "1 refused")
    await operator.press("enter")
    await operator.sees("Message 1 to 10086: · queued  1 left out: abc.", "numbers or names")
    assert [draft.to for draft in operator.backend.submitted] == ["10086"]


async def test_a_file_is_sent_with_each_their_own_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("number,name\n10086,Anna\n10010,Bert\nabc,Carl\n", encoding="utf-8")
    async with console(tmp_path) as operator:
        await write(operator, "@list.csv", "Dear {name}")
        await operator.press("ctrl+t")
        await operator.sees("list.csv, 2 recipients", "First text", "Dear Anna", "1 refused: line 4")
        await operator.press("enter")
        await operator.sees("Batch 1: 0 of 2 sent  1 left out: abc.", "numbers or names")
        assert [(draft.to, draft.text) for draft in operator.backend.submitted] == [
            ("10086", "Dear Anna"),
            ("10010", "Dear Bert"),
        ]
        assert operator.backend.labels == ["list.csv"]


async def test_a_field_that_one_recipient_lacks_stops_all_before_anything_is_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("number,name\n10086,Anna\n10010,\n", encoding="utf-8")
    async with console(tmp_path) as operator:
        await write(operator, "@list.csv", "Dear {name}")
        await operator.press("ctrl+t")
        await operator.until(lambda: operator.screen.count("The field {name} is blank for 10010.") == 2)
        await operator.sees("▌Dear {name}")
        assert operator.backend.submitted == []


async def test_send_waits_for_a_file_that_is_still_being_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("10086\n10010\n", encoding="utf-8")
    async with console(tmp_path) as operator:
        await operator.press("3")
        form = operator.app.screen.query_one(ComposePane).form
        form.fill(f"@{tmp_path}/list.csv", "hi")
        await operator.press("ctrl+t")
        await operator.sees("Send to 2 recipients?")


def test_why_nothing_was_queued_is_said_with_what_to_do() -> None:
    said: list[str] = []

    def queue() -> None:
        raise CannotSend("Port 3 is down.", hint="Choose another.")

    with trouble_told(said.append):
        queue()
    assert said == ["Port 3 is down. Choose another."]


def test_an_error_nobody_expected_is_said_too_and_goes_on() -> None:
    said: list[str] = []
    nothing: dict[str, int] = {}
    with pytest.raises(KeyError), trouble_told(said.append):
        nothing.pop("x")
    assert said == ["KeyError: check the outbox before you send again."]


async def test_what_a_colleague_sent_while_it_was_asked_about_is_looked_at_first(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("5")
        operator.store.add_outbox(draft(to="10086"), 1, operator=OPERATOR).result()
        come_to(operator.store, 1, DeliveryState.UNKNOWN, "no answer")
        await operator.sees("? unknown")
        await operator.press("e")
        await operator.sees("Message 1 may already have been sent")
        operator.backend.to_remark = (Remark("sent again", "Message 1 may already have been sent: no answer"),)
        await operator.press("ctrl+t")
        await operator.sees("! sent again: Message 1 may already", "y sends anyway")
        theirs = replace(draft(to="10086"), again_of=1)
        operator.store.add_outbox(theirs, 1, operator="bob from 192.0.2.9").result()
        await operator.press("y")
        await operator.sees("bob already sent message 1 again, as message 2.")
        assert operator.store.outbox_count() == 2
        await operator.press("escape", "5", "down", "e")
        await operator.sees("Message 1 was already sent again as message 2, queued: resend that")
        await operator.press("F")
        await operator.sees("Nothing matches")
        await operator.press("F", "F")
