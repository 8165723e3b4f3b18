"""What went through each port, by stretch of time and the newest, and what the last days say of it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, PortCounts
from console.domain.ports import PortHealth, PortPast, PortSample
from console.store.ports.history import FEWEST, HABIT_SPAN, HABITS_LAST, SETTLED, SPAN, PortHistory
from tests.support.backend import NOON
from tests.support.messages import draft, result, sms

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock

HOUR = 3600.0


def receive(store: Store, port: str, gateway: str = "gw1") -> int:
    """An SMS unlike any other, so that it folds into none."""
    return store.add_callback(gateway, sms(f"message {store.inbox_count()}", port=port), b"").result(10)


def send(store: Store, clock: FixedClock, port: int, *states: S) -> int:
    message = store.add_outbox(draft(port=port), 1).result(10)
    for state in states:
        store.add_evidence(Evidence(message.id, 1, clock.now, state, "console", "")).result(10)
        clock.now += 4
    return message.id


def test_counts_of_each_stretch_by_port(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 2 * HOUR
    receive(store, "3")
    send(store, clock, 3, S.SUBMITTING, S.FAILED)
    clock.now = NOON - HOUR
    receive(store, "gsm-1.3")
    receive(store, "3")
    receive(store, "2", gateway="gw2")
    send(store, clock, 3, S.SUBMITTING, S.SENT, S.DELIVERED)
    send(store, clock, 3, S.SUBMITTING, S.UNKNOWN)
    send(store, clock, 2, S.SUBMITTING)
    edges = [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR, NOON]
    assert store.port_history.counts("gw1", edges) == [
        {},
        {3: PortCounts(received=1, failed=1)},
        {3: PortCounts(received=2, sent=1, unknown=1, delivered=1, delivery_seconds=4.0), 2: PortCounts()},
    ]


def test_a_stretch_begins_with_its_first_edge_and_ends_before_its_last(store: Store, clock: FixedClock) -> None:
    for clock.now in (NOON, NOON + HOUR):
        receive(store, "1")
    clock.now = NOON + 2 * HOUR
    assert store.port_history.counts("gw1", [NOON, NOON + HOUR]) == [{1: PortCounts(received=1)}]


def test_what_is_long_over_is_looked_up_once_in_a_while_and_what_is_not_each_time(
    store: Store, clock: FixedClock
) -> None:
    edges = [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON + HOUR]
    clock.now = NOON - 2 * HOUR - 1
    message = send(store, clock, 1, S.SUBMITTING)
    clock.now = NOON + 60
    assert store.port_history.counts("gw1", edges) == [{1: PortCounts()}, {}]
    receive(store, "1")
    store.add_evidence(Evidence(message, 1, clock.now, S.FAILED, "console", "")).result(10)
    assert store.port_history.counts("gw1", edges) == [{1: PortCounts()}, {1: PortCounts(received=1)}]
    clock.now += SETTLED
    assert store.port_history.counts("gw1", edges)[0] == {1: PortCounts(failed=1)}


def test_what_was_planned_counts_on_the_day_on_which_it_left(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 24 * HOUR
    message = store.add_outbox(draft(port=1), 1).result(10)
    clock.now = NOON
    for state in (S.SUBMITTING, S.SENT):
        store.add_evidence(Evidence(message.id, 1, clock.now, state, "console", "")).result(10)
    edges = [NOON - 25 * HOUR, NOON - HOUR, NOON + HOUR]
    assert store.port_history.counts("gw1", edges) == [{}, {1: PortCounts(sent=1)}]


def test_a_stretch_of_many_hours_is_the_sum_of_them(store: Store, clock: FixedClock) -> None:
    for hours in (9, 5, 1):
        clock.now = NOON - hours * HOUR
        receive(store, "1")
        message = send(store, clock, 1, S.SUBMITTING, S.SENT)
        clock.now += hours
        store.add_evidence(Evidence(message, 1, clock.now, S.DELIVERED, "console", "")).result(10)
    send(store, clock, 2, S.SUBMITTING, S.UNKNOWN)
    clock.now = NOON
    whole = {
        1: PortCounts(received=3, sent=3, delivered=3, delivery_seconds=(13 + 9 + 5) / 3),
        2: PortCounts(unknown=1),
    }
    for _ in range(2):
        assert store.port_history.counts("gw1", [NOON - 10.5 * HOUR, NOON + HOUR]) == [whole]


def test_a_port_that_the_gateway_chose_counts_once_it_is_known(store: Store) -> None:
    message_id = store.add_outbox(draft(port=None), 1).result(10).id
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message_id, 1, NOON, state, "console", "")).result(10)
    edges = [NOON, NOON + HOUR]
    assert store.port_history.counts("gw1", edges) == [{}]
    store.add_callback("gw1", result(store.wire_id(message_id), port="7"), b"").result(10)
    assert store.port_history.counts("gw1", edges) == [{7: PortCounts(sent=1)}]


def test_the_newest_messages_of_a_port_both_ways(store: Store, clock: FixedClock) -> None:
    received = []
    for number, name in enumerate(("3", "gsm-1.3", "2", "3", "gsm-2.5")):
        clock.now = NOON + number
        received.append(receive(store, name))
    clock.now += SETTLED
    sent = [send(store, clock, port) for port in (3, 2, 3)]
    history = store.port_history
    assert history.received_ids("gw1", 3, 9) == [received[3], received[1], received[0]]
    assert history.received_ids("gw1", 3, 1) == [received[3]]
    assert history.received_ids("gw2", 3, 9) == []
    assert sorted(history.sent_ids("gw1", 3, 9)) == [sent[0], sent[2]]
    assert history.sent_ids("gw1", 9, 9) == []


# ---- what the last days say of a port ---------------------------------------------------------------------------


def came(store: Store, *times: float, port: str = "3", gateway: str = "gw1") -> None:
    writes = [
        store.add_callback(gateway, sms(f"{port} at {at}", port=port), f"{port} {at}".encode(), at=at) for at in times
    ]
    for write in writes:
        write.result(10)


def went(store: Store, state: S, *, port: int = 3, imsi: str = "", gateway: str = "gw1") -> int:
    """A message through a port, and what became of it."""
    message = store.add_outbox(draft(port=port, gateway=gateway), 1).result(10)
    chosen = Evidence(message.id, 1, message.created_at, S.SUBMITTING, "console", "", port=port, imsi=imsi)
    store.add_evidence(chosen).result(10)
    settle(store, message.id, state)
    return message.id


def settle(store: Store, message: int, state: S) -> None:
    store.add_evidence(Evidence(message, 1, NOON, state, "SMSSendStatus", "")).result(10)


def past(store: Store, port: int = 3) -> PortPast:
    store.port_history.learn_habits("gw1")
    return store.port_history.past("gw1").get(port, PortPast())


@pytest.fixture(params=["asked before", "asked for the first time"])
def asked(request: pytest.FixtureRequest, store: Store) -> bool:
    """What is new since the last time, and what was there, come to the same."""
    if before := request.param == "asked before":
        assert past(store) == PortPast()
    return bool(before)


def test_when_the_last_one_came_and_the_last_one_went(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 20 * 86_400
    came(store, clock.now, port="1")
    clock.now = NOON - 5 * 86_400
    went(store, S.SENT)
    went(store, S.DELIVERED)
    clock.now = NOON - 4 * 86_400
    went(store, S.UNKNOWN)
    came(store, clock.now, port="2")
    clock.now = NOON
    assert past(store, 1) == PortPast()
    assert (past(store).received_at, past(store).sent_at) == (None, NOON - 5 * 86_400)
    assert (past(store, 2).received_at, past(store, 2).sent_at) == (NOON - 4 * 86_400, None)
    went(store, S.SENT)
    assert past(store).sent_at == NOON


# ---- failures -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_failures_in_a_row_are_counted_since_the_last_that_was_sent(store: Store) -> None:
    for state in "failed sent failed failed".split():  # noqa: SIM905
        went(store, S(state))
    went(store, S.FAILED, port=4)
    went(store, S.SENT, gateway="gw2")
    assert past(store).failures == 2
    assert past(store, 4).failures == 1
    went(store, S.SENT)
    assert past(store).failures == 0


@pytest.mark.usefixtures("asked")
def test_what_neither_failed_nor_was_sent_does_not_count(store: Store) -> None:
    for state in (S.FAILED, S.UNKNOWN, S.ACCEPTED, S.FAILED):
        went(store, state)
    store.add_outbox(draft(port=3), 1).result(10)
    assert past(store).failures == 2


@pytest.mark.usefixtures("asked")
def test_failures_of_the_sim_before_do_not_count(store: Store) -> None:
    for imsi in ("460001", "460001", "460001", "460002"):
        went(store, S.FAILED, imsi=imsi)
    assert (past(store).failures, past(store).failed_imsi) == (1, "460002")


def test_a_result_that_comes_late_says_nothing_of_what_failed_after_it(store: Store) -> None:
    early = went(store, S.ACCEPTED)
    went(store, S.FAILED)
    assert past(store).failures == 1
    settle(store, early, S.SENT)
    assert past(store).failures == 1
    went(store, S.FAILED)
    assert past(store).failures == 2


@pytest.mark.usefixtures("asked")
def test_a_message_that_was_sent_and_never_reached_its_handset_ended_no_row(store: Store) -> None:
    went(store, S.FAILED)
    sent = went(store, S.SENT)
    assert past(store).failures == 0
    settle(store, sent, S.FAILED)
    assert (past(store).failures, past(store).sent_at) == (2, None)


@pytest.mark.usefixtures("asked")
def test_the_handset_that_has_it_outweighs_a_failure(store: Store) -> None:
    failed = went(store, S.FAILED)
    assert past(store).failures == 1
    settle(store, failed, S.DELIVERED)
    assert past(store).failures == 0


def test_what_is_new_comes_to_the_same_as_a_look_from_the_start(store: Store, clock: FixedClock) -> None:
    chance = random.Random(4)
    sent: list[int] = []
    for _ in range(80):
        clock.now += 60
        if sent and chance.random() < 0.4:
            settle(store, chance.choice(sent[-4:]), chance.choice([S.SENT, S.DELIVERED, S.FAILED]))
        else:
            state, imsi = (
                chance.choice([S.SENT, S.FAILED, S.FAILED, S.UNKNOWN]),
                chance.choice(["", "460001", "460002"]),
            )
            sent.append(went(store, state, port=chance.choice([3, 4]), imsi=imsi))
        assert store.port_history.past("gw1") == PortHistory(store._rows, clock).past("gw1")


def test_failures_are_forgotten_with_the_messages(store: Store) -> None:
    went(store, S.FAILED)
    assert past(store).failures == 1
    store.prune(rows=0).result(10)
    assert past(store).failures == 0


# ---- silence ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_the_last_sms_of_each_port_is_known_at_once(store: Store) -> None:
    came(store, NOON - 500, NOON - 100)
    came(store, NOON - 50, port="gsm-1.4")
    came(store, NOON - 1, gateway="gw2")
    assert (past(store).received_at, past(store, 4).received_at) == (NOON - 100, NOON - 50)
    came(store, NOON - 2)
    assert past(store).received_at == NOON - 2


def test_the_usual_pause_is_the_middle_one_and_a_rare_long_one_is_no_habit(store: Store) -> None:
    pauses = [60.0] * 30 + [10.0] * 20 + [100.0, 3600.0, 7200.0, 50_000.0]
    at, times = NOON - sum(pauses), []
    for pause in [0.0, *pauses]:
        at += pause
        times.append(at)
    came(store, *times)
    found = past(store)
    assert (found.usual_pause, found.long_pause, found.received_at) == (60.0, 3600.0, NOON)


def test_too_few_are_no_habit(store: Store, clock: FixedClock) -> None:
    came(store, *(NOON - 60 * number for number in range(FEWEST - 1)))
    assert past(store).usual_pause is None
    came(store, NOON + 60)
    # A week changes slowly, so it is looked at once in a while.
    clock.now = NOON + 61
    assert past(store).usual_pause is None
    clock.now = NOON + HABITS_LAST
    assert past(store).usual_pause == 60


def test_who_asks_for_no_habit_waits_for_none(store: Store) -> None:
    came(store, *(NOON - 60 * number for number in range(FEWEST)))
    assert store.port_history.past("gw1")[3].usual_pause is None
    store.port_history.learn_habits("gw1")
    assert store.port_history.past("gw1")[3].usual_pause == 60


def test_a_habit_is_lost_after_a_week_and_all_the_rest_after_two(store: Store, clock: FixedClock) -> None:
    came(store, *(NOON - 60 * number for number in range(FEWEST)))
    went(store, S.SENT)
    went(store, S.FAILED)
    assert (past(store).usual_pause, past(store).failures) == (60, 1)
    clock.now = NOON + HABIT_SPAN + 1
    assert (past(store).usual_pause, past(store).received_at) == (None, NOON)
    clock.now = NOON + SPAN + 1
    assert past(store) == PortPast()


# ---- whether it works ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("asked")
def test_a_port_that_sent_or_received_works(store: Store) -> None:
    went(store, S.SENT)
    went(store, S.FAILED, port=5)
    came(store, NOON - 50, port="4")
    assert past(store).usable_at == NOON
    assert past(store, 4).usable_at == NOON - 50
    assert past(store, 5).usable_at is None


def test_a_port_that_was_seen_in_service_worked(store: Store) -> None:
    samples = {3: PortHealth.READY, 4: PortHealth.NO_SIM}
    store.port_samples.add_all(
        "gw1", {port: PortSample(NOON - 3600, 20, health) for port, health in samples.items()}
    ).result(10)
    assert (past(store).usable_at, past(store, 4).usable_at) == (NOON - 3600, None)


def test_ports_of_gateways_do_not_mix(store: Store) -> None:
    came(store, NOON - 5, gateway="gw2")
    went(store, S.FAILED, gateway="gw2")
    assert past(store) == PortPast()
    assert store.port_history.past("gw2")[3].failures == 1
