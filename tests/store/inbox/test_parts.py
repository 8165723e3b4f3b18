"""A long SMS is taken apart and joined again by a person; everybody sees it, and it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Joined
from console.store import Reader, Store
from tests.support.backend import FixedClock
from tests.support.inbox import text_sms

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("я" * 67, "ж" * 5)
ALICE = "alice from 192.0.2.7"


@pytest.fixture
def long(store: Store) -> int:
    (entry,) = {store.add_callback("gw1", text_sms(text), text.encode()).result() for text in PARTS}
    return entry


def joined(reader: Reader, entry: int) -> tuple[Joined | None, str]:
    (message,) = reader.inbox_messages([entry])
    return message.joined, message.callback.text


def acts(store: Store) -> list[tuple[str, str, str]]:
    return [(one.operator, one.action, one.target) for one in store.audit.all()]


def test_apart_and_joined_again(path: Path, store: Store, long: int) -> None:
    colleague = Store.open(path, clock=FixedClock())
    try:
        before = colleague.poll()
        assert store.parts.set_apart(long, ALICE, apart=True).result()
        assert colleague.poll() > before
        assert joined(colleague, long) == (Joined.APART, "\n".join(PARTS))
        assert colleague.parts.set_apart(long, "bob", apart=False).result()
        assert joined(store, long) == (Joined.GUESSED, "".join(PARTS))
    finally:
        colleague.close()
    target = f"inbox entry {long}"
    assert acts(store) == [(ALICE, "take apart", target), ("bob", "join", target)]


def test_two_who_take_it_apart_at_once_take_it_apart(store: Store, long: int) -> None:
    done = [store.parts.set_apart(long, who, apart=True) for who in (ALICE, "bob")]
    assert [one.result() for one in done] == [True, False]
    assert joined(store, long)[0] is Joined.APART
    assert len(acts(store)) == 1


def test_it_outlives_the_console(path: Path, store: Store, long: int) -> None:
    store.parts.set_apart(long, ALICE, apart=True).result()
    store.close()
    reader = Reader.open_existing(path)
    assert joined(reader, long)[0] is Joined.APART
    reader.close()


def test_what_is_in_one_piece_or_not_there_stays_as_it_is(store: Store) -> None:
    entry = store.add_callback("gw1", text_sms("hello"), b"").result()
    for one in (entry, entry + 1):
        assert not store.parts.set_apart(one, ALICE, apart=True).result()
    assert joined(store, entry) == (None, "hello")
    assert acts(store) == []
