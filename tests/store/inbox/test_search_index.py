"""Feeding the index, and taking things out of it again."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from console.protocol.query.inbox import INBOX
from console.store import Store
from console.store.inbox import search_index
from console.store.inbox.search_index import days
from tests.support.backend import NOON, FixedClock
from tests.support.inbox import text_sms
from tests.support.messages import sms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.inbox import Inbox


def test_a_step_says_whether_more_may_be_left(inbox: Inbox) -> None:
    for number in range(5):
        inbox.add(text_sms(str(number)))
    assert search_index.step(inbox.connection, 3)
    assert not search_index.step(inbox.connection, 3)
    assert not search_index.step(inbox.connection, 3)


def test_what_is_taken_out_leaves_nothing(inbox: Inbox) -> None:
    for number, text in enumerate(("я" * 67, "two", "three", "not indexed")):
        inbox.add(text_sms(text, number=str(number)))
    inbox.index(3)
    inbox.add(text_sms("grown", number="0"))
    assert inbox.number("SELECT count(*) FROM reindex") == 1
    search_index.take_out(inbox.connection, 1, 4)
    assert inbox.number("SELECT count(*) FROM gram WHERE gram MATCH 'zk736d73'") == 0
    assert inbox.number("SELECT count(*) FROM reindex") == inbox.number("SELECT count(*) FROM day") == 0
    inbox.connection.execute("INSERT INTO gram (gram) VALUES ('optimize')")
    assert inbox.number("SELECT coalesce(sum(length(block)), 0) FROM gram_data WHERE id > 10") == 0


def test_days_of_a_time() -> None:
    assert days(NOON, NOON + 86_400) == (20_779, 20_780)
    first, last = days(-inf, inf)
    assert first < -1_000_000 < 1_000_000 < last


def test_a_store_indexes_by_itself_and_says_nothing_of_it(path: Path) -> None:
    store = Store.open(path, clock=FixedClock())
    for number in range(300):
        store.add_callback("gw1", sms(f"message {number}"), b"")
    store.add_callback("gw1", sms("the last"), b"").result(10)
    revision = store.revision
    while store._number("SELECT value FROM tally WHERE name = 'indexed'") < 301:
        assert store.poll() == revision
    assert store.search_count(INBOX.ask("message")) == 300
    assert store.poll() == revision
    store.close()


def test_what_an_earlier_process_left_is_indexed_at_the_start(path: Path, inbox: Inbox) -> None:
    inbox.add(text_sms("left"))
    store = Store.open(path, clock=FixedClock())
    while store._number("SELECT value FROM tally WHERE name = 'indexed'") < 1:
        assert store.revision == 0
    store.close()
