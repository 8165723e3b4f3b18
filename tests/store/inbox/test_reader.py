"""Threads, and following the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import InboxMessage
from console.store.inbox.reader import Mark
from tests.support.backend import NOON
from tests.support.inbox import text_sms
from tests.support.messages import draft

if TYPE_CHECKING:
    from console.domain.messages import OutboxMessage
    from console.store import Store
    from tests.support.backend import FixedClock
    from tests.support.inbox import Inbox


def text(message: InboxMessage | OutboxMessage) -> str:
    return message.callback.text if isinstance(message, InboxMessage) else f"> {message.draft.text}"


def test_a_thread_has_both_directions_newest_first(store: Store, clock: FixedClock) -> None:
    steps = (
        ("+8613632919026", "one", True),
        ("13632919026", "two", False),
        ("+8613632919027", "another's", True),
        ("013632919026", "three", True),
        ("+8613632919027", "to another", False),
        ("+8613632919026", "four", False),
        ("Bank", "a name", True),
    )
    for number, words, incoming in steps:
        clock.now += 60
        if incoming:
            store.add_callback("gw1", text_sms(words, number=number), b"").result(10)
        else:
            store.add_outbox(draft(to=number, text=words), 1).result(10)
    for number in ("+8613632919026", "32919026"):
        assert [text(message) for message in store.thread(store.person(number))] == ["> four", "three", "> two", "one"]
    assert [text(message) for message in store.thread(store.person("13632919026"), 1, 2)] == ["three", "> two"]
    assert [text(message) for message in store.thread(store.person("BANK"))] == ["a name"]
    assert store.thread(store.person("")) == store.thread(store.person("10086")) == []


def test_a_long_thread(inbox: Inbox) -> None:
    for number in range(1_300):
        inbox.add(text_sms(f"{number}", number="10086" if number % 2 else "10010"), at=NOON + number)
    inbox.index(700)
    thread = inbox.reader.thread(inbox.reader.person("10086"), 0, 10_000)
    assert [text(message) for message in thread] == [str(number) for number in range(1_299, 0, -2)]
    assert [text(message) for message in inbox.reader.thread(inbox.reader.person("10086"), 640, 3)] == [
        "19",
        "17",
        "15",
    ]


def test_following(inbox: Inbox) -> None:
    assert inbox.reader.mark() == Mark()
    inbox.add(text_sms("one"))
    ids, mark = inbox.reader.changes(Mark())
    assert ids == [1]
    assert inbox.reader.changes(mark) == ([], mark)
    inbox.add(text_sms("two"))
    inbox.add(text_sms("one"))
    inbox.add(text_sms("two"))
    ids, mark = inbox.reader.changes(mark)
    assert ids == [1, 2]
    assert [entry.copies for entry in inbox.reader.inbox_messages(ids)] == [2, 2]
    inbox.add(text_sms("three"))
    assert inbox.reader.changes(mark)[0] == [3]


def test_entries_in_the_order_asked_for(inbox: Inbox) -> None:
    for number in range(5):
        inbox.add(text_sms(str(number)))
    assert [entry.id for entry in inbox.reader.inbox_messages([3, 1, 99, 5])] == [3, 1, 5]
    assert list(inbox.reader.inbox_messages([])) == []
