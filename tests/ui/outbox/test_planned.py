"""A message for later: written with its time, seen waiting, put off, and written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState
from console.protocol.rules.timing import Now
from console.protocol.text.time_words import spoken
from console.ui.compose.summary import SummaryScreen
from tests.support.backend import NOON
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600.0
NUMBER = "+4915112345678"


async def test_a_message_for_later(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as operator:
        await operator.press("n")
        await operator.types(NUMBER)
        await operator.press("tab")
        await operator.types("good morning")
        await operator.press("ctrl+n")
        await operator.sees("When should it be sent?")
        await operator.types("yesterday 8:00")
        await operator.press("enter")
        await operator.sees("✗ 'yesterday 8:00' is past.")
        await operator.press("ctrl+u")
        begin, end = spoken(NOON + 2 * HOUR, NOON), spoken(NOON + 6 * HOUR, NOON)
        await operator.types(f"{begin} until 4h")
        await operator.press("enter")
        await operator.sees(f"◷ {begin}, not after {end}")

        await operator.press("ctrl+t")
        await operator.until(lambda: isinstance(operator.app.screen, SummaryScreen))
        await operator.sees("any port that is ready then", f"{begin}, not after {end}")
        await operator.press("enter")
        await operator.sees("◷ planned")
        (message,) = operator.store.planned.waiting()
        assert (message.draft.not_before, message.draft.not_after) == (NOON + 2 * HOUR, NOON + 6 * HOUR)

        await operator.press("escape", "5")
        await operator.sees("◷ in 1h59m")
        await operator.says("when")
        await operator.sees(f"{begin} until {end}")
        await operator.press("ctrl+u")
        await operator.types(spoken(NOON + 3 * HOUR, NOON))
        await operator.press("enter")
        await operator.sees("Message 1 will be sent ", "◷ in 2h59m")

        await operator.press("e")
        await operator.sees(f"Cancel message 1 to {NUMBER} and edit it?")
        await operator.press("y")
        await operator.sees("– cancelled", f"◷ {spoken(NOON + 3 * HOUR, NOON)}")
        assert operator.store.planned.waiting() == []

        late = operator.store.add_outbox(message.draft, 1).result(10)
        operator.store.planned.expire(Now(NOON + 9 * HOUR, NOON + 9 * HOUR)).result(10)
        await operator.press("escape", "5", "g")
        await operator.sees("– too late")
        await operator.press("enter")
        await operator.sees("– too late", "not sent, too late: it had to be sent by 2026-11-22 18:00:00")
        found = operator.store.outbox_message(late.id)
        assert found is not None
        assert found.state is DeliveryState.FAILED
