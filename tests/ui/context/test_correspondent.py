from __future__ import annotations

from dataclasses import replace

from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, InboxMessage, OutboxMessage, Via
from console.ui.context.correspondent import Correspondent
from tests.support.backend import NOON


def test_who_wrote_and_by_which_port() -> None:
    callback = Callback(CallbackKind.SMS, "+8613632919026", "hello", "gsm-1.3")
    message = InboxMessage(1, "gw1", NOON, callback, b"", read=False)
    assert Correspondent.of(message) == Correspondent("+8613632919026", "gw1", 3)
    nowhere = replace(message, callback=replace(callback, port="7" * 5_000))
    assert Correspondent.of(nowhere).port is None


def test_who_was_written_to_and_by_the_port_it_went_through() -> None:
    draft = Draft("gw1", "10086", "hello", None, Via.AMI)
    message = OutboxMessage(1, NOON, NOON, draft, DeliveryState.SENT, (DeliveryState.SENT,), "")
    assert Correspondent.of(message) == Correspondent("10086", "gw1", None)
    assert Correspondent.of(replace(message, port=4)).port == 4
    assert Correspondent.of(replace(message, port=4, draft=replace(draft, port=2))).port == 2
