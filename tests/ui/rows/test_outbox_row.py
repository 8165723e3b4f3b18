from __future__ import annotations

from dataclasses import replace

from console.domain.messages import DeliveryState as S
from console.domain.messages import OutboxMessage
from console.ui.rows.outbox_row import outbox_cells, successor_words
from tests.support.backend import NOON
from tests.support.messages import draft

FAILED = OutboxMessage(2, NOON, NOON, draft(to="10086"), S.FAILED, (S.FAILED,), "FAIL 70")
AGAIN = replace(FAILED, again_as=27, again_state=S.DELIVERED)


def test_a_message_points_to_the_one_in_its_place_and_how_far_that_has_come() -> None:
    cells = outbox_cells(AGAIN, 100, NOON)
    assert "✗ failed" in "".join(text for text, _ in cells)
    at = cells.index(("sent again as 27 ", "plain"))
    assert cells[at + 1] == ("✔  ", "good")
    assert ("10086           ", "plain") in cells, "it needs nobody any more"
    assert ("10086           ", "strong") in outbox_cells(FAILED, 100, NOON)


def test_in_words() -> None:
    assert successor_words(AGAIN) == "as message 27, delivered"
    assert successor_words(FAILED) == ""
