"""What `/healthz` and `/metrics` show."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from console.domain.alarms import AlarmKind, Condition
from console.domain.link import LinkPhase
from console.domain.messages import DeliveryState, Evidence
from console.domain.ports import STALE_AFTER, PortHealth
from console.domain.sending import SimUsage
from console.errors import StoreError
from console.protocol.text.safe import safe
from console.services.monitoring import Monitoring
from tests.support.backend import NOON, port
from tests.support.hostile import FORBIDDEN_TEXT, HOSTILE, NASTY
from tests.support.messages import draft, sms
from tests.support.monitoring import gateway, labelled, page
from tests.support.receiving import SlowStore, call, receiving, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.domain.alarms import Alarm
    from console.domain.ports import PortTotal
    from console.store import Store
    from tests.support.backend import FixedClock


class Nothing:
    """No alarms, no totals."""

    def open(self) -> list[Alarm]:
        return []

    def all(self) -> Iterator[PortTotal]:
        return iter(())


class BrokenStore:
    """One that can't write."""

    trouble = "the disk is full"
    alarms = port_totals = Nothing()

    def inbox_count(self) -> int:
        return 0

    unread_count = outbox_count = inbox_count

    def outbox_states(self) -> dict[DeliveryState, int]:
        return dict.fromkeys(DeliveryState, 0)


def samples(text: str) -> dict[str, float]:
    """Name with labels to value."""
    return {
        f"{sample.name}{list(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_count_what_came(store: Store, clock: FixedClock) -> None:
    store.add_outbox(draft(), 1).result(10)
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, store, clock)
        for target in (b"/?num=1&message=hidden+words", b"/?num=2&message=b", b"/?key=1&key=2", b"/nothing"):
            await call(receiver, b"GET %b HTTP/1.0\r\n\r\n" % target)
        answer = await call(receiver, b"GET /metrics HTTP/1.0\r\n\r\n")
    head, _, body = answer.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 ")
    assert "Content-Type: text/plain; version=" in head
    found = samples(body)
    assert found["gsm_console_callbacks_accepted_total"] == 3
    assert found["gsm_console_callbacks_unreadable_total"] == 1
    assert found["gsm_console_requests_refused_total"] == 1
    assert found["gsm_console_store_errors_total"] == 0
    assert found["gsm_console_commit_seconds_count"] == 3
    assert found["gsm_console_commit_seconds_bucket['0.001']"] == 3  # the clock stands still
    assert found["gsm_console_store_up"] == 1
    assert found["gsm_console_inbox_messages"] == found["gsm_console_inbox_unread"] == 3
    assert found["gsm_console_outbox_messages"] == 1
    assert found["gsm_console_outbox_under_way['queued']"] == 1
    assert found["gsm_console_outbox_under_way['submitting']"] == 0
    states = {state: found[f"gsm_console_outbox_state['{state}']"] for state in DeliveryState}
    assert states == dict.fromkeys(DeliveryState, 0) | {DeliveryState.QUEUED: 1}
    assert "hidden" not in body


async def test_a_callback_that_could_not_be_kept_is_not_a_refused_request(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, BrokenStore(), clock)
        answer = asyncio.create_task(call(receiver, b"GET /?num=1&message=a HTTP/1.1\r\n\r\n"))
        await until(lambda: store.futures)
        store.futures[0].set_exception(StoreError("the disk is full"))
        assert (await answer).startswith(b"HTTP/1.1 503 ")
        found = samples((await call(receiver, b"GET /metrics HTTP/1.0\r\n\r\n")).decode().partition("\r\n\r\n")[2])
    assert found["gsm_console_store_errors_total"] == 1
    assert found["gsm_console_requests_refused_total"] == 0
    assert found["gsm_console_callbacks_accepted_total"] == 0


