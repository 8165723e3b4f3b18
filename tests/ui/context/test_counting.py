"""Counting what a list shows, and the way to the rows of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, Evidence
from console.ui.context.counting import CountScreen
from tests.support.backend import NOON
from tests.support.hostile import FORBIDDEN_TEXT, NASTY
from tests.support.messages import draft
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_from_how_often_a_value_occurs_to_its_rows(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for text, number, port in (("one", "DHL", 1), ("two", "DHL", 2), ("three", f"x{NASTY}", 2)):
            operator.receives(text, number, port)
        await operator.sees("one", "two", "three")
        await operator.press("number_sign")
        await operator.until(lambda: isinstance(operator.app.screen, CountScreen) and operator.app.screen.is_ready)
        await operator.says("by from")
        await operator.sees("Inbox by from", "2 values in 3 messages", "67%", "DHL")
        assert not FORBIDDEN_TEXT.search(operator.screen)
        await operator.press("home", "enter")
        await operator.sees("Inbox  2 of 3", "from:DHL")
        await operator.says("count port")
        await operator.sees("Inbox by port", "2 values in 2 messages", "from:DHL")
        await operator.press("escape")
        message = operator.store.add_outbox(draft(), 1).result(10)
        failed = Evidence(message.id, 1, NOON, DeliveryState.FAILED, "console", "+CMS ERROR: 38")
        operator.store.add_evidence(failed).result(10)
        operator.store.add_outbox(draft(), 1).result(10)
        await operator.press("5")
        await operator.says("count batch")
        await operator.sees("Outbox by batch", "none", "2 messages")
        await operator.press("enter")
        await operator.sees("There is no search for those without one.")
        await operator.says("by state")
        await operator.sees("Outbox by state", "failed", "queued", "50%")
        await operator.press("home", "enter")
        await operator.sees("state:failed", "1 of 2")
