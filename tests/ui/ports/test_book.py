from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from console.domain.messages import InboxMessage, PortCounts
from console.domain.ports import PortHealth, PortSample
from console.store import Store
from console.ui.ports.book import DAYS, HOURS, PortBook, averages, day_edges, hour_edges, read_book
from tests.support.backend import NOON, FixedClock
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from pathlib import Path


def sample(at: float, signal: int | None) -> PortSample:
    return PortSample(at, signal, PortHealth.READY)


def test_hours_and_days_end_with_the_present_one() -> None:
    hours, days = hour_edges(NOON + 61), day_edges(NOON + 61)
    assert (len(hours), len(days)) == (HOURS + 1, DAYS + 1)
    assert hours[-2] <= NOON + 61 < hours[-1]
    assert days[-2] <= NOON + 61 < days[-1]
    assert all(later - earlier == 3600 for earlier, later in pairwise(hours))
    assert all(datetime.fromtimestamp(edge).astimezone().hour == 0 for edge in days)


def test_averages_are_of_what_is_known() -> None:
    samples = [sample(0, 10), sample(5, 20), sample(10, None), sample(25, 7), sample(30, 9)]
    assert averages(samples, [0, 10, 20, 30]) == (15.0, None, 7.0)


def test_it_is_read_in_one_go(tmp_path: Path) -> None:
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    store.add_callback("gw1", sms("one", port="3"), b"").result(10)
    clock.now += 5
    store.add_outbox(draft(port=3), 1).result(10)
    store.port_samples.add_all("gw1", {3: sample(NOON, 21)}).result(10)
    store.port_notes.set("gw1", 3, "mind", False, "bob").result(10)
    book = read_book(store, "gw1", 3, clock.now)
    store.close()
    assert book.today == book.hours.counts[-1] == book.days.counts[-1] == book.hour == PortCounts(received=1)
    assert book.hours.signal[-1] == book.days.signal[-1] == 21
    assert book.note is not None
    assert [isinstance(message, InboxMessage) for message in book.messages] == [False, True]
    assert PortBook().today == PortCounts()
