"""Looking through the outbox: by state, by words, by ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, Via
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
    ("words", "found"),
    [
        (("ПОСЫЛКА",), [2]),
        (("4915112345678", "hi"), [1]),
        (("failed",), [3]),
        (("timer", "expired"), [3]),
        (("hi", "посылка"), []),
    ],
)
def test_every_word_must_be_in_number_state_text_or_reason(
    store: Store, words: tuple[str, ...], found: list[int]
) -> None:
    add(store)
    add(store, to="10086", text="Посылка уже здесь")
    add(store, S.FAILED, to="10010", text="x", raw="Timer EXPIRED")
    assert store.outbox.find(10, words=words) == found


def test_words_are_found_beyond_the_first_rows_read(store: Store) -> None:
    wanted = add(store, text="needle")
    pending = [store.add_outbox(draft(text="hay"), 1) for _ in range(700)]
    assert pending[-1].result(10).id == wanted + 700
    assert store.outbox.find(10, words=("needle",)) == [wanted]
    assert store.outbox.find(10, states=(S.QUEUED,), words=("needle",)) == [wanted]


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
    assert store.outbox.find(10, gateway="gw1") == [third, first]
    assert store.outbox.find(10, gateway="gw1", states=(S.QUEUED,), words=("hello",)) == [third, first]
    assert store.outbox.find(10, gateway="gw") == []
    assert store.outbox.find(10, words=("gw1",)) == []
