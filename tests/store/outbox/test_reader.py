"""Looking through the outbox: by what a line asks for, by state, by ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, Via
from console.protocol.query.fields import Asker
from console.protocol.query.outbox import OUTBOX
from console.store.outbox.messages import Order
from tests.support.backend import NOON
from tests.support.messages import draft

if TYPE_CHECKING:
    from console.store import Store


def add(store: Store, *states: S, to: str = "+4915112345678", text: str = "hi", raw: str = "") -> int:
    """A message that came through these states."""
    message_id = store.add_outbox(draft(to=to, text=text), 1).result(10).id
    for state in states:
        store.add_evidence(Evidence(message_id, 1, NOON, state, "console", raw)).result(10)
    return message_id


def test_states_are_found_newest_first_and_no_more_than_wanted(store: Store) -> None:
    failed = [add(store, S.FAILED) for _ in range(3)]
    unknown = add(store, S.SUBMITTING, S.UNKNOWN)
    queued = add(store)
    assert store.outbox.find(10, states=(S.FAILED, S.UNKNOWN)) == [unknown, *reversed(failed)]
    assert store.outbox.find(2, states=(S.FAILED, S.UNKNOWN)) == [unknown, failed[-1]]
    assert store.outbox.find(10) == [queued, unknown, *reversed(failed)]
    assert store.outbox.find(10, states=(S.DELIVERED,)) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ПОСЫЛКА", [2]),
        ("4915112345678 hi", [1]),
        ("0151 12345678", [1]),
        ("failed", [3]),
        ("timer expired", [3]),
        ("hi посылка", []),
        ("hi OR посылка", [2, 1]),
        ("-hi", [3, 2]),
        ("state:failed", [3]),
        ("state:failed,queued -x", [2, 1]),
        ("state:failed OR id:1", [3, 1]),
        ("state:failed state:queued", [3, 2, 1]),
        ("is:troubled", [3]),
        ("is:waiting", [2, 1]),
        ("is:waiting state:failed", []),
        ("is:foreign", []),
        ("is:foreign is:ours", [3, 2, 1]),
        ("port:1-3 to:100", [3, 2]),
        ("port:2", []),
        ("batch:1", []),
        ("gw:GW1 id:2-9", [3, 2]),
        ("by:nobody", []),
        ("on:2026-11-22", [3, 2, 1]),
        ("before:2026-11-22", []),
        ("/^10+10/", [3]),
    ],
)
def test_what_a_line_asks_for(store: Store, line: str, found: list[int]) -> None:
    add(store)
    add(store, to="10086", text="Посылка уже здесь")
    add(store, S.FAILED, to="10010", text="x", raw="Timer EXPIRED")
    query = OUTBOX.ask(line, Asker(now=NOON, zone=UTC, regions=("DE",)))
    assert store.outbox.find(10, query) == found


def test_a_batch_is_found_by_its_number(store: Store) -> None:
    add(store)
    store.sending.add_batch([Order(draft(to=f"1000{one}"), 1) for one in range(3)], "alice", "three").result(10)
    assert store.outbox.find(10, OUTBOX.ask("batch:1 10002")) == [4]
    assert store.outbox.find(10, batch=1) == store.outbox.find(10, OUTBOX.ask("batch:1-3")) == [4, 3, 2]
    assert store.outbox.find(10, OUTBOX.ask("batch:2"), batch=1) == []


def test_words_are_found_beyond_the_first_rows_read(store: Store) -> None:
    wanted = add(store, text="needle")
    pending = [store.add_outbox(draft(text="hay"), 1) for _ in range(700)]
    assert pending[-1].result(10).id == wanted + 700
    assert store.outbox.find(10, OUTBOX.ask("needle")) == [wanted]
    assert store.outbox.find(10, OUTBOX.ask("needle"), states=(S.QUEUED,)) == [wanted]


def test_messages_come_in_the_order_of_their_ids_and_what_is_gone_is_left_out(store: Store) -> None:
    first, second = add(store), add(store)
    assert [message.id for message in store.outbox.messages([second, 99, first])] == [second, first]
    assert store.outbox.messages([]) == []


def test_more_messages_than_one_statement_may_name(store: Store) -> None:
    only = add(store)
    assert [message.id for message in store.outbox.messages(range(40_000, 0, -1))] == [only]


def test_the_sim_is_known_once_the_port_is_chosen(store: Store) -> None:
    message = add(store)
    assert store.outbox.imsi(message) == ""
    chosen = Evidence(message, 0, NOON, S.QUEUED, "console", "", port=5, imsi="460028893041234")
    store.add_evidence(chosen).result(10)
    assert store.outbox.imsi(message) == "460028893041234"
    assert store.outbox.imsi(99) == ""


def test_messages_of_one_gateway_are_found_alone(store: Store) -> None:
    first, _, third = (
        store.add_outbox(Draft(gateway, "10086", "hello", 1, Via.AMI), 1).result().id
        for gateway in ("gw1", "gw2", "gw1")
    )
    within = replace(OUTBOX.ask("hello"), within="gw1")
    assert store.outbox.find(10, within) == store.outbox.find(10, within, states=(S.QUEUED,)) == [third, first]
    assert store.outbox.find(10, OUTBOX.ask("gw:gw")) == []
    assert store.outbox.find(10, OUTBOX.ask("gw1")) == []
