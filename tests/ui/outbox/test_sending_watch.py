from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import LinkPhase, LinkStatus
from console.domain.messages import DeliveryState as S
from console.domain.sending import BatchState
from console.protocol.text.time_words import spoken
from console.store import Store
from console.ui.keys.keymap import Keymap
from console.ui.outbox.sending_watch import IDLE, SPACING, SendingWatch
from tests.support.backend import NOON, OPERATOR, FakeBackend, FixedClock
from tests.support.messages import draft
from tests.support.outbox import add_batch, come_to, leave_behind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.ui.kit.format import Cells


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(path, clock=FixedClock())
    yield store
    store.close()


def header(watch: SendingWatch) -> Cells:
    return watch.seen.header(Keymap())


def words(watch: SendingWatch) -> str:
    return "".join(text for text, _ in header(watch))


def test_it_looks_once_a_second_while_something_changes_and_seldom_while_nothing_does(store: Store) -> None:
    watch = SendingWatch(store, FakeBackend(store))
    assert watch.is_due(NOON)
    watch.look(NOON)
    assert not watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON + IDLE)
    store.add_outbox(draft(), 1).result()
    assert not watch.is_due(NOON + SPACING / 2)
    assert watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON - 3600), "the clock was set back"


def test_batches_of_which_something_has_not_left_are_seen_newest_first(store: Store) -> None:
    watch = SendingWatch(store, FakeBackend(store))
    add_batch(store, [S.QUEUED, S.SENT])
    add_batch(store, [S.SENT, S.FAILED])
    third = add_batch(store, [S.QUEUED])
    watch.look(NOON)
    assert [batch.id for batch in watch.seen.batches] == [3, 1]
    assert header(watch)[-1] == ("  2 batches 1/3", "busy")
    store.sending.set_batch(third, BatchState.CANCELLED, OPERATOR).result()
    come_to(store, 1, S.SENT)
    watch.look(NOON + 1)
    assert watch.seen.batches == ()
    assert words(watch) == "  ✗ 1 needs you (5 F)  – 2 batches ended (5 b)"


def test_the_rate_is_that_between_looks(store: Store) -> None:
    watch = SendingWatch(store, FakeBackend(store))
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
    watch = SendingWatch(store, FakeBackend(store))
    watch.look(NOON)
    assert [message.id for message in watch.seen.left_over] == [1, 2, 3]
    assert watch.seen.left_over_words == "3 messages from an earlier session are held"
    assert watch.seen.waits(watch.seen.batches[0])
    assert header(watch) == []


def test_where_the_store_cannot_be_read_the_last_look_stands(path: Path) -> None:
    store = Store.open(path, clock=FixedClock())
    add_batch(store, [S.QUEUED])
    watch = SendingWatch(store, FakeBackend(store))
    watch.look(NOON)
    seen = watch.seen
    store.close()
    watch.look(NOON + 60)
    assert watch.seen is seen


def test_what_failed_needs_somebody_until_it_is_looked_at_or_settled(store: Store) -> None:
    for state in (S.FAILED, S.SENT, S.UNKNOWN, S.FAILED):
        message = store.add_outbox(draft(), 1).result()
        come_to(store, message.id, state)
    watch = SendingWatch(store, FakeBackend(store))
    watch.look(NOON)
    assert header(watch) == [("  ✗ 3 need you", "bad"), (" (5 F)", "quiet")]
    store.add_outbox(replace(draft(), again_of=1), 1).result()
    watch.look(NOON + 1)
    assert words(watch) == "  ✗ 2 need you (5 F)", "one of them was sent again, by whomever"
    watch.looked_at_troubled()
    assert words(watch) == ""
    watch.look(NOON + 2)
    assert words(watch) == ""
    come_to(store, 3, S.FAILED)
    watch.look(NOON + 3)
    assert words(watch) == "  ✗ 1 needs you (5 F)", "of an unknown one there is another word"
    elsewhere = SendingWatch(store, FakeBackend(store))
    elsewhere.look(NOON + 3)
    assert words(elsewhere) == "  ✗ 2 need you (5 F)", "nobody has looked there"


def test_what_failed_days_ago_is_no_news(store: Store) -> None:
    come_to(store, store.add_outbox(draft(), 1).result().id, S.UNKNOWN)
    for hours, said in ((23, "  ? 1 needs you (5 F)"), (25, "")):
        watch = SendingWatch(store, FakeBackend(store))
        watch.look(NOON + hours * 3600)
        assert words(watch) == said


def test_the_end_of_a_batch_is_told_until_somebody_looks(store: Store) -> None:
    add_batch(store, [S.SENT])
    watch = SendingWatch(store, FakeBackend(store))
    watch.look(NOON)
    assert words(watch) == "", "it ended before"
    second = add_batch(store, [S.SENT, S.QUEUED])
    watch.look(NOON + 1)
    assert words(watch) == "  batch 1/2"
    come_to(store, 3, S.SENT)
    add_batch(store, [S.FAILED, S.SENT])  # begun and ended between two looks
    watch.look(NOON + 2)
    assert words(watch) == "  ✗ 1 needs you (5 F)  ■ 2 batches ended (5 b)"
    assert [batch.id for batch in watch.seen.ended] == [3, second]
    short = "".join(text for text, _ in watch.seen.header(Keymap(), short=True))
    assert short == "  ✗ 1 (5 F)  ■ (5 b)"
    watch.looked_at_troubled(3)
    watch.looked_at_batches()
    watch.look(NOON + 3)
    assert words(watch) == ""


def test_a_look_that_was_under_way_brings_nothing_back(store: Store) -> None:
    come_to(store, store.add_outbox(draft(), 1).result().id, S.FAILED)
    watch = SendingWatch(store, FakeBackend(store))
    watch.look(NOON)
    before = watch._found(NOON)
    watch.looked_at_troubled()
    watch._publish(before)
    assert words(watch) == ""


def test_a_batch_says_for_what_it_waits(store: Store) -> None:
    backend = FakeBackend(store)
    batch = add_batch(store, [S.QUEUED])
    watch = SendingWatch(store, backend)
    watch.look(NOON)
    assert watch.seen.held == {}
    first = backend.snapshots[0]
    backend.snapshots = (replace(first, link=LinkStatus(LinkPhase.WAITING, NOON)),)
    watch.look(NOON + 1)
    assert watch.seen.held == {batch: "waits for AMI (gw1)"}
    store.planned.change(1, NOON + 7200, None, OPERATOR).result()
    watch.look(NOON + 2)
    assert watch.seen.held == {batch: f"planned for {spoken(NOON + 7200, NOON)}"}
    assert header(watch) == [], "it is not under way before its time"
