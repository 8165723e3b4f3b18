"""How much went by each SIM."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import replace

from console.config import SimLimits
from console.domain.ports import PortHealth, PortSnapshot
from console.domain.sending import SimUsage
from console.services.sending.sims import REREAD, Sims, keep_counting, starts_of
from console.ui.compose.route_choice import usage_words
from tests.support.backend import NOON, FixedClock
from tests.support.sending import GATEWAY, snapshot
from tests.support.waiting import until


class Past:
    """What left before, by port and SIM; the same since whenever is asked."""

    def __init__(self) -> None:
        self.counts: dict[tuple[int, str], int] = {}
        self.asked: list[float] = []

    def segments_since(self, gateway: str, since: float) -> dict[tuple[int, str], int]:
        self.asked.append(since)
        return dict(self.counts)


def with_sim(port: int, imsi: str) -> PortSnapshot:
    plain = snapshot(port, PortHealth.READY)
    return replace(plain, report=replace(plain.report, imsi=imsi))


def sims(past: Past, clock: FixedClock, *ports: PortSnapshot, daily: int | None = 10) -> Sims:
    return Sims(replace(GATEWAY, limits=SimLimits(daily, 100)), past, clock, lambda: ports)


async def test_the_store_is_asked_for_today_and_this_month_now_and_then() -> None:
    past, clock = Past(), FixedClock()
    book = sims(past, clock, with_sim(1, "460"))
    await book.refresh()
    await book.refresh()
    assert past.asked == list(starts_of(NOON))
    clock.now += REREAD
    await book.refresh()
    assert len(past.asked) == 4


async def test_it_is_read_also_while_nothing_leaves() -> None:
    past = Past()
    past.counts = {(1, "460"): 3}
    book = sims(past, FixedClock(), with_sim(1, "460"))
    reading = asyncio.create_task(keep_counting(book))
    await until(lambda: book.usage()[1].today == 3)
    reading.cancel()


async def test_nothing_is_asked_without_a_limit() -> None:
    past = Past()
    book = Sims(GATEWAY, past, FixedClock(), lambda: [with_sim(1, "460")])
    await book.refresh()
    assert not book.limited
    assert past.asked == []
    assert book.usage() == {}
    assert book.refusal(1, 1000) == ""


async def test_a_sim_is_counted_in_whichever_port_it_was() -> None:
    past = Past()
    past.counts = {(1, "460"): 3, (2, "460"): 4, (1, "461"): 50, (1, ""): 2}
    book = sims(past, FixedClock(), with_sim(1, "460"), with_sim(2, ""))
    await book.refresh()
    assert book.usage() == {1: SimUsage(9, 9, 10, 100), 2: SimUsage(4, 4, 10, 100)}
    assert book.refusal(1, 1) == ""
    assert book.refusal(1, 2) == "Port 1: 9 of 10 segments today, and this message needs 2 more."


async def test_what_leaves_now_counts_at_once_and_once_only() -> None:
    past, clock = Past(), FixedClock()
    book = sims(past, clock, with_sim(1, "460"))
    await book.refresh()
    book.note(1, 4)
    book.note(1, 2)
    book.take_back(1, 2)
    assert book.usage()[1].today == 4
    past.counts = {(1, "460"): 4}
    clock.now += REREAD
    await book.refresh()
    assert book.usage()[1].today == 4


async def test_the_narrower_limit_is_named() -> None:
    past = Past()
    past.counts = {(1, "460"): 100}
    book = sims(past, FixedClock(), with_sim(1, "460"), daily=None)
    await book.refresh()
    assert book.refusal(1, 1) == "Port 1: 100 of 100 segments this month."


def test_a_day_and_a_month_begin_at_midnight_here() -> None:
    utc = datetime.UTC
    midnight, first = starts_of(NOON)
    assert datetime.datetime.fromtimestamp(midnight, utc).isoformat() == "2026-11-22T00:00:00+00:00"
    assert datetime.datetime.fromtimestamp(first, utc).isoformat() == "2026-11-01T00:00:00+00:00"


def test_a_limit_lowered_below_what_went_is_told_by_its_number() -> None:
    usage = SimUsage(today=5, this_month=9, daily_limit=3, monthly_limit=None)
    assert (usage.left, usage.refusal(1, 1)) == (0, "Port 1: 5 of 3 segments today.")
    assert usage_words(usage) == ", ✗ limit of 3 a day reached"
