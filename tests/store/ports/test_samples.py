"""How ports were: kept once, for two weeks, without a word to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.ports import PortHealth, PortSample
from console.errors import StoreError
from console.store.ports.samples import KEPT, PortSamplesReader
from tests.support.backend import NOON

if TYPE_CHECKING:
    from console.store import Store


def sample(at: float = NOON, signal: int | None = 21, health: PortHealth = PortHealth.READY) -> PortSample:
    return PortSample(at, signal, health)


def test_samples_come_back_by_port_oldest_first(store: Store) -> None:
    later, unknown = sample(NOON + 300, 9), sample(NOON, None, PortHealth.UNREGISTERED)
    store.port_samples.add_all("gw1", {1: later, 2: unknown}).result(10)
    store.port_samples.add_all("gw1", {1: sample()}).result(10)
    store.port_samples.add_all("gw2", {1: sample(signal=3)}).result(10)
    assert store.port_samples.of("gw1", 1, 0) == [sample(), later]
    assert store.port_samples.of("gw1", 1, NOON + 1) == [later]
    assert store.port_samples.of("gw1", 2, 0) == [unknown]
    assert store.port_samples.of("gw1", 3, 0) == []


def test_the_second_console_that_writes_a_sample_changes_nothing(store: Store) -> None:
    store.port_samples.add_all("gw1", {1: sample(signal=21)}).result(10)
    store.port_samples.add_all("gw1", {1: sample(signal=22)}).result(10)
    assert store.port_samples.of("gw1", 1, 0) == [sample(signal=21)]


def test_the_screen_is_not_told(store: Store) -> None:
    before = store.poll()
    store.port_samples.add_all("gw1", {1: sample()}).result(10)
    assert store.poll() == before


def test_what_is_older_than_two_weeks_is_forgotten_as_new_ones_come(store: Store) -> None:
    for at in (NOON, NOON + 300, NOON + KEPT + 300):
        store.port_samples.add_all("gw1", {1: sample(at), 2: sample(at)} if at == NOON else {1: sample(at)}).result(10)
    assert [one.at for one in store.port_samples.of("gw1", 1, 0)] == [NOON + 300, NOON + KEPT + 300]
    assert [one.at for one in store.port_samples.of("gw1", 2, 0)] == [NOON]


def test_a_word_of_a_later_version_is_unknown() -> None:
    reader = PortSamplesReader(lambda sql, parameters: [(int(NOON), 5, "asleep")])
    assert reader.of("gw1", 1, 0) == [sample(signal=5, health=PortHealth.UNKNOWN)]


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        store.port_samples.of("gw1", 1, 0)
