from __future__ import annotations

from dataclasses import replace

import pytest

from console.config import Regions
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, InboxMessage, OutboxMessage, Via
from console.ui.context.correspondent import Correspondent
from tests.support.backend import NOON

REGIONS = Regions("DE", {"gw2": "FR"})


def test_who_wrote_and_by_which_port() -> None:
    callback = Callback(CallbackKind.SMS, "+8613632919026", "hello", "gsm-1.3")
    message = InboxMessage(1, "gw1", NOON, callback, b"", read=False)
    assert Correspondent.of(message, REGIONS) == Correspondent("+8613632919026", "gw1", 3)
    nowhere = replace(message, callback=replace(callback, port="7" * 5_000))
    assert Correspondent.of(nowhere, REGIONS).port is None


def test_who_was_written_to_and_by_the_port_it_went_through() -> None:
    draft = Draft("gw1", "10086", "hello", None, Via.AMI)
    message = OutboxMessage(1, NOON, NOON, draft, DeliveryState.SENT, (DeliveryState.SENT,), "")
    assert Correspondent.of(message, REGIONS) == Correspondent("10086", "gw1", None)
    assert Correspondent.of(replace(message, port=4), REGIONS).port == 4
    assert Correspondent.of(replace(message, port=4, draft=replace(draft, port=2)), REGIONS).port == 2


@pytest.mark.parametrize(("gateway", "number"), [("gw1", "+49612345678"), ("gw2", "+33612345678")])
def test_a_number_is_whole_by_the_region_of_its_gateway(gateway: str, number: str) -> None:
    came = InboxMessage(1, gateway, NOON, Callback(CallbackKind.SMS, "06 12 34 56 78", "hello"), b"", read=False)
    draft = Draft(gateway, "0612345678", "hello", None, Via.AMI)
    went = OutboxMessage(1, NOON, NOON, draft, DeliveryState.SENT, (DeliveryState.SENT,), "")
    assert {Correspondent.of(each, REGIONS).number for each in (came, went)} == {number}
