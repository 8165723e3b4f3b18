"""What speaks against sending is asked again where a message is queued."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence
from console.errors import CannotSend
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from console.store.outbox.messages import Order
from tests.support.backend import NOON, OPERATOR
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.messages import Draft, OutboxMessage
    from console.store import Store


def unknown(store: Store, to: str = "10086") -> OutboxMessage:
    message = store.add_outbox(draft(to=to), 1, operator=OPERATOR).result(10)
    for state in (S.SUBMITTING, S.UNKNOWN):
        message = store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    return message


def once_more(message: OutboxMessage, text: str = "") -> Draft:
    return replace(message.draft, again_of=message.id, text=text or message.draft.text)


def test_of_two_who_send_a_message_again_one_does(store: Store) -> None:
    message = unknown(store)
    seen = store.sending.seen([message.id])
    mine = store.add_outbox(once_more(message), 1, operator="bob from 192.0.2.9", seen=seen).result(10)
    with pytest.raises(CannotSend, match=f"bob already sent message {message.id} again, as message {mine.id}") as info:
        store.add_outbox(once_more(message, "changed"), 1, operator=OPERATOR, seen=seen).result(10)
    assert "Nothing was sent" in info.value.hint
    with pytest.raises(CannotSend, match="already sent message"):
        store.add_outbox(once_more(message), 1, operator=OPERATOR).result(10)  # nobody looked: the same holds
    assert store.outbox_count() == 2
    assert [entry.action for entry in store.audit.newest(9)] == ["send", "send"], "what is refused leaves no entry"


def test_a_message_points_to_the_one_in_its_place_and_that_one_can_be_sent_again(store: Store) -> None:
    message = unknown(store)
    second = store.add_outbox(once_more(message), 1).result(10)
    for state in (S.SUBMITTING, S.SENT):
        store.add_evidence(Evidence(second.id, 0, NOON, state, "console", "")).result(10)
    found = store.outbox_message(message.id)
    assert found is not None
    assert (found.again_as, found.again_state) == (second.id, S.SENT)
    third = store.add_outbox(once_more(second), 1).result(10)
    found = store.outbox_message(second.id)
    assert found is not None
    assert (found.again_as, found.again_state) == (third.id, S.QUEUED)


@pytest.mark.parametrize(
    ("later", "words"), [(S.DELIVERED, "was unknown when you looked, but is delivered now"), (S.FAILED, "")]
)
def test_a_late_word_that_settles_it_is_a_reason_to_look_again(store: Store, later: S, words: str) -> None:
    message = unknown(store)
    seen = store.sending.seen([message.id])
    store.add_evidence(Evidence(message.id, 0, NOON, later, "report", "")).result(10)
    queued = store.add_outbox(once_more(message), 1, seen=seen)
    if words:
        with pytest.raises(CannotSend, match=words):
            queued.result(10)
    else:
        assert queued.result(10).draft.again_of == message.id


def test_the_same_text_that_a_colleague_wrote_meanwhile_is_a_reason_too(store: Store) -> None:
    before = store.add_outbox(draft(to="10086"), 1, operator="bob").result(10)
    seen = store.sending.seen()
    assert seen.newest == before.id
    store.add_outbox(draft(to="10010"), 1, operator="bob").result(10)
    store.add_outbox(draft(to="10086", text="else"), 1, operator="bob").result(10)
    mine = store.add_outbox(draft(to="10086"), 1, operator=OPERATOR, seen=seen).result(10)
    with pytest.raises(CannotSend, match=f"alice sent the same text to 10086 since you looked: message {mine.id}"):
        store.add_outbox(draft(to="10086"), 1, operator="bob", seen=seen).result(10)
    store.add_evidence(Evidence(mine.id, 0, NOON, S.CANCELLED, "operator", "")).result(10)
    store.add_outbox(draft(to="10086"), 1, operator="bob", seen=seen).result(10)


def test_of_many_none_is_queued_where_one_must_not(store: Store) -> None:
    messages = [unknown(store, "10086"), unknown(store, "10010")]
    seen = store.sending.seen([message.id for message in messages])
    store.add_outbox(once_more(messages[1]), 1, operator="bob").result(10)
    with pytest.raises(CannotSend, match="1 of 2: bob already sent message 2 again, as message 3"):
        store.sending.add_batch([Order(once_more(one), 1) for one in messages], OPERATOR, "x", seen).result(10)
    assert (store.outbox_count(), store.sending.batches(1)) == (3, [])


def test_what_failed_or_is_unknown_needs_nobody_any_more_once_it_is_sent_again(store: Store) -> None:
    messages = [unknown(store, "10086"), unknown(store, "10010")]
    assert [each.id for each in store.outbox.troubled(9)] == [2, 1]
    assert store.outbox.find(9, states=[S.UNKNOWN, S.FAILED], not_again=True) == [2, 1]
    store.add_outbox(once_more(messages[1]), 1).result(10)
    assert [(each.id, each.state, each.at, each.batch) for each in store.outbox.troubled(9)] == [
        (1, S.UNKNOWN, NOON, None)
    ]
    assert store.outbox.find(9, states=[S.UNKNOWN, S.FAILED], not_again=True) == [1]
    assert store.outbox.find(9, states=[S.UNKNOWN, S.FAILED]) == [2, 1]


def test_a_database_of_before_knows_what_was_sent_again(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    connection = open_database(path, busy_timeout=1, migrations=MIGRATIONS[:4])
    row = "INSERT INTO outbox (created_at, updated_at, gateway, number, tail, text, via, state, segments, unsettled, detail, token, owner, again_of) VALUES (0, 0, 'gw1', '1', '1', 'x', 'ami', 'failed', 'failed', 0, '', 't', 'o', ?)"  # noqa: E501
    for again_of in (None, 1, 1, None):
        connection.execute(row, (again_of,))
    connection.close()
    connection = open_database(path, busy_timeout=1)
    assert connection.execute("SELECT again_as FROM outbox ORDER BY id").fetchall() == [(3,), (None,), (None,), (None,)]
    connection.close()
