from __future__ import annotations

from typing import TYPE_CHECKING

from console.config.records import SendingConfig
from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.ui.compose.pane import ComposePane
from tests.support.backend import NOON
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


def unknown(operator: Operator, to: str = "10086") -> OutboxMessage:
    message = operator.store.add_outbox(Draft("gw1", to, "old words", 4, Via.HTTP), 1).result()
    for state in (DeliveryState.SUBMITTING, DeliveryState.UNKNOWN):
        step = Evidence(message.id, 1, NOON, state, "http answer", "no answer in 40 s [/x]")
        message = operator.store.add_evidence(step).result()
    return message


async def test_sending_again_warns_from_the_start_and_says_which_message_it_was(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        message = unknown(operator)
        await operator.press("5")
        await operator.sees("unknown")
        await operator.press("e")
        await operator.sees(f"! Message {message.id} may already have been sent: no answer in 40 s [/x]", "▌old words")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted == [Draft("gw1", "10086", "old words", 4, Via.HTTP, again_of=message.id)]
        await operator.sees("no text yet")
        assert "may already have been sent" not in operator.screen


async def test_to_another_number_it_is_not_the_same_message_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        pane = operator.app.screen.query_one(ComposePane)
        await operator.press("3")
        pane.write_again(unknown(operator))
        await operator.sees("may already have been sent")
        pane.form.recipients.value = "10010"
        await operator.until(lambda: "may already have been sent" not in operator.screen)
        assert pane.form.letter.drafts()[0].again_of is None


async def test_several_go_again_as_one_list(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        messages = [unknown(operator, to) for to in ("10086", "10010")]
        await operator.press("3")
        operator.app.screen.query_one(ComposePane).write_again(*messages)
        await operator.sees("2 recipients: 10086, 10010", "And 1 more.")
        drafts = operator.app.screen.query_one(ComposePane).form.letter.drafts()
        assert [draft.again_of for draft in drafts] == [message.id for message in messages]


async def test_a_new_message_is_not_an_earlier_one_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("3")
        form = operator.app.screen.query_one(ComposePane).form
        form.write_again(unknown(operator))
        form.start_anew()
        form.write_to("10086")
        assert form.letter.again == {}


async def test_a_set_of_ports_is_chosen_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        from dataclasses import replace

        first = operator.backend.snapshots[0]
        operator.backend.snapshots = (replace(first, port_sets=(("night", "2 > 1"),)),)
        draft = Draft("gw1", "10086", "old words", None, Via.AMI, pool="night")
        message = operator.store.add_outbox(draft, 1).result()
        await operator.press("3")
        operator.app.screen.query_one(ComposePane).write_again(message)
        await operator.sees("◂ night: 2 > 1 ▸")


async def test_a_template_and_simple_letters_take_the_place_of_a_text_that_undo_brings_back(tmp_path: Path) -> None:
    rules = SendingConfig(templates={"closed": "We are closed today.\nSorry.", "hello": "Dear {name}"})
    async with console(tmp_path, size=(80, 24), sending=rules) as operator:
        await operator.press("n")
        await operator.types("10086")
        await operator.press("tab")
        await operator.types("precious – {x}")
        await operator.press("ctrl+y")
        await operator.sees("Templates", "closed", "We are closed today.")
        await operator.press("down", "enter")
        await operator.sees("▌Dear {name}", "✗ {name} has no value")
        await operator.press("ctrl+z")
        await operator.sees("▌precious – {x}", "{x} will be sent as it is")
        await operator.press("ctrl+r")
        await operator.sees("▌precious - {x}", "1 replaced")
        await operator.press("ctrl+z")
        await operator.sees("▌precious – {x}")


async def test_without_templates_the_key_says_where_to_write_them(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n", "ctrl+y")
        await operator.sees("under [templates]")


async def test_a_template_whose_field_nobody_fills_is_not_sent(tmp_path: Path) -> None:
    rules = SendingConfig(templates={"hello": "Dear {name}"})
    async with console(tmp_path, sending=rules) as operator:
        await operator.press("n")
        await operator.types("10086")
        await operator.press("enter", "ctrl+y")
        await operator.sees("Dear {name}")
        await operator.press("enter")
        await operator.sees("✗ {name} has no value")
        await operator.press("ctrl+t")
        await operator.until(lambda: operator.screen.count("{name} has no value") == 2)
        assert operator.backend.submitted == []


async def test_a_text_typed_after_a_template_was_removed_has_no_fields(tmp_path: Path) -> None:
    rules = SendingConfig(templates={"hello": "Dear {name}"})
    async with console(tmp_path, sending=rules) as operator:
        await operator.press("n")
        form = operator.app.screen.query_one(ComposePane).form
        form.take_template("Dear {name}")
        assert form.letter.is_template
        form.area.text = ""
        await operator.until(lambda: not form.letter.is_template)
