from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.sending import BatchState
from console.store import Store
from console.ui.outbox.sending_watch import IDLE, SPACING, SendingWatch
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import draft
from tests.support.outbox import add_batch, come_to, leave_behind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(path, clock=FixedClock())
    yield store
    store.close()


def test_it_looks_once_a_second_while_something_changes_and_seldom_while_nothing_does(store: Store) -> None:
    watch = SendingWatch(store)
    assert watch.is_due(NOON)
    watch.look(NOON)
    assert not watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON + IDLE)
    store.add_outbox(draft(), 1).result()
    assert not watch.is_due(NOON + SPACING / 2)
    assert watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON - 3600), "the clock was set back"


def test_batches_of_which_something_has_not_left_are_seen_newest_first(store: Store) -> None:
    watch = SendingWatch(store)
    add_batch(store, [S.QUEUED, S.SENT])
    add_batch(store, [S.SENT, S.FAILED])
    third = add_batch(store, [S.QUEUED])
    watch.look(NOON)
    assert [batch.id for batch in watch.seen.batches] == [3, 1]
    assert watch.seen.header == [("  2 batches 1/3", "busy")]
    store.sending.set_batch(third, BatchState.CANCELLED, OPERATOR).result()
    come_to(store, 1, S.SENT)
    watch.look(NOON + 1)
    assert watch.seen.batches == ()
    assert watch.seen.header == []


def test_the_rate_is_that_between_looks(store: Store) -> None:
    watch = SendingWatch(store)
    batch = add_batch(store, [S.QUEUED] * 4)
    watch.look(NOON)
    assert watch.seen.rates == {batch: None}
    come_to(store, 1, S.SENT)
    come_to(store, 2, S.SENT)
    watch.look(NOON + 30)
    assert watch.seen.rates == {batch: 4.0}


def test_what_an_earlier_run_left_is_no_batch_under_way(path: Path, store: Store) -> None:
    earlier = Store.open(path, clock=FixedClock())
    add_batch(earlier, [S.QUEUED] * 2)
    earlier.close()
    leave_behind(path, FixedClock(), ["10086"])
    watch = SendingWatch(store)
    watch.look(NOON)
    assert [message.id for message in watch.seen.left_over] == [1, 2, 3]
    assert watch.seen.left_over_words == "3 messages of an earlier run wait for your yes"
    assert watch.seen.waits(watch.seen.batches[0])
    assert watch.seen.header == []


def test_where_the_store_cannot_be_read_the_last_look_stands(path: Path) -> None:
    store = Store.open(path, clock=FixedClock())
    add_batch(store, [S.QUEUED])
    watch = SendingWatch(store)
    watch.look(NOON)
    seen = watch.seen
    store.close()
    watch.look(NOON + 60)
    assert watch.seen is seen
