"""Batches, left-over messages, and what people decide about messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, OutboxMessage, Via
from console.domain.sending import BatchState, Decided, Held
from console.errors import StoreError
from console.store import Store
from console.store.outbox.messages import Order
from console.store.outbox.sending import way_of
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path


def orders(count: int, *, result_wait: float = 0.0) -> list[Order]:
    return [Order(draft(to=f"+4915{number:07}"), 1, 1, result_wait) for number in range(count)]


def note(store: Store, message: OutboxMessage, *states: S, at: float = NOON, port: int | None = None) -> OutboxMessage:
    for state in states:
        evidence = Evidence(message.id, 0, at, state, "console", "", port=port, imsi="460" if port else "")
        message = store.add_evidence(evidence).result(10)
    return message


def test_a_batch_counts_its_messages_by_state(store: Store) -> None:
    batch, messages = store.sending.add_batch(orders(3), OPERATOR, "list.csv").result(10)
    assert (batch.state, batch.total, batch.label, batch.operator) == (BatchState.RUNNING, 3, "list.csv", OPERATOR)
    assert [message.batch for message in messages] == [batch.id] * 3
    note(store, messages[0], S.SUBMITTING, at=NOON + 5)
    note(store, messages[0], S.SENT, at=NOON + 9)
    found = store.sending.batch(batch.id)
    assert found is not None
    assert dict(found.counts) == {S.SENT: 1, S.QUEUED: 2}
    assert (found.first_at, found.last_at) == (NOON + 5, NOON + 9)
    assert store.sending.batches(10) == [found]
    assert store.sending.messages_of(batch.id, S.QUEUED) == [messages[1].id, messages[2].id]
    assert [entry.action for entry in store.audit.newest(10)] == ["send"] * 3


def test_a_batch_waits_goes_on_and_is_called_off_for_good(store: Store) -> None:
    batch, messages = store.sending.add_batch(orders(2), OPERATOR, "x").result(10)
    note(store, messages[0], S.SUBMITTING)
    for state in (BatchState.PAUSED, BatchState.RUNNING, BatchState.CANCELLED):
        store.sending.set_batch(batch.id, state, OPERATOR).result(10)
        assert store.sending.batch_state(batch.id) is state
    store.sending.set_batch(batch.id, BatchState.RUNNING, OPERATOR).result(10)
    assert store.sending.batch_state(batch.id) is BatchState.CANCELLED
    found = store.sending.batch(batch.id)
    assert found is not None
    assert dict(found.counts) == {S.SUBMITTING: 1, S.CANCELLED: 1}
    assert store.evidence(messages[1].id)[-1].raw == f"cancelled by {OPERATOR}"


def test_what_a_decision_on_a_batch_came_to_is_told(store: Store) -> None:
    batch, messages = store.sending.add_batch(orders(5), OPERATOR, "x").result(10)
    for message in messages[:2]:
        note(store, message, S.SUBMITTING)
    note(store, messages[0], S.SENT)
    paused = store.sending.set_batch(batch.id, BatchState.PAUSED, OPERATOR).result(10)
    assert paused == Decided(BatchState.PAUSED, called_off=0, on_their_way=1)
    assert store.sending.begin(messages[2].id, 0, 1, "").result(10) == Held("Batch 1 is paused.", 0.0)
    assert store.evidence(messages[2].id)[-1].state is S.QUEUED, "nothing is kept of it"
    assert store.sending.next_of(batch.id) == messages[2]
    done = store.sending.set_batch(batch.id, BatchState.CANCELLED, OPERATOR).result(10)
    assert done == Decided(BatchState.CANCELLED, called_off=3, on_their_way=1)
    late = store.sending.set_batch(batch.id, BatchState.RUNNING, OPERATOR).result(10)
    assert late == Decided(BatchState.CANCELLED, called_off=0, on_their_way=1), "it was cancelled for good"
    assert store.sending.next_of(batch.id) is None


def test_a_message_in_parts_that_began_to_leave_goes_on_though_its_batch_is_paused(store: Store) -> None:
    _, (message,) = store.sending.add_batch([Order(draft(), 2)], OPERATOR, "x").result(10)
    for segment in (1, 2):
        begun = store.sending.begin(message.id, segment, 1, "").result(10)
        assert isinstance(begun, OutboxMessage), "half of it is of no use to anybody"
        store.sending.set_batch(1, BatchState.PAUSED, OPERATOR).result(10)


def test_there_is_no_such_batch(store: Store) -> None:
    assert store.sending.batch(7) is None
    with pytest.raises(StoreError, match="no batch 7"):
        store.sending.batch_state(7)


def test_what_a_gone_process_left_queued_waits_for_a_yes(path: Path, store: Store) -> None:
    gone = Store.open(path, clock=FixedClock())
    left = gone.add_outbox(draft(), 1).result(10)
    assert store.sending.left_over() == [], "it is still there"
    gone.close()
    assert store.sending.left_over() == [left]
    assert store.recover().result(10) == 0, "nothing of it left, so nothing is unknown"
    taken = store.sending.take_over(OPERATOR).result(10)
    assert [message.id for message in taken] == [left.id]
    assert store.sending.left_over() == []
    assert store.evidence(left.id)[-1].raw == f"released by {OPERATOR}"
    assert store.audit.newest(1)[0].action == "go on"
    assert store.sending.take_over(OPERATOR).result(10) == []


def test_only_what_has_not_left_can_be_called_off(store: Store) -> None:
    waiting, leaving = (store.add_outbox(draft(), 1).result(10) for _ in range(2))
    note(store, leaving, S.SUBMITTING)
    assert store.sending.cancel([waiting.id, leaving.id], OPERATOR).result(10) == 1
    assert [message.state for message in store.outbox_slice(0, 2)] == [S.SUBMITTING, S.CANCELLED]


@pytest.mark.parametrize("verdict", [S.SENT, S.DELIVERED, S.FAILED])
def test_an_unknown_message_is_what_a_person_says(store: Store, verdict: S) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    note(store, message, S.SUBMITTING, S.UNKNOWN)
    assert store.sending.settle(message.id, verdict, OPERATOR).result(10).state is verdict
    last = store.evidence(message.id)[-1]
    assert (last.source, last.raw) == ("operator", f"marked by {OPERATOR}")


def test_nothing_but_an_unknown_message_can_be_marked(store: Store) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    with pytest.raises(StoreError, match="is queued, not unknown"):
        store.sending.settle(message.id, S.SENT, OPERATOR).result(10)
    assert store.audit.newest(1)[0].action == "send", "what is refused leaves no entry"


def test_an_accepted_message_without_a_result_is_unknown_in_time(store: Store, clock: FixedClock) -> None:
    _, (first, second) = store.sending.add_batch(orders(2, result_wait=150), OPERATOR, "x").result(10)
    waiting = store.add_outbox(draft(), 1).result(10)
    assert note(store, first, S.SUBMITTING, S.ACCEPTED).deadline == NOON + 150
    note(store, second, S.SUBMITTING, S.ACCEPTED, S.SENT)
    assert note(store, waiting, S.SUBMITTING, S.ACCEPTED).deadline is None, "it is waited for for ever"
    assert store.sending.next_deadline() == NOON + 150
    assert store.sending.expire().result(10) == 0
    clock.now = NOON + 151
    assert store.sending.expire().result(10) == 1
    assert [message.state for message in store.outbox_slice(0, 3)] == [S.ACCEPTED, S.SENT, S.UNKNOWN]
    assert store.evidence(first.id)[-1].raw == "the gateway accepted it, but reported no result for 151 s"
    assert store.sending.next_deadline() is None
    assert note(store, first, S.SENT).state is S.SENT, "a late result still settles it"


def test_how_long_a_part_takes_is_told_by_the_last_ones(store: Store) -> None:
    assert store.sending.seconds_a_part("gw1", Via.AMI) is None
    message = store.add_outbox(draft(), 2).result(10)
    note(store, message, S.SUBMITTING, at=NOON)
    note(store, message, S.SENT, at=NOON + 8)
    assert store.sending.seconds_a_part("gw1", Via.AMI) == 4.0
    assert store.sending.seconds_a_part("gw1", Via.HTTP) is None
    assert store.sending.seconds_a_part("gw2", Via.AMI) is None


def test_segments_count_for_the_sim_they_left_by(store: Store) -> None:
    whole = store.add_outbox(draft(port=3), 3).result(10)
    note(store, whole, S.SUBMITTING, S.SENT, port=3)
    broken = store.add_outbox(draft(port=3), 3).result(10)
    for segment, state in ((1, S.SENT), (2, S.FAILED), (3, S.CANCELLED)):
        for step in (S.SUBMITTING, state):
            if state is not S.CANCELLED or step is state:
                store.add_evidence(Evidence(broken.id, segment, NOON, step, "console", "")).result(10)
    store.add_outbox(draft(port=3), 5).result(10)
    assert store.sending.segments_since("gw1", NOON - 60) == {(3, "460"): 3, (3, ""): 1}
    assert store.sending.segments_since("gw1", NOON + 60) == {}


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft("gw1", "10086", "x", 3, Via.AMI), "to 10086 by gw1 port 3 AMI"),
        (Draft("gw1", "10086", "x", None, Via.HTTP, pool="night"), "to 10086 by gw1 ports night HTTP"),
        (Draft("gw1", "10086", "x", None, Via.HTTP, again_of=7), "to 10086 by gw1 HTTP, again for message 7"),
    ],
)
def test_the_way_in_the_audit(draft: Draft, words: str) -> None:
    assert way_of(draft) == words


def test_a_message_begins_to_leave_once_and_only_by_the_process_that_has_it(path: Path, store: Store) -> None:
    message = store.add_outbox(draft(), 2).result(10)
    other = Store.open(path, clock=FixedClock())
    assert other.sending.begin(message.id, 1, 3, "460").result(10) is None, "it is not the other's"
    begun = store.sending.begin(message.id, 1, 3, "460").result(10)
    assert isinstance(begun, OutboxMessage)
    assert (begun.segments, begun.port) == ((S.SUBMITTING, S.QUEUED), 3)
    assert store.sending.begin(message.id, 1, 4, "461").result(10) is None, "it is leaving already"
    found = store.outbox_message(message.id)
    assert found == begun, "and the port is still that by which it leaves"
    assert [one.state for one in store.evidence(message.id)] == [S.QUEUED, S.SUBMITTING]
    other.close()


def test_what_was_called_off_can_t_leave(store: Store) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    store.sending.cancel([message.id], OPERATOR).result(10)
    assert store.sending.begin(message.id, 0, 1, "").result(10) is None


def test_what_came_back_after_its_batch_was_called_off_is_called_off_too(store: Store) -> None:
    batch, (leaving, waiting) = store.sending.add_batch(orders(2), OPERATOR, "x").result(10)
    store.sending.begin(leaving.id, 0, 1, "").result(10)
    store.sending.set_batch(batch.id, BatchState.CANCELLED, OPERATOR).result(10)
    assert store.sending.call_off_rest(batch.id).result(10) == 0
    note(store, leaving, S.QUEUED)
    assert store.sending.call_off_rest(batch.id).result(10) == 1
    assert {message.state for message in store.outbox_slice(0, 2)} == {S.CANCELLED}
    assert len(store.evidence(waiting.id)) == 2, "once is enough"
