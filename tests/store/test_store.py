"""The inbox, unmatched notices and revisions, through the store's own interface."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Callback, CallbackKind
from console.errors import StoreError
from console.store import Reader, Store
from console.store.undo import AT_ONCE
from tests.support.backend import NOON
from tests.support.messages import report, result, sms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

UNREADABLE = Callback(CallbackKind.UNREADABLE, reason="No parameter for the number has a known name.")


def fill(store: Store, count: int) -> None:
    for future in [store.add_callback("gw1", sms(str(number)), b"") for number in range(1, count + 1)]:
        future.result(10)


def test_a_message_comes_back_as_it_went_in(store: Store, clock: FixedClock) -> None:
    callback = Callback(
        CallbackKind.SMS,
        number="+7 Банк",
        text="0\0麒麟\n\x1b[31m😀",
        port="gsm-1.2",
        port_name="door",
        gateway_time="2014/09/11 09:36:47",
        imsi="460",
        id="null",
        status="s",
        cause="c",
    )
    raw = bytes(range(256))
    row_id = store.add_callback("gw1", callback, raw).result(10)
    (message,) = store.inbox_slice(0, 10)
    assert message == next(store.inbox_messages([row_id]))
    assert (message.id, message.gateway, message.received_at) == (row_id, "gw1", NOON)
    assert (message.callback, message.raw, message.read) == (callback, raw, False)


def test_the_inbox_outlives_the_store(store: Store, path: Path, clock: FixedClock) -> None:
    store.add_callback("", UNREADABLE, b"\x00\xff").result(10)
    store.close()
    again = Store.open(path, clock=clock)
    assert [message.callback for message in again.inbox_slice(0, 10)] == [UNREADABLE]
    assert again.inbox_slice(0, 1)[0].raw == b"\x00\xff"
    again.close()


def test_slices_count_from_the_newest(store: Store) -> None:
    assert store.inbox_slice(0, 10) == []
    assert store.inbox_count() == 0
    fill(store, 10)
    assert [message.callback.text for message in store.inbox_slice(0, 3)] == ["10", "9", "8"]
    assert [message.callback.text for message in store.inbox_slice(8, 5)] == ["2", "1"]
    assert store.inbox_slice(10, 5) == []
    assert store.inbox_count() == 10


def test_reading_marks(store: Store) -> None:
    fill(store, 4)
    assert (store.unread_count(), store.newest_unread_position()) == (4, 0)
    store.mark_read([4, 4, 2, 99]).result(10)
    assert (store.unread_count(), store.newest_unread_position()) == (2, 1)
    assert [message.read for message in store.inbox_slice(0, 4)] == [True, False, True, False]
    store.mark_read([4]).result(10)
    assert store.unread_count() == 2
    assert store.mark_all_read([1, 2, 3], "alice").result(10) == 2
    assert (store.unread_count(), store.newest_unread_position()) == (0, None)


@pytest.mark.slow
def test_marking_a_large_inbox_read_takes_many_writes_and_so_does_undoing_it(store: Store) -> None:
    count = 2 * AT_ONCE + 1
    fill(store, count)
    before = store.revision
    assert store.mark_all_read(range(1, count + 1), "alice").result(10) == count
    assert store.revision == before + 3
    assert (store.unread_count(), store.newest_unread_position()) == (0, None)
    undone = store.past.undo("alice").result(10)
    assert undone is not None
    assert (undone.restored, store.unread_count(), store.revision) == (count, count, before + 6)


def test_marking_all_read_in_a_closed_store_fails(store: Store) -> None:
    fill(store, 1)
    store._writer.close()
    assert isinstance(store.mark_all_read([1], "alice").exception(10), StoreError)


def test_results_and_reports_are_no_inbox_messages_but_are_kept(store: Store) -> None:
    store.add_callback("gw1", report(number="10086"), b"first").result(10)
    store.add_callback("gw1", report(), b"second").result(10)
    store.add_callback("gw1", result("null"), b"third").result(10)
    assert store.inbox_count() == 0
    assert store.unread_count() == 0
    assert len(store.unmatched(0, 99)) == 2
    newest, oldest = store.unmatched(0, 10)
    assert (newest.callback, newest.raw) == (report(), b"second")
    assert (oldest.callback, oldest.raw) == (report(number="10086"), b"first")
    assert [message.raw for message in store.unmatched(1, 1)] == [b"first"]


def test_revision_rises_with_each_commit(store: Store) -> None:
    before = store.revision
    store.add_callback("gw1", sms(), b"").result(10)
    assert store.revision > before


def test_poll_notices_another_process(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    before = store.poll()
    assert store.poll() == before
    other.add_callback("gw1", sms("from the other"), b"").result(10)
    assert store.poll() > before
    settled = store.poll()
    assert store.poll() == settled
    assert store.inbox_slice(0, 1)[0].callback.text == "from the other"
    other.close()


def test_poll_does_not_count_our_own_commit_twice(store: Store) -> None:
    store.poll()
    store.add_callback("gw1", sms(), b"").result(10)
    once = store.revision
    assert store.poll() == once


def test_two_stores_write_at_the_same_time(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    futures = [
        which.add_callback("gw1", sms(f"{number} of {name}"), b"")
        for number in range(200)
        for name, which in (("one", store), ("the other", other))
    ]
    assert len({future.result(30) for future in futures}) == 400
    assert store.inbox_count() == other.inbox_count() == 400
    other.close()


def test_reads_from_many_threads_while_it_writes(store: Store) -> None:
    seen: list[int] = []

    def read() -> None:
        for _ in range(50):
            texts = [message.callback.text for message in store.inbox_slice(0, 20)]
            assert texts == [str(number) for number in range(int(texts[0]), 0, -1)][:20] if texts else True
        seen.append(store.inbox_count())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    fill(store, 300)
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert store.inbox_count() == 300


def test_a_reader_alone_sees_what_the_store_commits(store: Store, path: Path) -> None:
    reader = Reader(path)
    fill(store, 3)
    assert reader.inbox_count() == 3
    reader.close()


def test_trouble_is_told_and_taken_back(path: Path, clock: FixedClock) -> None:
    store = Store.open(path, clock=clock, busy_timeout=0.01)
    other = Store.open(path, clock=clock)
    started, release = threading.Event(), threading.Event()

    def hold(_connection: object) -> None:
        started.set()
        release.wait(10)

    held = other._writer.submit(hold)
    assert started.wait(10)
    error = store.add_callback("gw1", sms(), b"").exception(10)
    assert isinstance(error, StoreError)
    assert store.trouble == str(error)
    release.set()
    held.result(10)
    store.add_callback("gw1", sms(), b"").result(10)
    assert store.trouble == ""
    other.close()
    store.close()


def test_after_closing_everything_says_so(store: Store) -> None:
    store.close()
    assert isinstance(store.add_callback("gw1", sms(), b"").exception(0), StoreError)
    with pytest.raises(StoreError, match="closed"):
        store.inbox_count()
