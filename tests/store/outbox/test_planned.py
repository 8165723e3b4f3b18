"""Messages that wait for their time: taken once, put off, and cancelled when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.errors import StoreError
from console.protocol.rules.timing import Now, is_late
from console.store import Store
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.messages import OutboxMessage

HOUR = 3600.0


def at(hours: float) -> Now:
    return Now(NOON + hours * HOUR, NOON + hours * HOUR)


def plan(store: Store, begin: float | None = 1, end: float | None = 2, gateway: str = "gw1") -> OutboxMessage:
    asked = draft(
        gateway=gateway,
        not_before=None if begin is None else NOON + begin * HOUR,
        not_after=None if end is None else NOON + end * HOUR,
    )
    return store.add_outbox(asked, 1, operator=OPERATOR).result(10)


def take(store: Store, hours: float) -> list[int]:
    return [message.id for message in store.planned.take({"gw1"}, at(hours)).result(10)]


def now(store: Store, message: OutboxMessage) -> OutboxMessage:
    found = store.outbox_message(message.id)
    assert found is not None
    return found


def test_it_is_kept_with_its_time(store: Store) -> None:
    message = plan(store)
    assert now(store, message) == message
    assert store.planned.waiting() == [message]
    assert store.planned.first_begin() == NOON + HOUR
    assert (message.state, message.draft.not_before, message.draft.not_after) == (
        S.QUEUED,
        NOON + HOUR,
        NOON + 2 * HOUR,
    )


def test_of_two_processes_one_takes_it_and_the_other_can_t_send_it(store: Store, path: Path) -> None:
    message = plan(store)
    other = Store.open(path, clock=FixedClock())
    try:
        assert take(store, 0.9) == []
        assert take(other, 1) == [message.id]
        assert take(store, 1) == []
        assert store.sending.begin(message.id, 0, 3, "", now=at(1)).result(10) is None
        assert other.sending.begin(message.id, 0, 3, "", now=at(1)).result(10) is not None
        assert other.sending.begin(message.id, 0, 3, "", now=at(1)).result(10) is None
    finally:
        other.close()


def test_it_outlives_the_process_that_planned_it_and_waits_for_nobodys_yes(store: Store, path: Path) -> None:
    gone = Store.open(path, clock=FixedClock())
    message = plan(gone)
    gone.close()
    assert store.sending.left_over() == []
    assert store.sending.take_over(OPERATOR).result(10) == []
    assert take(store, 1) == [message.id]


def test_what_goes_by_another_gateway_is_left_to_others(store: Store) -> None:
    plan(store, gateway="gw2")
    assert take(store, 1) == []


def test_too_late_is_said_where_it_would_have_left(store: Store) -> None:
    message = plan(store, begin=None)
    assert store.sending.begin(message.id, 0, 3, "", now=at(2.5)).result(10) is None
    late = now(store, message)
    assert late.state is S.FAILED
    assert late.detail == "not sent, too late: it had to be sent by 2026-11-22 14:00:00 UTC"
    assert is_late(late)
    assert [each.id for each in store.outbox.troubled(9)] == [message.id], "somebody is told"
    assert store.sending.begin(message.id, 0, 3, "", now=at(1)).result(10) is None


@pytest.mark.parametrize("not_now", [at(0.5), Now(NOON + 1.5 * HOUR, NOON + 20_000 * HOUR)])
def test_what_must_not_leave_now_is_given_back_and_taken_again(store: Store, not_now: Now) -> None:
    message = plan(store)
    assert take(store, 1) == [message.id]
    assert store.sending.begin(message.id, 0, 3, "", now=not_now).result(10) is None
    assert now(store, message).state is S.QUEUED
    assert take(store, 1.5) == [message.id]


def test_what_has_begun_to_leave_goes_on_beyond_its_time(store: Store) -> None:
    asked = draft(not_after=NOON + HOUR)
    message = store.add_outbox(asked, 2).result(10)
    assert store.sending.begin(message.id, 1, 3, "", now=at(1)).result(10) is not None
    assert store.planned.expire(at(3)).result(10) == 0
    assert store.sending.begin(message.id, 2, 3, "", now=at(3)).result(10) is not None


def test_all_that_waits_beyond_its_time_is_called_off_whoever_has_it(store: Store, path: Path) -> None:
    other = Store.open(path, clock=FixedClock())
    try:
        late = [plan(other, begin=None), plan(store), plan(store, gateway="gw2")]
        later = plan(store, begin=1, end=5)
        assert store.planned.first_end() == NOON + 2 * HOUR
        assert store.planned.expire(Now(NOON, NOON + 9 * HOUR)).result(10) == 0
        assert store.planned.expire(at(3)).result(10) == 3
        assert {now(store, message).state for message in late} == {S.FAILED}
        assert now(store, later).state is S.QUEUED
        assert store.planned.first_end() == NOON + 5 * HOUR
    finally:
        other.close()


def test_it_is_put_off_and_whoever_had_it_has_it_no_more(store: Store) -> None:
    message = plan(store)
    assert take(store, 1) == [message.id]
    changed = store.planned.change(message.id, NOON + 3 * HOUR, None, OPERATOR).result(10)
    assert now(store, message) == changed
    assert store.sending.begin(message.id, 0, 3, "", now=at(1)).result(10) is None
    assert take(store, 2) == []
    assert take(store, 3) == [message.id]
    assert store.audit.newest(1)[0].action == "time"


def test_what_has_left_is_not_put_off(store: Store) -> None:
    message = plan(store, begin=None)
    store.sending.begin(message.id, 0, 3, "", now=at(0)).result(10)
    with pytest.raises(StoreError, match="is submitting"):
        store.planned.change(message.id, NOON + HOUR, None, OPERATOR).result(10)


def test_it_is_called_off(store: Store) -> None:
    message = plan(store)
    assert store.sending.cancel([message.id], OPERATOR).result(10) == 1
    assert take(store, 1) == []


def test_what_was_planned_long_ago_counts_for_the_day_it_leaves_on(store: Store) -> None:
    message = plan(store, begin=72, end=None)
    take(store, 73)
    store._clock.now = NOON + 73 * HOUR  # type: ignore[attr-defined]
    store.sending.begin(message.id, 0, 3, "460", now=at(73)).result(10)
    assert store.sending.segments_since("gw1", NOON + 72 * HOUR) == {(3, "460"): 1}
