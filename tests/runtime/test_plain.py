from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from console.domain.alarms import AlarmKind, Condition
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.ports import PortHealth
from console.errors import StoreError
from console.protocol.http.inbound import parse
from console.runtime.plain import News, follow
from console.store import Store
from tests.support.backend import NOON, FakeBackend, FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    yield store
    store.close()


@pytest.fixture
def backend(store: Store) -> FakeBackend:
    return FakeBackend(store)


def arrive(store: Store, text: str, number: str = "10086") -> None:
    target = f"/sms?phonenumber={number}&port=2&message={text}&time=&".encode()
    store.add_callback("gw1", parse(target, {}), target, at=NOON).result()


def test_at_first_it_tells_how_things_are(store: Store, backend: FakeBackend) -> None:
    lines = News(store, backend).look()
    assert any(line.startswith("receiver  listening on ") for line in lines)
    assert "AMI       gw1  up" in lines
    assert any(line.startswith("port      gw1 port 1  ready") for line in lines)


def test_then_only_what_is_new(store: Store, backend: FakeBackend) -> None:
    arrive(store, "old")
    news = News(store, backend)
    news.look()
    assert news.look() == []
    arrive(store, "hello")
    assert news.look() == ["SMS       gw1 port 2  from 10086: hello"]
    assert news.look() == []


def test_parts_that_nobody_numbered_are_told_as_a_guess(store: Store, backend: FakeBackend) -> None:
    news = News(store, backend)
    news.look()
    arrive(store, "x" * 153)
    arrive(store, "end")
    assert news.look() == [f"SMS       gw1 port 2  from 10086: {'x' * 153}┊end  (2 parts, guessed)"]


def test_a_strangers_text_is_safe_on_one_line(store: Store, backend: FakeBackend) -> None:
    news = News(store, backend)
    news.look()
    arrive(store, "%1b[31mred%0d%0anext%e2%80%ae", number="%1b]52;x%07")
    (line,) = news.look()
    assert not any(mark in line for mark in ("\x1b", "\n", "\r", "\x07", "\u202e"))


def test_a_port_that_changes_is_told_once(store: Store, backend: FakeBackend) -> None:
    news = News(store, backend)
    news.look()
    backend.change_port(3, health=PortHealth.UNREGISTERED)
    (line,) = news.look()
    assert line.startswith("port      gw1 port 3  unregistered")
    assert news.look() == []


def test_what_becomes_of_our_messages(store: Store, backend: FakeBackend) -> None:
    news = News(store, backend)
    news.look()
    message = store.add_outbox(Draft("gw1", "+8613632919026", "hi", 2, Via.AMI), 1).result()
    store.add_evidence(Evidence(message.id, 0, NOON, DeliveryState.SUBMITTING, "test", "")).result()
    assert news.look() == []
    for state in (DeliveryState.SENT, DeliveryState.DELIVERED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "test", "")).result()
        (line,) = news.look()
        assert line.startswith(f"sending   gw1 port 2  to +8613632919026: {state.value}")
    assert news.look() == []


def test_messages_under_way_before_are_followed(store: Store, backend: FakeBackend) -> None:
    message = store.add_outbox(Draft("gw1", "+8613632919026", "hi", 2, Via.AMI), 1).result()
    news = News(store, backend)
    news.look()
    store.add_evidence(Evidence(message.id, 0, NOON, DeliveryState.FAILED, "test", "no credit")).result()
    (line,) = news.look()
    assert "to +8613632919026: failed" in line


def test_alarms_begin_and_end(store: Store, backend: FakeBackend) -> None:
    news = News(store, backend)
    news.look()
    alarm = store.alarms.raise_(Condition(AlarmKind.NO_SIM, "gw1", 3, "the SIM is gone")).result()
    assert alarm is not None
    assert news.look() == ["alarm     gw1 port 3  no SIM: the SIM is gone"]
    store.alarms.clear(alarm.id).result()
    assert news.look() == ["alarm     gw1 port 3  no SIM is over"]


class Scripted(News):
    """Gives what it was told to, one look after the other."""

    def __init__(self, *looks: list[str] | StoreError) -> None:
        self._looks = iter(looks)

    def look(self) -> list[str]:
        it = next(self._looks)
        if isinstance(it, StoreError):
            raise it
        return it


def test_each_line_has_its_time_and_the_last_look_is_printed_too() -> None:
    out, ends = io.StringIO(), iter([False, True])
    follow(Scripted(["one"], ["two", "three"]), out, lambda: next(ends), lambda: NOON)
    assert [line.split("  ")[1] for line in out.getvalue().splitlines()] == ["one", "two", "three"]
    assert out.getvalue().startswith("2026-")


def test_trouble_with_the_store_is_told_once_and_ends_nothing() -> None:
    out, ends = io.StringIO(), iter([False, False, False, True])
    trouble = StoreError("The database is locked.")
    follow(Scripted(trouble, trouble, ["one"], []), out, lambda: next(ends), lambda: NOON)
    assert [line.split("  ", 1)[1] for line in out.getvalue().splitlines()] == [
        "trouble   The database is locked.",
        "one",
    ]