async def test_health_follows_the_store(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, store, clock)
        assert (await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        receiver.pages = Monitoring(receiver, BrokenStore(), clock)
        answer = await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"disk" not in answer


# ---- gateways and ports -------------------------------------------------------------------------------------


def test_a_port_is_shown_as_it_was_read_last(clock: FixedClock) -> None:
    ports = port(1), port(2, PortHealth.NEEDS_PIN, signal=None), port(3, PortHealth.BUSY), port(4, PortHealth.UNKNOWN)
    text = page(BrokenStore(), clock, gateway("gw1", *ports))
    states = labelled(text, "port_state")
    assert [(number, state) for (_, number, state), value in states.items() if value] == [
        ("1", "ready"),
        ("2", "needs_pin"),
        ("3", "busy"),
        ("4", "unknown"),
    ]
    assert len(states) == 4 * len(PortHealth)
    assert labelled(text, "port_registered") == {("gw1", "1"): 1, ("gw1", "2"): 0, ("gw1", "3"): 1}
    assert labelled(text, "port_signal") == {("gw1", "1"): 11, ("gw1", "3"): 13, ("gw1", "4"): 14}
    read_at = labelled(text, "port_read_timestamp_seconds")
    assert read_at == {("gw1", number): NOON - 3 for number in "1234"}


def test_what_is_old_is_no_state_but_carries_its_age(clock: FixedClock) -> None:
    never = replace(port(2, PortHealth.UNKNOWN), read_at=None)
    clock.now = NOON + STALE_AFTER
    text = page(BrokenStore(), clock, gateway("gw1", port(1), never, phase=LinkPhase.WAITING))
    for name in ("port_state", "port_registered", "port_signal"):
        assert labelled(text, name) == {}
    assert labelled(text, "port_read_timestamp_seconds") == {("gw1", "1"): NOON - 3}


def test_a_link_that_there_is_none_of_is_not_down(clock: FixedClock) -> None:
    known = gateway("up"), gateway("down", phase=LinkPhase.WAITING), gateway("http", phase=LinkPhase.STOPPED)
    text = page(BrokenStore(), clock, *known, without_ami=("http",))
    assert labelled(text, "ami_up") == {("up",): 1, ("down",): 0}
    for name in ("port_state", "port_registered", "port_signal", "port_read_timestamp_seconds"):
        assert labelled(text, name) == {}


def test_totals_begin_at_nothing_for_each_port_that_is_known(store: Store, clock: FixedClock) -> None:
    store.add_callback("gw1", sms(port="9"), b"").result(10)
    message = store.add_outbox(draft(port=1), 1).result(10).id
    for state in (DeliveryState.SUBMITTING, DeliveryState.SENT, DeliveryState.DELIVERED):
        store.add_evidence(Evidence(message, 0, clock.now, state, "console", "")).result(10)
        clock.now += 4
    text = page(store, clock, gateway("gw1", port(1), port(2)), gateway("gw2"))
    places = [("gw1", "1"), ("gw1", "2"), ("gw1", "9"), ("gw1", ""), ("gw2", "")]
    assert labelled(text, "messages_received_total") == {place: float(place == ("gw1", "9")) for place in places}
    for name in ("sent", "delivered", "failed", "unknown"):
        counted = [("gw1", "1", "console")] if name in ("sent", "delivered") else []
        each = [(*place, origin) for place in places for origin in ("console", "others")]
        assert labelled(text, f"messages_{name}_total") == {one: float(one in counted) for one in each}
    for name in ("sending", "delivery"):
        assert labelled(text, f"{name}_seconds_sum") == {("gw1", "1"): 4}
        buckets = labelled(text, f"{name}_seconds_bucket")
        assert (buckets["gw1", "1", "2.5"], buckets["gw1", "1", "5.0"], buckets["gw1", "1", "+Inf"]) == (0, 1, 1)


def test_limits_are_those_that_there_are(clock: FixedClock) -> None:
    usage = {1: SimUsage(93, 420, 100, 1000), 2: SimUsage(12, 80, None, 500)}
    text = page(BrokenStore(), clock, gateway("gw1", port(1), port(2), usage=usage))
    used, limits = labelled(text, "sim_segments"), labelled(text, "sim_segments_limit")
    assert used == {("gw1", "1", "day"): 93, ("gw1", "1", "month"): 420, ("gw1", "2", "month"): 80}
    assert limits == {("gw1", "1", "day"): 100, ("gw1", "1", "month"): 1000, ("gw1", "2", "month"): 500}


def test_an_alarm_is_there_while_it_lasts(store: Store, clock: FixedClock) -> None:
    no_sim = store.alarms.raise_(Condition(AlarmKind.NO_SIM, "gw1", 3, "there is no SIM in it")).result(10)
    store.alarms.raise_(Condition(AlarmKind.AMI_DOWN, "gw2", 0, "AMI is down")).result(10)
    store.alarms.raise_(Condition(AlarmKind.RECEIVER_DOWN, "", 0, "nothing receives")).result(10)
    assert labelled(page(store, clock), "alarm_active") == {
        ("gw1", "3", "no_sim"): 1,
        ("gw2", "", "ami_down"): 1,
        ("", "", "receiver_down"): 1,
    }
    assert no_sim is not None
    store.alarms.clear(no_sim.id).result(10)
    assert len(labelled(page(store, clock), "alarm_active")) == 2


def test_nothing_of_a_person_and_nothing_that_acts_is_in_it(store: Store, clock: FixedClock) -> None:
    for text in HOSTILE:
        store.add_callback("gw1", sms(f"{text} secret words", number=f"x{text}", port=NASTY), b"").result(10)
        store.add_outbox(draft(to="+4917055500011", text=text, port=1), 1).result(10)
    store.alarms.raise_(Condition(AlarmKind.UNREGISTERED, "gw1", 1, NASTY)).result(10)
    said = port(1, operator=NASTY, registration=NASTY, imsi="460028893040001", own_number="+8613800138000")
    nasty = NASTY + '"\\} 1\nevil_total 1'
    text = page(store, clock, gateway("gw1", said), gateway(nasty, replace(said, raw=NASTY)))
    assert FORBIDDEN_TEXT.findall(text) == []
    assert "\x1b" not in text
    for private in ("460028893040001", "4917055500011", "8613800138000", "secret", "markup"):
        assert private not in text
    names = {gateway for gateway, _ in labelled(text, "port_registered")}
    assert names == {"gw1", safe(nasty)}
    assert {line.removeprefix("# HELP ").removeprefix("# TYPE ")[:12] for line in text.splitlines()} == {"gsm_console_"}


def test_the_library_is_imported_only_when_somebody_asks() -> None:
    code = "import sys, console.services.monitoring; print('prometheus_client' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "False\n"
