"""Messages on their way out: evidence, matching of results and reports, what a dead process left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, OutboxMessage
from console.errors import StoreError
from console.protocol.driver.arguments import check_id
from console.store import Store
from tests.support.backend import NOON
from tests.support.messages import NUMBER, draft, report, result

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock


def add(store: Store, segments: int = 1, *, port: int | None = 3, to: str = NUMBER) -> OutboxMessage:
    return store.add_outbox(draft(port=port, to=to), segments).result(10)


def note(store: Store, message: OutboxMessage, *states: S, segment: int = 0, raw: str = "") -> OutboxMessage:
    for state in states:
        message = store.add_evidence(Evidence(message.id, segment, NOON, state, "console", raw)).result(10)
    return message


def sent(store: Store, segments: int = 1, *, port: int | None = 3, to: str = NUMBER) -> OutboxMessage:
    return note(store, add(store, segments, port=port, to=to), S.SUBMITTING, S.SENT)


def now(store: Store, message: OutboxMessage) -> OutboxMessage:
    found = store.outbox_message(message.id)
    assert found is not None
    return found


def test_a_new_message_is_queued(store: Store) -> None:
    message = add(store, 3)
    assert message.state is S.QUEUED
    assert message.segments == (S.QUEUED,) * 3
    assert message.draft == draft()
    assert store.outbox_slice(0, 10) == [message] == [now(store, message)]
    assert store.outbox_count() == 1
    assert [evidence.state for evidence in store.evidence(message.id)] == [S.QUEUED]


def test_a_message_without_segments_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="at least one"):
        store.add_outbox(draft(), 0).result(10)


def test_evidence_moves_the_message_and_is_kept(store: Store, clock: FixedClock) -> None:
    message = add(store)
    note(store, message, S.SUBMITTING)
    after = store.add_evidence(Evidence(message.id, 1, NOON + 5, S.ACCEPTED, "http answer", "sending")).result(10)
    assert (after.state, after.detail, after.updated_at) == (S.ACCEPTED, "sending", NOON + 5)
    assert after == now(store, message)
    assert store.evidence(message.id)[-1] == Evidence(message.id, 1, NOON + 5, S.ACCEPTED, "http answer", "sending")


def test_late_evidence_is_kept_and_moves_nothing(store: Store) -> None:
    message = note(store, sent(store), S.DELIVERED, raw="on handset")
    assert note(store, message, S.ACCEPTED, raw="sending") == message
    assert [evidence.state for evidence in store.evidence(message.id)][-1] is S.ACCEPTED
    assert message.detail == "on handset"


def test_the_message_is_as_its_worst_segment(store: Store) -> None:
    message = note(store, add(store, 2), S.SUBMITTING)
    message = note(store, message, S.SENT, segment=1)
    assert message.state is S.SUBMITTING
    message = note(store, message, S.FAILED, segment=2)
    assert message.state is S.FAILED
    assert message.segments == (S.SENT, S.FAILED)


def test_evidence_about_nothing_is_refused(store: Store) -> None:
    message = add(store, 2)
    for evidence in (
        Evidence(99, 0, NOON, S.SENT, "console", ""),
        Evidence(message.id, 3, NOON, S.SENT, "console", ""),
    ):
        with pytest.raises(StoreError):
            store.add_evidence(evidence).result(10)
    assert len(store.evidence(message.id)) == 1


def test_messages_by_state(store: Store) -> None:
    queued, failed = add(store), note(store, add(store), S.SUBMITTING, S.FAILED)
    add(store)
    assert [message.id for message in store.outbox_in(S.QUEUED)] == [queued.id, failed.id + 1]
    assert [message.id for message in store.outbox_in(S.FAILED, S.UNKNOWN)] == [failed.id]


def test_messages_counted_by_state(store: Store) -> None:
    assert store.outbox_states() == dict.fromkeys(S, 0)
    add(store)
    note(store, add(store), S.SUBMITTING, S.FAILED)
    add(store)
    assert store.outbox_states() == dict.fromkeys(S, 0) | {S.QUEUED: 2, S.FAILED: 1}


def test_the_wire_id_fits_the_gateway_and_finds_the_message(store: Store) -> None:
    message, other = add(store, 2), add(store)
    wire_id = store.wire_id(message.id)
    assert check_id(store.wire_id(0)), "the gateway carries it"
    assert len({wire_id, store.wire_id(message.id, 1), store.wire_id(message.id, 2), store.wire_id(other.id)}) == 4
    assert store.find_outbox("gw1", wire_id) == message
    assert store.find_outbox("gw1", store.wire_id(message.id, 2)) == message
    assert store.find_outbox("gw2", wire_id) is None
    assert store.find_outbox("gw1", "null") is None
    assert store.find_outbox("gw1", f"{'0' * 12}-{message.id}") is None
    with pytest.raises(StoreError):
        store.wire_id(99)


def test_a_result_moves_its_message_in_the_same_commit(store: Store) -> None:
    message = note(store, add(store), S.SUBMITTING, S.ACCEPTED)
    before = store.revision
    store.add_callback("gw1", result(store.wire_id(message.id)), b"raw").result(10)
    assert store.revision == before + 1
    after = now(store, message)
    assert (after.state, after.detail) == (S.SENT, "Sent")
    assert store.evidence(message.id)[-1].source == "SMS-Status-Result"
    assert len(store.unmatched(0, 99)) == 0


def test_a_failed_result_shows_its_words(store: Store) -> None:
    message = note(store, add(store), S.SUBMITTING)
    store.add_callback("gw1", result(store.wire_id(message.id), "Fail"), b"").result(10)
    assert (now(store, message).state, now(store, message).detail) == (S.FAILED, "Fail")


@pytest.mark.parametrize("wire_id", ["null", "", "000000000000-1", "1", "x" * 31])
def test_a_result_of_another_id_moves_nothing(store: Store, wire_id: str) -> None:
    message = note(store, add(store), S.SUBMITTING, S.ACCEPTED)
    store.add_callback("gw1", result(wire_id), b"").result(10)
    assert now(store, message).state is S.ACCEPTED


def test_words_not_known_move_nothing(store: Store) -> None:
    message = note(store, add(store), S.SUBMITTING, S.ACCEPTED)
    store.add_callback("gw1", result(store.wire_id(message.id), "perhaps"), b"").result(10)
    assert now(store, message).state is S.ACCEPTED
    assert len(store.unmatched(0, 99)) == 0


def test_a_result_with_a_segment_s_id_moves_that_segment(store: Store) -> None:
    message = note(store, add(store, 3), S.SUBMITTING)
    store.add_callback("gw1", result(store.wire_id(message.id, 2)), b"").result(10)
    assert now(store, message).segments == (S.SUBMITTING, S.SENT, S.SUBMITTING)


def test_results_with_the_same_id_move_a_segment_each(store: Store) -> None:
    message = note(store, add(store, 3), S.SUBMITTING, S.ACCEPTED)
    wire_id = store.wire_id(message.id)
    for raw in (b"first", b"second", b"second"):  # the last is wget, trying again
        store.add_callback("gw1", result(wire_id), raw).result(10)
    assert now(store, message).segments == (S.SENT, S.SENT, S.ACCEPTED)
    store.add_callback("gw1", result(wire_id), b"third").result(10)
    assert now(store, message).state is S.SENT


def test_a_report_finds_its_message_by_the_number_s_end(store: Store) -> None:
    message = sent(store, to="+8613632919026")
    sent(store, to="+8613632919027")
    store.add_callback("gw1", report(number="13632919026", received=False, cause="70"), b"1").result(10)
    assert (now(store, message).state, now(store, message).detail) == (S.FAILED, "Message not received on handset 70")
    assert len(store.unmatched(0, 99)) == 0


def test_a_report_of_another_port_gateway_or_number_is_listed(store: Store) -> None:
    message = sent(store)
    store.add_callback("gw1", report(port="4"), b"").result(10)
    store.add_callback("gw2", report(), b"").result(10)
    store.add_callback("gw1", report(number="+8613632919027"), b"").result(10)
    store.add_callback("gw1", report(number="Bank"), b"").result(10)
    assert now(store, message).state is S.SENT
    assert len(store.unmatched(0, 99)) == 4


def test_a_result_teaches_the_port_that_the_gateway_chose(store: Store) -> None:
    message = note(store, add(store, port=None), S.SUBMITTING, S.ACCEPTED)
    store.add_callback("gw1", result(store.wire_id(message.id), port="5"), b"").result(10)
    store.add_callback("gw1", report(port="4"), b"4").result(10)
    assert now(store, message).state is S.SENT
    store.add_callback("gw1", report(port="5"), b"5").result(10)
    assert now(store, message).state is S.DELIVERED
    assert now(store, message).draft.port is None


def test_what_a_dead_process_left_half_sent(store: Store, path: Path, clock: FixedClock) -> None:
    submitting = note(store, add(store), S.SUBMITTING)
    half = note(store, add(store, 3), S.SUBMITTING, segment=1)
    half = note(store, half, S.SENT, segment=1)
    queued, done = add(store), sent(store)
    store.close()
    again = Store.open(path, clock=clock)
    assert again.recover().result(10) == 2
    assert now(again, submitting).state is S.UNKNOWN
    assert now(again, half).segments == (S.SENT, S.CANCELLED, S.CANCELLED)
    assert now(again, queued) == queued
    assert now(again, done) == done
    assert "stopped" in now(again, submitting).detail
    assert again.recover().result(10) == 0
    again.close()


def test_recovery_leaves_alone_what_this_store_is_sending(store: Store) -> None:
    message = note(store, add(store), S.SUBMITTING)
    assert store.recover().result(10) == 0
    assert now(store, message).state is S.SUBMITTING
