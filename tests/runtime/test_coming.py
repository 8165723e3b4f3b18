"""Services that start beside the screen: once, whoever is first, and nothing that is asked at each frame waits."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, ReceiverConfig, Secret
from console.domain.link import LinkPhase
from console.domain.messages import Draft, Via
from console.errors import StoreError
from console.runtime.backend import ServicesBackend
from console.runtime.coming import Coming
from console.runtime.services import Services
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.sending import GATEWAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AMI = AmiConfig("admin", Secret("x"), tcp_port=1, segment_sizes=(100, 90, 50, 40))
BOXES = (replace(GATEWAY, ami=AMI), replace(GATEWAY, name="gw2", ami=None))
RECEIVER = ReceiverConfig("::1", 8080)


class Starting:
    """Makes services, never started, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "console.db", clock=FixedClock())
        config = Config(gateways=BOXES, receiver=RECEIVER, database=self.store.path)
        self.made = Services(config, self.store, AmiLog(), FixedClock())
        self.count = 0

    def __call__(self) -> Services:
        self.count += 1
        return self.made


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    starting = Starting(tmp_path)
    yield starting
    starting.made._loop._loop.close()
    starting.made._overhearing["gw1"].close()
    starting.store.close()


@pytest.fixture
def coming(starting: Starting) -> Coming:
    return Coming(starting, BOXES, RECEIVER, NOON)


def test_until_they_are_there_nothing_was_tried(starting: Starting, coming: Coming) -> None:
    backend = ServicesBackend(coming, starting.store, operator=OPERATOR)
    first, second = backend.gateways()
    assert (first.name, first.link.phase, first.ports) == ("gw1", LinkPhase.CONNECTING, ())
    assert (second.name, second.link.phase) == ("gw2", LinkPhase.STOPPED)
    assert not backend.receiver().listening
    assert not backend.receiver().tried
    assert backend.receiver().address == "[::1]:8080"
    assert backend.trouble() == ""
    assert starting.count == 0


def test_the_empty_form_waits_for_nothing_and_is_cut_as_it_will_be(starting: Starting, coming: Coming) -> None:
    backend = ServicesBackend(coming, starting.store, operator=OPERATOR)
    empty = [Draft(name, "", "", None, via) for name in ("gw1", "gw2", "gone") for via in (Via.AMI, Via.HTTP)]
    before = [backend.plan(draft) for draft in empty]
    assert starting.count == 0
    assert before[0].left == 100
    coming.begin()
    assert [backend.plan(draft) for draft in empty] == before


def test_a_key_that_needs_them_starts_them(starting: Starting, coming: Coming) -> None:
    backend = ServicesBackend(coming, starting.store, operator=OPERATOR)
    assert backend.plan(Draft("gw1", "10086", "hi", None, Via.AMI)).text == "hi"
    assert starting.count == 1
    assert coming.services is starting.made


def test_they_are_started_once_whoever_comes(starting: Starting, coming: Coming) -> None:
    got: list[Services] = []
    threads = [threading.Thread(target=lambda: got.append(coming.begin())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [starting.made] * 8
    assert starting.count == 1


def test_what_runs_beside_the_screen_waits_for_the_first_frame(starting: Starting, coming: Coming) -> None:
    got: list[Services] = []
    beside = threading.Thread(target=lambda: got.append(coming.wait()))
    beside.start()
    coming.begin()
    beside.join()
    assert got == [starting.made]
    assert starting.count == 1


def test_once_they_are_there_they_are_asked(starting: Starting, coming: Coming) -> None:
    coming.begin()
    backend = ServicesBackend(coming, starting.store, operator=OPERATOR)
    assert backend.gateways() == starting.made.gateways()
    assert backend.receiver() == starting.made.receiver()
    assert backend.trouble() == starting.made.trouble()


def test_why_they_could_not_be_started_is_told_to_everybody() -> None:
    def fail() -> Services:
        raise StoreError("The disk is full.", hint="Make room.")

    coming = Coming(fail, BOXES, RECEIVER, NOON)
    with pytest.raises(StoreError, match="disk is full"):
        coming.begin()
    with pytest.raises(StoreError, match="disk is full"):
        coming.wait()
    assert coming.services is None
    assert [gateway.name for gateway in coming.gateways()] == ["gw1", "gw2"]
