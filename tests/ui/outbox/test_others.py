"""What other programs sent, in the outbox: quieter, with their name, and nothing to be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, Draft, OutboxMessage, Via
from console.ui.outbox.message_way import whole
from console.ui.outbox.pane import OutboxList
from console.ui.rows.outbox_row import outbox_cells
from tests.support.backend import NOON
from tests.support.messages import draft, result
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

SENT = DeliveryState.SENT
BY_CRM = OutboxMessage(
    7, NOON, NOON, Draft("gw1", "+4917000001", "", None, Via.OTHERS), SENT, (SENT, SENT), "Sent", port=3, operator="CRM"
)


def test_a_line_of_it_is_quiet_and_says_who_sent_it() -> None:
    cells = outbox_cells(BY_CRM, 100, NOON)
    assert {ink for _, ink in cells} == {"quiet"}
    line = "".join(text for text, _ in cells)
    assert "sent 2/2" in line
    assert "by CRM: the gateway does not report the text" in line
    assert sum(len(text) for text, _ in outbox_cells(BY_CRM, 60, NOON)) == 60


def test_all_of_it_says_that_it_is_another_program_s() -> None:
    plain = " ".join(whole(BY_CRM, [], "460001", "").plain.split())
    assert "gw1, port 3, by another program" in plain
    assert "Sent by CRM" in plain


async def test_it_is_looked_at_filtered_and_left_alone(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.add_outbox(draft(text="ours"), 1).result()
        operator.store.add_callback("gw1", result("crm-1", number="+4917000001"), b"/sms?r").result()
        await operator.press("5")
        await operator.sees("by others: the ", "ours")
        await operator.press("g")
        for key in ("e", "i", "S", "x"):
            await operator.press(key)
            await operator.sees("was sent by another program")
            operator.app.clear_notifications()
        await operator.press("enter")
        await operator.sees("by another program", "id crm-1: not ours")
        await operator.press("escape")
        rows = operator.app.screen.query_one(OutboxList)
        await operator.press("slash")
        await operator.types("is:foreign")
        await operator.until(lambda: rows.count == 1)
        await operator.press("enter", "F", "F", "F")
        await operator.sees("/is:foreign")
        await operator.press("slash", "escape")
        await operator.until(lambda: rows.count == 1)
        await operator.sees("ours")
        await operator.press("F")
        await operator.sees("foreign", "by others")
        await operator.press("F")
        await operator.until(lambda: rows.count == 2)
