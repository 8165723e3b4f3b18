"""What the last days say of each port."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.alarms import PortPast
from console.domain.messages import DeliveryState, Evidence
from console.domain.ports import PortHealth, PortSample
from console.store.ports.habits import FEWEST, HABITS_LAST, SPAN
from tests.support.backend import NOON, FixedClock
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.store import Store


def came(store: Store, *times: float, port: str = "3", gateway: str = "gw1") -> None:
    writes = [
        store.add_callback(gateway, sms(f"{port} at {at}", port=port), f"{port} {at}".encode(), at=at) for at in times
    ]
    for write in writes:
        write.result(10)


def went(store: Store, state: DeliveryState, *, port: int = 3, imsi: str = "", gateway: str = "gw1") -> int:
    """A message through a port, and what became of it."""
    message = store.add_outbox(draft(port=port, gateway=gateway), 1).result(10)
    chosen = Evidence(message.id, 1, NOON, DeliveryState.SUBMITTING, "console", "", port=port, imsi=imsi)
    store.add_evidence(chosen).result(10)
    settle(store, message.id, state)
    return message.id


def settle(store: Store, message: int, state: DeliveryState) -> None:
    store.add_evidence(Evidence(message, 1, NOON, state, "SMSSendStatus", "")).result(10)


def past(store: Store, *, now: float = NOON, port: int = 3, ports: Sequence[int] = ()) -> PortPast:
    return store.port_habits.pasts("gw1", ports, now).get(port, PortPast())


@pytest.fixture(params=["asked before", "asked for the first time"])
def asked(request: pytest.FixtureRequest, store: Store) -> bool:
    """What is new since the last time, and what was there, come to the same."""
    if before := request.param == "asked before":
        assert past(store) == PortPast()
    return bool(before)


# ---- failures -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_failures_in_a_row_are_counted_since_the_last_that_was_sent(store: Store) -> None:
    for state in "failed sent failed failed".split():  # noqa: SIM905
        went(store, DeliveryState(state))
    went(store, DeliveryState.FAILED, port=4)
    went(store, DeliveryState.SENT, gateway="gw2")
    assert past(store).failed == 2
    assert past(store, port=4).failed == 1
    went(store, DeliveryState.SENT)
    assert past(store).failed == 0


@pytest.mark.usefixtures("asked")
def test_what_neither_failed_nor_was_sent_does_not_count(store: Store) -> None:
    for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.FAILED):
        went(store, state)
    store.add_outbox(draft(port=3), 1).result(10)
    assert past(store).failed == 2


@pytest.mark.usefixtures("asked")
def test_failures_of_the_sim_before_do_not_count(store: Store) -> None:
    for imsi in ("460001", "460001", "460001", "460002"):
        went(store, DeliveryState.FAILED, imsi=imsi)
    assert (past(store).failed, past(store).failed_imsi) == (1, "460002")


def test_a_result_that_comes_late_says_nothing_of_what_failed_after_it(store: Store) -> None:
    early = went(store, DeliveryState.ACCEPTED)
    went(store, DeliveryState.FAILED)
    assert past(store).failed == 1
    settle(store, early, DeliveryState.SENT)
    assert past(store).failed == 1
    went(store, DeliveryState.FAILED)
    assert past(store).failed == 2


def test_failures_are_forgotten_with_the_messages(store: Store, clock: FixedClock) -> None:
    went(store, DeliveryState.FAILED)
    assert past(store).failed == 1
    store.prune(rows=0).result(10)
    assert past(store).failed == 0


# ---- silence ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_the_last_sms_of_each_port_is_known_at_once(store: Store) -> None:
    came(store, NOON - 500, NOON - 100)
    came(store, NOON - 50, port="gsm-1.4")
    came(store, NOON - 1, gateway="gw2")
    assert (past(store).last_inbound, past(store, port=4).last_inbound) == (NOON - 100, NOON - 50)
    came(store, NOON - 2)
    assert past(store).last_inbound == NOON - 2


def test_the_usual_pause_is_the_middle_one_and_a_rare_long_one_is_no_habit(store: Store) -> None:
    pauses = [60.0] * 30 + [10.0] * 20 + [100.0, 3600.0, 7200.0, 50_000.0]
    at, times = NOON - sum(pauses), []
    for pause in [0.0, *pauses]:
        at += pause
        times.append(at)
    came(store, *times)
    found = past(store)
    assert (found.usual_pause, found.long_pause, found.last_inbound) == (60.0, 3600.0, NOON)


def test_too_few_are_no_habit(store: Store) -> None:
    came(store, *(NOON - 60 * number for number in range(FEWEST - 1)))
    assert past(store).usual_pause is None
    came(store, NOON + 60)
    # A week changes slowly, so it is looked at once in a while.
    assert past(store, now=NOON + 61).usual_pause is None
    assert past(store, now=NOON + HABITS_LAST).usual_pause == 60


def test_a_habit_is_lost_after_a_week(store: Store) -> None:
    came(store, *(NOON - 60 * number for number in range(FEWEST)))
    assert past(store).usual_pause == 60
    after = past(store, now=NOON + SPAN + 1)
    assert (after.usual_pause, after.last_inbound, after.usable_at) == (None, None, None)


# ---- whether it works ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_a_port_that_sent_or_received_works(store: Store) -> None:
    went(store, DeliveryState.SENT)
    went(store, DeliveryState.FAILED, port=5)
    came(store, NOON - 50, port="4")
    assert past(store).usable_at == NOON
    assert past(store, port=4).usable_at == NOON - 50
    assert past(store, port=5).usable_at is None


def test_a_port_that_was_seen_ready_works_once_its_number_is_known(store: Store) -> None:
    samples = {3: PortHealth.READY, 4: PortHealth.NO_SIM}
    store.port_samples.add_all(
        "gw1", {port: PortSample(NOON - 3600, 20, health) for port, health in samples.items()}
    ).result(10)
    assert past(store).usable_at is None
    assert past(store, ports=[3, 4]).usable_at == NOON - 3600
    assert past(store, ports=[3, 4], port=4).usable_at is None


def test_ports_of_gateways_do_not_mix(store: Store) -> None:
    came(store, NOON - 5, gateway="gw2")
    went(store, DeliveryState.FAILED, gateway="gw2")
    assert past(store) == PortPast()
    assert store.port_habits.pasts("gw2", (), NOON)[3].failed == 1
