"""What is said of drafts before they are sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import PortSet
from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence
from console.domain.ports import PortHealth
from console.domain.sending import Forecast
from console.errors import CannotSend
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.sending import GATEWAY, FakeAmi, FakeSendsms, Sending, by_ami, by_http, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENOUGH = [snapshot(port, PortHealth.READY) for port in range(1, 7)]


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Sending]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    gateway = replace(GATEWAY, port_sets=(PortSet("night", (5, 6)),), pace=2.0)
    sending = Sending(store, FakeAmi(), FakeSendsms(), gateway=gateway)
    sending.ports = list(ENOUGH)
    yield sending
    store.close()


def took(sending: Sending, seconds: float) -> None:
    """A message by AMI took so long."""
    message = sending.store.add_outbox(by_ami(), 1).result(10)
    for state, at in ((S.SUBMITTING, NOON), (S.SENT, NOON + seconds)):
        sending.store.add_evidence(Evidence(message.id, 0, at, state, "console", "")).result(10)


def test_one_for_auto_says_the_port_it_would_take(sending: Sending) -> None:
    assert sending.sender.forecast([by_ami(port=None)]) == Forecast((1,), 1, None)
    assert sending.sender.wire_form(by_ami(port=None))[0].startswith("gsm send sync sms 1 ")
    sending.ports[0] = snapshot(1, PortHealth.BUSY)
    assert sending.sender.forecast([by_ami(port=None)]).ports == (2,)


def test_many_for_auto_say_all_they_may_take(sending: Sending) -> None:
    drafts = [by_ami(port=None, to=f"+4915{number}") for number in range(3)]
    assert sending.sender.forecast(drafts).ports == (1, 2, 3, 4, 5, 6)
    assert sending.sender.forecast([replace(draft, pool="night") for draft in drafts]).ports == (5, 6)


def test_named_ports_and_the_gateway_s_own_choice(sending: Sending) -> None:
    assert sending.sender.forecast([by_ami(port=4), by_ami(port=2)]).ports == (2, 4)
    sending.ports.clear()
    assert sending.sender.forecast([by_http()]).ports == ()


def test_the_time_is_what_it_took_before_and_the_pace(sending: Sending) -> None:
    took(sending, 4.0)
    drafts = [by_ami("x" * 300, port=None, to=f"+4915{number}") for number in range(4)]
    # Two sessions, so two at a time: two rounds of two segments, with one pause between.
    assert sending.sender.forecast(drafts) == Forecast((1, 2, 3, 4, 5, 6), 8, 4 * 8 / 2 + 2.0)


def test_nothing_is_said_of_nothing(sending: Sending) -> None:
    assert sending.sender.forecast([]) == Forecast((), 0, 0.0)


def test_what_can_t_be_sent_is_told_before(sending: Sending) -> None:
    with pytest.raises(CannotSend, match="not a number"):
        sending.sender.forecast([by_ami(), by_ami(to="Bank")])


def test_an_order_says_how_many_parts_it_becomes(sending: Sending) -> None:
    by_gateway = sending.sender.submit(by_http("x" * 300, port=1)).result(10)
    assert (len(by_gateway.segments), by_gateway.parts) == (1, 3), "140 a part"
    by_us = sending.sender.submit(by_ami("x" * 300, port=1)).result(10)
    assert (len(by_us.segments), by_us.parts) == (2, 2)


def yeastar(store: Store) -> Sending:
    sending = Sending(store, FakeAmi(), FakeSendsms(), gateway=replace(GATEWAY, dialect="yeastar"))
    sending.ports = list(ENOUGH)
    return sending


def test_a_yeastar_gets_a_long_text_whole(sending: Sending) -> None:
    drafting = yeastar(sending.store).sender
    draft = by_ami("x" * 400, port=2)
    assert [len(segment.text) for segment in drafting.plan(draft).segments] == [153, 153, 94]
    (line,) = drafting.wire_form(draft)
    assert line == f'gsm send sms 3 +8613632919026 "{"x" * 400}" ID'


def test_a_yeastar_has_no_way_by_http(sending: Sending) -> None:
    with pytest.raises(CannotSend, match="has no /sendsms") as refused:
        yeastar(sending.store).sender.wire_form(by_http())
    assert refused.value.hint == "Send by AMI, and remove [gateways.http]."


def test_a_yeastar_is_given_ten_seconds_between_two_sms_of_a_port(sending: Sending) -> None:
    took(sending, 1.0)
    drafts = [by_ami(port=1, to=f"+4915{number}") for number in range(3)]
    assert yeastar(sending.store).sender.forecast(drafts).seconds == 3 * 1.0 + 2 * 10.0
