"""Searching: the same answers with the index, without it, and half way."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.messages import Callback, CallbackKind
from console.protocol.query.fields import Asker
from console.protocol.query.inbox import INBOX, Searched
from console.store.inbox import search as searching
from tests.support.backend import NOON
from tests.support.inbox import inbox_at, text_sms

if TYPE_CHECKING:
    from tests.support.inbox import Inbox

DAY = 86_400.0
TEXTS = (
    "您的余额: 12.50元",
    "Ваш код 4711. Никому не говорите",
    "Your code is 4711",
    "麒麟座",
    "麟麒",
    "OK",
    "100% [/x] \x1b[31m 'quoted' \"twice\" -- *",
    "İstanbul Straße",
)


def fill(inbox: Inbox) -> None:
    """One a day up to noon of 2026-11-22, through ports 1 and 2 of two gateways."""
    for number, text in enumerate(TEXTS):
        callback = text_sms(text, number=f"+86136000{number:05}", port=str(1 + number % 2))
        inbox.add(callback, at=NOON - (len(TEXTS) - 1 - number) * DAY, gateway=f"gw{1 + number // 4}")
    reason = "No parameter for the number has a known name."
    inbox.add(Callback(CallbackKind.UNREADABLE, reason=reason), raw=b"/sms?abc=secret%20sauce&", gateway="gw1")
    inbox.add_gap(NOON - 60, NOON)


def found(inbox: Inbox, line: str) -> list[int]:
    query = INBOX.ask(line, Asker(zone=UTC))
    ids = [entry.id for entry in inbox.reader.search(query, count=1_000)]
    assert inbox.reader.search_count(query) == len(ids)
    return ids


CASES = {
    "余额": [1], "麒麟": [4], "麟": [5, 4], "код": [2], "КОД 4711": [2], "4711": [3, 2], "o": [10, 9, 7, 6, 3],
    "ok": [6], "straSSE": [8], "i̇stan": [8], '"code is"': [3], "is code": [3], "[/x]": [7], "\x1b": [7], "*": [7],
    "'quoted'": [7], "zzz": [], "+86136": [8, 7, 6, 5, 4, 3, 2, 1], "13600000003": [4], "secret%20sauce": [9],
    "parameter": [9], "receiving": [10], "port:1": [7, 5, 3, 1], "port:2 from:00001": [2], "gw:gw2": [8, 7, 6, 5],
    "gw:gw1 port:1": [3, 1], "GW:GW1 port:1": [3, 1], "gw:g": [], "gw:GW*": [9, 8, 7, 6, 5, 4, 3, 2, 1],
    "kind:gap": [10], "kind:unreadable": [9], "kind:sms kind:gap 4711": [3, 2], "after:2026-11-21": [10, 9, 8, 7],
    "before:2026-11-17": [2, 1], "after:2026-11-17 before:2026-11-18": [3], "after:2030-01-01": [],
    "is:unread 4711": [3, 2], "is:read": [10], "is:unread port:1": [7, 5, 3, 1], "+86 136 000 00003": [4],
    "0086 136-00000003": [4], "136 00000003 麒麟": [4], "0136 00000003": [4], "4711 1234": [],
    "from:0086136 4711": [3, 2], "麒麟 OR код": [4, 2], "-4711 port:2": [8, 6, 4], "4711 -code": [2],
    "port:1-2 4711 -port:1": [2], "麒 OR -kind:sms": [10, 9, 5, 4], "on:2026-11-17": [3], "/[^0-9][0-9]{4}$/": [3],
    "/код [0-9]{4}/": [2], "-/[a-z]/ kind:sms": [5, 4, 2, 1], "port:2,1 gw:gw2,gw9 麒 OR ok": [6, 5],
    "port:1-9999 麟": [5, 4], "port:gsm-1.1": [], "from:00001 from:00003": [4, 2], "from:bank": [],
}  # fmt: skip


@pytest.mark.parametrize("indexed", [0, 1, 5, 9, 10])
def test_what_is_found(inbox: Inbox, indexed: int) -> None:
    fill(inbox)
    inbox.index(indexed)
    assert inbox.number("SELECT value FROM tally WHERE name = 'indexed'") == indexed
    for line, expected in CASES.items():
        assert found(inbox, line) == expected, line


def test_pages_and_counts(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(700):
        inbox.add(text_sms(f"ping {number}"))
    inbox.index(500)
    query = INBOX.ask("ping")
    newest = list(range(700, 0, -1))
    assert [entry.id for entry in inbox.reader.search(query, count=700)] == newest
    assert [entry.id for entry in inbox.reader.search(query, first=150, count=5)] == newest[150:155]
    assert [entry.id for entry in inbox.reader.search(query, before_id=500, count=3)] == [499, 498, 497]
    assert [entry.id for entry in inbox.reader.search(INBOX.ask(""), before_id=3)] == [2, 1]
    assert inbox.reader.search(query, first=700) == []
    assert inbox.reader.search_count(query) == 700
    assert inbox.reader.search_count(query, at_most=9) == inbox.reader.search_count(INBOX.ask(""), at_most=9) == 9
    assert list(inbox.reader.search_ids(INBOX.ask('"ping 69"'))) == [*range(700, 690, -1), 70]


def test_many_unread_are_found_by_their_words(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(inbox)
    inbox.index()
    monkeypatch.setattr(searching, "_FEW_UNREAD", 3)
    assert found(inbox, "is:unread 4711") == [3, 2]
    assert found(inbox, "is:unread") == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_a_clock_that_was_set_back(inbox: Inbox) -> None:
    for number, days in enumerate((0, 2, 1, 0)):
        inbox.add(text_sms(f"{days} days, {number}"), at=NOON + days * DAY)
    inbox.index()
    assert found(inbox, "after:2026-11-24") == [2]
    assert found(inbox, "before:2026-11-23 days") == [4, 1]
    assert found(inbox, "after:2026-11-23 before:2026-11-24") == [3]


@pytest.mark.parametrize("again", [False, True])
def test_a_text_that_grows_is_found_by_all_of_it(inbox: Inbox, again: bool) -> None:
    inbox.add(text_sms("я" * 63 + "конь"))
    inbox.add(text_sms("unrelated", number="10086"))
    inbox.index()
    inbox.add(text_sms("ячмень", time="2026/11/22 12:00:01"))
    if again:
        inbox.index()
        assert inbox.number("SELECT count(*) FROM reindex") == 0
    assert found(inbox, "коньячмень") == found(inbox, "ячм") == found(inbox, "конь") == [1]
    inbox.index()
    inbox.connection.execute("INSERT INTO gram (gram) VALUES ('integrity-check')")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(st.text(st.sampled_from("abАБ麒麟ー 1"), min_size=1, max_size=8), max_size=12),
    st.text(st.sampled_from("abАБ麒麟ー1"), min_size=1, max_size=4),
    st.integers(0, 12),
)
def test_the_index_changes_nothing_but_the_time_it_takes(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], word: str, indexed: int
) -> None:
    with inbox_at(tmp_path_factory.mktemp("inbox") / "console.db") as inbox:
        for number, text in enumerate(texts):
            inbox.add(text_sms(text, time=f"{number}"))
        inbox.index(indexed)
        query = INBOX.ask(f'"{word}"')
        expected = [entry.id for entry in inbox.reader.inbox_slice(0, 100) if query.matches(Searched.of(entry))]
        assert [entry.id for entry in inbox.reader.search(query)] == expected
