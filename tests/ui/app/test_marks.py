"""Rows are marked in every list that has acts, and these are done to all of them: to what the question names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.errors import OutcomeUnknown
from console.ui.inbox.list import InboxList
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.outbox.pane import OutboxList
from console.ui.outbox.resend import ResendScreen
from console.ui.ports.grid import PortGrid
from tests.support.alarms import NO_SIM
from tests.support.backend import OPERATOR
from tests.support.messages import draft
from tests.support.operator import console
from tests.support.outbox import add_batch, come_to

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tests.support.operator import Operator

BOB = "bob from 192.0.2.8"


async def test_a_walk_through_the_four_lists(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await _inbox(operator)
        await _outbox(operator)
        await _ports(operator)
        await _alarms(operator)


def marked(operator: Operator, rows: type[InboxList | OutboxList | PortGrid]) -> list[object]:
    return sorted(operator.app.screen.query_one(rows).marks.keys)


def claims(operator: Operator, *entries: int) -> list[str]:
    found = operator.store.claims.of(entries)
    return [("✓" if (it := found[entry]).done_by else "@") + it.operator if entry in found else "" for entry in entries]


async def asked(operator: Operator, *words: str) -> None:
    await operator.until(lambda: isinstance(operator.app.screen, ConfirmScreen), "a question")
    screen = operator.app.screen
    assert isinstance(screen, ConfirmScreen)
    assert all(each in screen._words for each in words), screen._words


async def _inbox(operator: Operator) -> None:
    first, second, third, fourth = (operator.receives(f"text {number}") for number in range(4))
    await operator.sees("text 3", "text 0")
    # A mark is on the message, whatever comes in above it.
    await operator.press("space", "space")
    fifth = operator.receives("text 4")
    await operator.sees("2 marked", "text 4")
    assert marked(operator, InboxList) == [third, fourth]
    assert "▪" in operator.line_with("text 3")
    assert "▪" not in operator.line_with("text 4")
    await operator.press("down", "minus")
    await operator.sees("4 marked", "Claim 4", "Done 4")
    # Nobody's, and then a colleague's: that is asked about, and the number is named.
    operator.store.claims.claim(first, BOB).result()
    await operator.sees("@bob")
    await operator.press("d")
    await asked(operator, "Mark 4 messages as done?", "1 of them is claimed or done by bob.")
    await operator.press("enter")
    assert claims(operator, first, second, third, fourth) == [f"@{BOB}", "", "", ""]
    await operator.press("end", "space")
    await operator.sees("3 marked")
    await operator.press("d")
    await operator.sees("3 messages done. U undoes that.")
    await operator.press("d")
    await operator.sees("Nothing to do: 3 done already.")
    assert claims(operator, second, third, fourth, fifth) == [*[f"✓{OPERATOR}"] * 3, ""]
    await operator.press("U")
    await operator.until(lambda: claims(operator, second, third, fourth) == ["", "", ""], "undone")
    await operator.press("A")
    await operator.sees("3 messages marked as read")
    assert [message.read for message in operator.store.inbox_messages([first, second, fifth])] == [False, True, False]
    # While it is typed marks wait; what the search does not show is not marked then, and does not come back.
    await operator.press("slash")
    await operator.types("nothing")
    await operator.sees("Nothing matches")
    await operator.press("escape")
    await operator.sees("3 marked")
    await operator.press("slash")
    await operator.types('"text 2"')
    await operator.press("enter")
    await operator.sees("1 marked", "1 of 5")
    assert marked(operator, InboxList) == [third]
    # Marks go before the search does.
    await operator.press("escape")
    await operator.until(lambda: "marked" not in operator.screen and "1 of 5" in operator.screen)
    await operator.press("escape")
    await operator.until(lambda: "1 of 5" not in operator.screen)
    await operator.press("colon")
    await operator.types("mark all")
    await operator.press("enter")
    await operator.sees("5 marked")
    await operator.press("w")
    await operator.sees("Write 5 messages to", "-to-message-5.txt")
    await operator.press("escape", "escape")
    await operator.until(lambda: "marked" not in operator.screen)


async def _outbox(operator: Operator) -> None:
    store = operator.store
    add_batch(store, [S.FAILED, S.UNKNOWN, S.UNKNOWN, S.DELIVERED, S.QUEUED, S.QUEUED])
    failed, unknown, later, _, queued, left = range(1, 7)
    await operator.press("5")
    await operator.sees("+49151005")
    await operator.press("plus")
    await operator.sees("6 marked", "Resend 6")
    # One that left meanwhile is not cancelled, and that is told.
    await operator.press("x")
    await asked(operator, "Cancel 2 messages to +49151004 and +49151005?", "Left out: 1 failed, 2 unknown")
    come_to(store, left, S.SENT)
    await operator.press("y")
    await operator.sees("1 message cancelled. 1 could not be: it had already been sent.")
    assert store.outbox.messages([queued])[0].state is S.CANCELLED
    # Of the unknown ones the same is said of all.
    await operator.press("S")
    await operator.sees("Outcome of 2 unknown messages", "To +49151001 and +49151002.")
    await operator.press("3")
    await asked(operator, "Mark 2 unknown messages to +49151001 and +49151002: they were not sent?")
    come_to(store, later, S.DELIVERED)
    await operator.press("y")
    await operator.sees("1 message marked as failed.", "1 could not be:")
    assert [message.state for message in store.outbox.messages([unknown, later])] == [S.FAILED, S.DELIVERED]
    # What got there is left out of what is sent again, and that is said; twice is nothing sent again.
    await operator.press("e")
    await operator.until(lambda: isinstance(operator.app.screen, ResendScreen), "the summary")
    await operator.sees("Send again to 3 recipients of the 6 marked messages?", "2 failed, 1 cancelled")
    await operator.sees("2 delivered, 1 sent")
    await operator.press("enter")
    await operator.sees("3 messages queued again")
    assert {each.again_of for each in operator.backend.submitted} == {failed, unknown, queued}
    await operator.press("e")
    await operator.sees("Nothing to send again in the 6 marked messages.")
    assert len(operator.backend.submitted) == 3
    # The marks are where they were, though three rows came above.
    assert marked(operator, OutboxList) == [1, 2, 3, 4, 5, 6]
    await operator.press("g")
    store.add_outbox(draft(to="+49160"), 1).result()
    await operator.sees("+49160", "6 marked")
    assert "▪" not in operator.line_with("+49160")
    await operator.press("escape")


async def _ports(operator: Operator) -> None:
    backend = operator.backend
    await operator.press("2", "home", "space", "down", "space")
    await operator.sees("2 marked")
    keys = marked(operator, PortGrid)
    assert keys == [("gw1", 1), ("gw1", 4)]
    # In another order the same ports are marked.
    await operator.press("s", "s")
    await operator.sees("weakest first")
    assert marked(operator, PortGrid) == keys
    await operator.press("p", "1")
    await asked(operator, "Reset 2 ports: gw1 1 and 4?")
    await operator.press("enter")
    assert backend.acts == []
    backend.held = []
    await operator.press("p", "1")
    await asked(operator, "Reset 2 ports: gw1 1 and 4?")
    await operator.press("y")
    for answer in ("Power reset span 1", OutcomeUnknown("UNKNOWN whether it was done", hint="Look at the port.")):
        await operator.until(lambda: bool(backend.held), "the next port")
        held: Future[str] = backend.held.pop()
        if isinstance(answer, str):
            held.set_result(answer)
        else:
            held.set_exception(answer)
    await operator.sees("Power reset: 1 of 2 ports", "gw1 port 1: Power reset span 1", "gw1 port 4: ? UNKNOWN whether")
    assert backend.acts == [("power", "gw1", 1, "reset"), ("power", "gw1", 4, "reset")]
    await operator.press("escape", "X")
    await asked(operator, "Lock 2 ports: gw1 1 and 4 out of auto and port sets?")
    await operator.press("y")
    await operator.until(lambda: operator.store.port_notes.locked_out("gw1") == {1, 4}, "left out")
    await operator.press("U")
    await operator.sees("2 ports are as they were.")
    assert operator.store.port_notes.locked_out("gw1") == set()
    # A port that is named by a command is that one alone.
    await operator.press("colon")
    await operator.types("reset 5")
    await operator.press("enter")
    await asked(operator, "Reset gw1 port 5")
    await operator.press("n", "escape")
    await operator.until(lambda: "marked" not in operator.screen)


async def _alarms(operator: Operator) -> None:
    alarms = operator.store.alarms
    for port in range(1, 9):
        alarms.raise_(replace(NO_SIM, port=port)).result()
    alarms.acknowledge([1], BOB).result()
    alarms.clear(2).result()
    await operator.press("l")
    await operator.sees("7 active", "1 over")
    await operator.press("plus", "a")
    await asked(operator, "Acknowledge 6 alarms?", "Left out: 1 acknowledged already, 1 over.")
    await operator.press("n", "escape")
    await operator.until(lambda: "marked" not in operator.screen and "7 active" in operator.screen)
    await operator.press("home", "space", "space")
    await operator.sees("2 marked", "Acknowledge 2")
    alarms.raise_(replace(NO_SIM, port=9)).result()
    await operator.sees("8 active")
    await operator.press("a")
    await operator.sees("2 alarms acknowledged.")
    assert {alarm.port for alarm in alarms.open() if alarm.acknowledged_by == OPERATOR} == {8, 7}
