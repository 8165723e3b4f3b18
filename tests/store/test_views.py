"""Views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.views import BUILT_IN, LONGEST_NAME, View
from console.errors import ConsoleError, StoreError
from console.protocol.query.fields import Asker
from console.protocol.query.inbox import INBOX
from console.store import Reader
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from console.store import Store


def test_some_views_are_always_there_and_mean_something(store: Store) -> None:
    assert store.views.all("inbox") == list(BUILT_IN)
    for view in BUILT_IN:
        query = INBOX.ask(view.query, Asker(now=NOON))
        assert not query.is_empty


def test_what_is_kept_is_there_by_name_and_for_every_process(store: Store, path: Path) -> None:
    store.views.set(View("night", "after:2026-11-22T22:00")).result()
    store.views.set(View("bank", "from:bank")).result()
    other = Reader(path)
    try:
        assert other.views.all("inbox") == [
            *BUILT_IN,
            View("bank", "from:bank"),
            View("night", "after:2026-11-22T22:00"),
        ]
    finally:
        other.close()
    assert store.views.query_of("bank", "inbox") == "from:bank"
    assert store.views.query_of("unread", "inbox") == "is:unread"
    assert store.views.query_of("day", "inbox") is None


def test_a_name_is_given_anew(store: Store) -> None:
    store.views.set(View("bank", "from:bank")).result()
    store.views.set(View("bank", "from:bank is:unread")).result()
    assert store.views.query_of("bank", "inbox") == "from:bank is:unread"


def test_a_view_is_forgotten_and_one_that_is_not_there_is_no_trouble(store: Store) -> None:
    store.views.set(View("bank", "from:bank")).result()
    store.views.remove(View("bank", "")).result()
    store.views.remove(View("bank", "")).result()
    assert store.views.all("inbox") == list(BUILT_IN)


def test_a_change_is_seen_by_who_looks_at_the_revision(store: Store) -> None:
    before = store.revision
    store.views.set(View("bank", "from:bank")).result()
    assert store.revision > before


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "unread", "Today"])
def test_what_is_no_name_for_a_view_is_refused(store: Store, name: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        store.views.set(View(name, "x"))
    assert refused.value.hint


@pytest.mark.parametrize("view", BUILT_IN)
def test_what_is_always_there_can_t_be_forgotten(store: Store, view: View) -> None:
    with pytest.raises(ConsoleError, match="built in"):
        store.views.remove(view)


def test_a_store_that_is_closed_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        store.views.set(View("bank", "x")).result()
    with pytest.raises(StoreError):
        store.views.all("inbox")


def test_each_list_has_views_of_its_own(store: Store) -> None:
    store.views.set(View("today", "state:failed", "outbox")).result()
    store.views.set(View("bank", "from:bank")).result()
    store.views.set(View("bank", "to:bank", "outbox")).result()
    assert store.views.all("outbox") == [View("bank", "to:bank", "outbox"), View("today", "state:failed", "outbox")]
    store.views.remove(View("bank", "", "outbox")).result()
    assert store.views.query_of("bank", "outbox") is None
    assert store.views.query_of("bank", "inbox") == "from:bank"
