from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import OutboxMessage
from console.domain.sending import BatchState, Decided, Remark
from console.ui.compose.summary import count_to_type
from console.ui.kit.marks import share
from console.ui.outbox.batches import BatchesScreen
from console.ui.outbox.decisions import decided_words
from console.ui.outbox.resend import Chosen, Resend
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.operator import Operator, console
from tests.support.outbox import add_batch, come_to

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = OutboxMessage(1, NOON, NOON, draft(), S.FAILED, (S.FAILED,), "")
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
        await operator.press("P", "x", "e", "w", "enter", "b")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)


async def test_a_batch_is_paused_goes_on_and_is_called_off_in_its_own_view_as_in_the_list(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        store = operator.store
        batch = add_batch(store, [S.SENT, S.FAILED, S.SUBMITTING, S.SUBMITTING, *[S.QUEUED] * 8])
        await open_batches(operator)
        await operator.sees("2 of 12", "P Pause")
        await operator.press("P")
        await operator.sees("Batch 1 is paused; 2 more are already on their way.", "Ⅱ paused", "P Resume")
        assert store.sending.batch_state(batch) is BatchState.PAUSED
        await operator.press("enter")
        await operator.sees("✗ 1 failed ", "+49151001", "→ 2 sending ", "· 8 queued ", "P Resume")
        await operator.press("enter")
        await operator.sees("This is a heading")
        await operator.press("P")
        await operator.sees("Batch 1 is resumed.", "▶ running", "P Pause")
        await operator.press("x")
        await operator.sees("Cancel the rest of batch 1: 8 of 12 messages?")
        await operator.press("y")
        await operator.sees("Batch 1: 8 cancelled, 2 were on their way.", "– cancelled", "– 8 cancelled ")
        await operator.press("x")
        await operator.sees("Batch 1 has no messages left to send.")
        assert len(store.sending.messages_of(batch, S.CANCELLED)) == 8


@pytest.mark.parametrize(
    ("wanted", "decided", "words"),
    [
        (BatchState.PAUSED, Decided(BatchState.PAUSED, 0, 0), "Batch 7 is paused."),
        (BatchState.PAUSED, Decided(BatchState.PAUSED, 0, 1), "Batch 7 is paused; 1 more is already on its way."),
        (BatchState.PAUSED, Decided(BatchState.CANCELLED, 0, 0), "Batch 7 was already cancelled."),
        (BatchState.CANCELLED, Decided(BatchState.CANCELLED, 8, 2), "Batch 7: 8 cancelled, 2 were on their way."),
        (BatchState.CANCELLED, Decided(BatchState.CANCELLED, 0, 1), "Batch 7: 0 cancelled, 1 was on its way."),
        (BatchState.RUNNING, Decided(BatchState.RUNNING, 0, 3), "Batch 7 is resumed."),
    ],
)
def test_what_a_decision_came_to(wanted: BatchState, decided: Decided, words: str) -> None:
    assert decided_words(7, wanted, decided) == words


async def test_who_got_it_is_a_list_that_stays_true_and_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with console(tmp_path, size=(80, 24)) as operator:
        add_batch(operator.store, MIXED)
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("enter")
        await operator.sees("✗ 2 failed ", "+49151001", "+49151003", "? 1 unknown ", "+49151002", "· 2 left")
        shown = [line for line in operator.lines if "+49151" in line]
        assert [line.split()[4] for line in shown] == [f"+4915100{number}" for number in (1, 3, 2, 4, 5, 0)]
        come_to(operator.store, 5, S.FAILED, "no network")
        await operator.sees("✗ 3 failed ", "no network")
        await operator.press("w")
        await operator.sees("Write the recipients to")
        await operator.press("enter")
        await operator.sees("Batch 1: 6 rows written to")
        rows = list(csv.DictReader((tmp_path / "batch-1.csv").read_text().splitlines()))
        assert [(row["number"], row["state"]) for row in rows][3:5] == [
            ("+49151003", "failed"),
            ("+49151004", "failed"),
        ]
        await operator.press("w")
        await operator.sees("Write the recipients to")
        await operator.press("ctrl+u")
        await operator.types("who.json")
        await operator.press("enter")
        await operator.until(lambda: (tmp_path / "who.json").exists())
        await operator.press("down", "enter")
        await operator.sees("╭─ Message 2 ")
        await operator.press("e")
        await operator.until(lambda: len(operator.app.screen_stack) == 1)
        await operator.sees("To    +49151001")


async def test_who_did_not_get_it_is_sent_again_in_one_summary_each_with_a_text_of_their_own(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        states = [S.SENT, S.FAILED, S.UNKNOWN, S.CANCELLED, S.UNKNOWN]
        batch = add_batch(operator.store, states, texts=["Dear Ann", "Dear Bob", "Dear Cleo"])
        operator.store.sending.set_batch(batch, BatchState.CANCELLED, "bob").result()
        await open_batches(operator)
        await operator.sees("5 of 5")
        await operator.press("enter", "e")
        await operator.sees("Send again to 2 recipients of batch 1?", "1 failed, 1 cancelled", "First text", "Dear Bob")
        await operator.sees("2 may have arrived: excluded (u includes)", "+49151001, +49151003")
        operator.backend.to_remark = (Remark("sent again", "Message 3 may already have been sent."),) * 2
        await operator.press("u")
        await operator.sees(
            "Send again to 4 recipients of batch 1?",
            "included (u excludes)",
            "! sent again: 2 of 4: ",
            "sends anyway",
        )
        await operator.press("enter")
        await operator.sees("Not sent yet: y sends anyway")
        operator.backend.to_remark = ()
        await operator.press("u")
        await operator.sees("Send again to 2 recipients of batch 1?")
        await operator.press("f")
        await operator.sees("(f: the ports as before)", " sends ")
        await operator.press("enter")
        await operator.sees("2 messages queued again, as batch 2.")
        again = operator.backend.submitted
        assert [(one.to, one.text, one.again_of, one.port) for one in again] == [
            ("+49151001", "Dear Bob", 2, None),
            ("+49151003", "Dear Ann", 4, None),
        ]
        assert operator.backend.labels == ["again: winter.csv"]
        await operator.sees("sent again as 6 ·")
        operator.backend.to_remark = (Remark("sent again", "Message 3 may already have been sent."),) * 2
        await operator.press("e")
        await operator.sees("Send again to nobody of batch 1?", "2 may have arrived: excluded", " back ")
        await operator.press("enter")
        await operator.sees("Nothing was sent: u includes those that may have arrived.")
        await operator.press("u")
        await operator.sees("Send again to 2 recipients of batch 1?", "y sends anyway")
        # A colleague says yes to the same question first.
        operator.store.add_outbox(
            replace(again[0], to="+49151002", again_of=3), 1, operator="bob from 192.0.2.9"
        ).result()
        await operator.press("y")
        await operator.sees("bob already sent message 3 again, as message 8")
        assert operator.store.outbox_count() == 8
        operator.store.add_outbox(replace(again[0], to="+49151004", again_of=5), 1).result()
        await operator.press("e")
        await operator.sees("Nothing to send again in batch 1.")


def test_many_are_sent_again_once_their_number_is_typed_and_by_no_way_that_is_refused() -> None:
    failed = [replace(MESSAGE, id=number) for number in (1, 2, 3)]
    resend = Resend(
        "batch 7", share(failed, lambda _: ""), Chosen(), 2, trouble="Port 3 can't send: no SIM.", keys=("u", "f")
    )
    assert count_to_type(resend) == "3"
    assert ("Through", "gw1 by AMI, Port 3 can't send: no SIM. (f: any port that is ready)") in resend.facts
    assert ("Unknown", "") in resend.facts
    timed = replace(MESSAGE, draft=replace(MESSAGE.draft, not_before=NOON, not_after=NOON + 60))
    late = Resend("batch 7", share([timed], lambda _: ""), Chosen(), 2)
    assert [(draft.not_before, draft.not_after) for draft in late.drafts] == [(None, None)], "its time is past"
    assert ("When", "as soon as possible, whatever time they had") in late.facts
    auto = [replace(MESSAGE, draft=replace(MESSAGE.draft, port=None))]
    assert not Resend("batch 7", share(auto, lambda _: ""), Chosen(), 2).may_choose


async def test_who_may_change_nothing_pauses_and_calls_off_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        batch = add_batch(operator.store, MIXED)
        operator.backend.read_only_because = "bob only looks"
        await open_batches(operator)
        await operator.sees("4 of 6")
        await operator.press("P", "x", "e")
        await operator.sees("Read only: bob only looks")
        assert operator.store.sending.batch_state(batch) is BatchState.RUNNING
        assert isinstance(operator.app.screen, BatchesScreen)
