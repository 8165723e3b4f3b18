"""Removing what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Callback, CallbackKind, Evidence
from console.domain.messages import DeliveryState as S
from console.protocol.query.inbox import INBOX
from console.store import retention
from console.store.retention import AT_ONCE
from tests.support.backend import NOON
from tests.support.messages import draft, report, sms

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock

DAY = 86_400.0


def fill(store: Store, count: int, *, first: int = 0) -> None:
    """One an hour up to now."""
    now = store._clock.time()
    for number in range(first, first + count):
        callback = sms(f"message {number}", number=f"+86136{number:05}")
        write = store.add_callback("gw1", callback, b"raw", at=now - (first + count - 1 - number) * 3_600)
    write.result(10)


def texts(store: Store) -> list[str]:
    return [entry.callback.text for entry in store.inbox_slice(0, 1_000)]


def test_nothing_is_removed_unless_asked(store: Store) -> None:
    fill(store, 3)
    store.prune().result(10)
    assert store.inbox_count() == 3


def test_all_but_the_newest_rows(store: Store) -> None:
    fill(store, 3 * AT_ONCE + 5)
    store.mark_read(range(1, 3 * AT_ONCE + 2)).result(10)
    store.prune(rows=7).result(10)
    assert texts(store) == [f"message {number}" for number in range(3 * AT_ONCE + 4, 3 * AT_ONCE - 3, -1)]
    assert (store.inbox_count(), store.unread_count()) == (7, 4)
    assert [entry.id for entry in store.inbox_slice(6, 1)] == [3 * AT_ONCE - 1]
    fill(store, 1, first=999)
    assert (texts(store)[0], store.inbox_count(), len(store.inbox_slice(7, 5))) == ("message 999", 8, 1)
    assert store.inbox_slice(8, 5) == []
    store.prune(rows=100).result(10)
    assert store.inbox_count() == 8


def test_no_more_than_a_share_is_removed_at_once(
    store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "FEW", 2 * AT_ONCE)
    fill(store, 10 * AT_ONCE + 1)
    clock.now += 1_000 * DAY
    assert store.prune(days=30, share=0.05).result(10) == (2 * AT_ONCE, True)
    assert store.prune(days=30, share=0.5).result(10) == (5 * AT_ONCE, True)
    assert store.prune(days=30).result(10) == (3 * AT_ONCE + 1, False)


def test_when_the_newest_came(store: Store, clock: FixedClock) -> None:
    assert store.newest_at() is None
    fill(store, 2)
    assert store.newest_at() == NOON
    clock.now += DAY
    store.add_outbox(draft(), 1).result(10)
    assert store.newest_at() == NOON + DAY


def test_what_is_older_than_some_days(store: Store, clock: FixedClock) -> None:
    fill(store, 100)
    store.prune(days=2).result(10)
    assert texts(store)[-1] == "message 51"
    assert store.inbox_count() == 49
    clock.now += 365 * DAY
    store.prune(days=2).result(10)
    assert (store.inbox_count(), store.unread_count(), store.newest_unread_position()) == (0, 0, None)
    assert store.inbox_slice(0, 10) == []
    fill(store, 2, first=500)
    assert [(entry.id, entry.callback.text) for entry in store.inbox_slice(0, 5)] == [
        (102, "message 501"),
        (101, "message 500"),
    ]


def test_what_came_after_something_young_stays(store: Store) -> None:
    for days in (9, 1, 8):
        store.add_callback("gw1", sms(f"{days} days"), b"", at=NOON - days * DAY).result(10)
    store.prune(days=5).result(10)
    assert store.inbox_count() == 2


@pytest.mark.parametrize("wait", [True, False])
def test_nothing_of_it_is_found_again(store: Store, wait: bool) -> None:
    fill(store, 40)
    store.add_callback("gw1", sms("message 39", number="+8613600039"), b"copy").result(10)
    while wait and store._number("SELECT value FROM tally WHERE name = 'indexed'") < 40:
        pass
    store.prune(rows=1).result(10)
    assert [entry.callback.text for entry in store.search(INBOX.ask("message"))] == ["message 39"]
    assert len(store.callbacks_of(40)) == 2
    assert store.thread(store.person("+8613600038")) == []
    store.prune(rows=0).result(10)
    assert store.search_count(INBOX.ask("message")) == 0
    assert store.callbacks_of(40) == []


def test_messages_of_ours_and_what_was_said_of_them(store: Store, clock: FixedClock) -> None:
    sent = [store.add_outbox(draft(text=str(number)), 1).result(10).id for number in range(5)]
    for message_id in (1, 2, 4):
        for state in (S.SUBMITTING, S.SENT):
            store.add_evidence(Evidence(message_id, 1, NOON, state, "console", "")).result(10)
    store.add_callback("gw1", Callback(CallbackKind.RESULT, id="null", status="Sent"), b"").result(10)
    store.add_callback("gw1", report(number="10086"), b"").result(10)
    assert sent == [1, 2, 3, 4, 5]
    clock.now += 10 * DAY
    store.prune(days=1).result(10)
    assert [message.id for message in store.outbox_slice(0, 10)] == [6, 5, 4, 3]  # 3 is not settled; 6 is another's
    assert store.outbox_count() == 4
    assert store.evidence(1) == []
    assert len(store.unmatched(0, 99)) == 0
    for message_id in (3, 5):
        store.add_evidence(Evidence(message_id, 0, NOON, S.CANCELLED, "console", "")).result(10)
    store.prune(rows=0).result(10)
    assert store.outbox_count() == 0
    assert store.add_outbox(draft(), 1).result(10).id == 7


def test_a_closed_store_can_t(store: Store) -> None:
    store._writer.close()
    assert store.prune(rows=1).exception(10) is not None
