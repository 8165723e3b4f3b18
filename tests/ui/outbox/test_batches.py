from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.sending import BatchState
from console.ui.outbox.batch import BatchScreen
from console.ui.outbox.batches import BatchesScreen
from tests.support.operator import Operator, console
from tests.support.outbox import add_batch, come_to

if TYPE_CHECKING:
    from pathlib import Path

MIXED = [S.SENT, S.FAILED, S.UNKNOWN, S.FAILED, S.QUEUED, S.QUEUED]


async def open_batches(operator: Operator) -> None:
    await operator.press("5", "b")
    await operator.until(lambda: isinstance(operator.app.screen, BatchesScreen))


async def test_the_newest_are_listed_and_the_one_under_the_cursor_in_full(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        add_batch(operator.store, [S.SENT] * 3, label="first [/x]\x1b[2J")
        add_batch(operator.store, MIXED, label="second")
        await open_batches(operator)
        await operator.sees("▶ running", "4 of 6", "✗ 2 failed  ? 1 unknown", "✓ done", "3 of 3  first [/x]␛[2J")
        await operator.sees(
            "batch 2 ▶ running", "✓ 1 sent  ✗ 2 failed  ? 1 unknown  · 2 left", "by alice from 192.0.2.7"
        )
        await operator.press("down")
        await operator.sees("batch 1 ✓ done")
        await operator.press("escape")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)


async def test_there_may_be_none(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await open_batches(operator)
        await operator.sees("No batch yet.")
        await operator.press("space", "x", "e", "enter", "b")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)


async def test_space_lets_the_rest_wait_and_go_on(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, MIXED)
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("space")
        await operator.sees("Batch 1 is paused.", "Ⅱ paused")
        assert operator.store.sending.batch_state(batch) is BatchState.PAUSED
        await operator.press("space")
        await operator.sees("Batch 1 goes on.", "▶ running")
        assert operator.store.sending.batch_state(batch) is BatchState.RUNNING


async def test_x_calls_off_the_rest_once_that_is_confirmed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, MIXED)
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("x")
        await operator.sees("Call off the rest of batch 1: 2 of 6 messages?")
        await operator.press("y")
        await operator.sees("The rest of batch 1 is called off.", "– called off", "– 2 cancelled")
        assert operator.store.sending.messages_of(batch, S.CANCELLED) == [5, 6]
        assert operator.store.sending.messages_of(batch, S.FAILED) == [2, 4]


async def test_nothing_is_left_to_decide_of_one_that_is_done(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, [S.SENT])
        await open_batches(operator)
        await operator.sees("1 of 1")
        await operator.press("space", "x")
        await operator.sees("Nothing of batch 1 waits to leave.")
        assert operator.store.sending.batch_state(batch) is BatchState.RUNNING


async def test_enter_names_those_that_failed_and_those_nobody_knows_of_apart(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        add_batch(operator.store, MIXED)
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("enter")
        await operator.sees("✗ 2 failed ", "+49151001", "+49151003", "? 1 unknown ", "+49151002", "· 2 left")
        shown = [line for line in operator.lines if "+49151" in line]
        assert [line.split()[4] for line in shown] == ["+49151001", "+49151003", "+49151002"]
        await operator.press("enter")  # a heading opens nothing
        assert isinstance(operator.app.screen, BatchScreen)
        await operator.press("down", "enter")
        await operator.sees("╭─ Message 2 ")


async def test_what_comes_to_be_known_appears(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        add_batch(operator.store, MIXED)
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, BatchScreen))
        await operator.sees("✗ 2 failed ")
        come_to(operator.store, 5, S.FAILED, "no network")
        await operator.sees("✗ 3 failed ", "no network")


async def test_those_that_failed_go_to_the_form_and_no_unknown_one(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        add_batch(operator.store, MIXED, texts=["the office is closed"])
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("e")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)
        await operator.sees("+49151001, +49151003", "the office is closed")
        await operator.press("ctrl+t")
        await operator.until(lambda: len(operator.app.screen_stack) > 1 or bool(operator.backend.submitted))
        if not operator.backend.submitted:
            await operator.press("enter")
        await operator.until(lambda: len(operator.backend.submitted) == 2)
        assert [(again.to, again.port) for again in operator.backend.submitted] == [("+49151001", 3), ("+49151003", 3)]


async def test_an_unknown_one_goes_to_the_form_by_itself_with_its_warning(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        add_batch(operator.store, [S.UNKNOWN])
        await open_batches(operator)
        await operator.sees("1 of 1")
        await operator.press("e")
        await operator.sees("None of batch 1 failed.", "by itself")
        await operator.press("enter")
        await operator.sees("+49151000")
        await operator.press("down", "enter", "e")
        await operator.sees("Message 1 may already have been sent")
        assert len(operator.app.screen_stack) == 1


async def test_failed_ones_of_different_texts_are_no_one_draft(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        add_batch(operator.store, [S.FAILED, S.FAILED], texts=["Dear Ann", "Dear Bob"])
        await open_batches(operator)
        await operator.sees("2 of 2")
        await operator.press("enter")
        await operator.until(lambda: isinstance(operator.app.screen, BatchScreen))
        await operator.press("e")
        await operator.sees("have texts of their own")
        assert isinstance(operator.app.screen, BatchScreen)


async def test_who_may_change_nothing_pauses_and_calls_off_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, MIXED)
        operator.backend.read_only_because = "bob only looks"
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("space", "x")
        await operator.sees("Read only: bob only looks")
        assert operator.store.sending.batch_state(batch) is BatchState.RUNNING
        assert isinstance(operator.app.screen, BatchesScreen)
