"""Who asked for no more messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.audit import Deed
from console.errors import ConsoleError
from console.store.outbox.messages import Order
from tests.support.backend import NOON
from tests.support.messages import draft

if TYPE_CHECKING:
    from console.store import Store

ALICE = "+4915123456789"


@pytest.mark.parametrize("written", [ALICE, "004915123456789", "015123456789", "+49 151 23456789"])
def test_a_number_is_known_however_it_is_written(store: Store, written: str) -> None:
    assert store.opt_outs.set(ALICE, "bob", words="Stop!").result(10)
    found = store.opt_outs.of(written)
    assert found is not None
    assert (found.number, found.operator, found.at, found.words) == (ALICE, "bob", NOON, "Stop!")
    assert not store.opt_outs.set(written, "carol").result(10)
    assert [one.operator for one in store.opt_outs.all()] == ["bob"]


@pytest.mark.parametrize("other", ["+8615123456789", "+4915223456789", "10086", "DHL", ""])
def test_nobody_else_is(store: Store, other: str) -> None:
    store.opt_outs.set(ALICE, "bob").result(10)
    assert store.opt_outs.of(other) is None


def test_it_can_be_taken_back_and_done_again(store: Store) -> None:
    store.opt_outs.set(ALICE, "bob").result(10)
    undone = store.past.undo("bob").result(10)
    assert undone is not None
    assert (undone.deed, undone.target, undone.restored) == (Deed.OPT_OUT, ALICE, 1)
    assert store.opt_outs.all() == []
    store.opt_outs.set(ALICE, "bob").result(10)
    assert store.opt_outs.remove("015123456789", "carol").result(10)
    assert not store.opt_outs.remove(ALICE, "carol").result(10)
    undone = store.past.undo("carol").result(10)
    assert undone is not None
    assert undone.deed is Deed.OPT_IN
    assert store.opt_outs.of(ALICE) is not None


def test_all_of_it_is_in_the_audit_and_so_is_what_is_sent_to_them(store: Store) -> None:
    store.opt_outs.set(ALICE, "bob", words="STOP").result(10)
    store.add_outbox(draft(to=ALICE), 1, operator="bob").result(10)
    store.sending.add_batch([Order(draft(), 1), Order(draft(to=ALICE), 1)], "bob", "sale").result(10)
    store.opt_outs.remove(ALICE, "bob").result(10)
    store.add_outbox(draft(to=ALICE), 1, operator="bob").result(10)
    found = [(entry.action, "opted out" in entry.detail) for entry in store.audit.all()]
    assert found == [
        *(("opt out", False), ("send", True)),
        *(("send", False), ("send", True)),
        *(("opt in", False), ("send", False)),
    ]


def test_no_number_is_refused(store: Store) -> None:
    with pytest.raises(ConsoleError, match="no number"):
        store.opt_outs.set("  ", "bob")


def test_among_many_they_are_found_in_whatever_spelling(store: Store) -> None:
    for number in (ALICE, "Bank"):
        store.opt_outs.set(number, "bob").result(10)
    drafts = [draft(to=to) for to in ("015123456789", "+4915223456789", "+491513456789", "10086", "bank")]
    assert [one.to for one in store.opt_outs.among(drafts)] == ["015123456789", "bank"]
