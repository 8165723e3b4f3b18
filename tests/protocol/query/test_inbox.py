"""The inbox, searched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from math import inf
from typing import TYPE_CHECKING, Any

import pytest

from console.domain.messages import Callback, CallbackKind, InboxMessage
from console.protocol.query.fields import Asker
from console.protocol.query.grammar import NoQuery
from console.protocol.query.inbox import INBOX, Searched

if TYPE_CHECKING:
    from console.protocol.query.table import Query

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
ENTRY = Searched("gw1", NOON, CallbackKind.SMS, "+8613632919026", "Ваш КОД: 1234\n余额", "gsm-1.2", "", b"", False)


def asks(line: str, **asker: Any) -> Query[Searched]:
    return INBOX.ask(line, Asker(zone=UTC, **asker))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026/11/22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T14:30", datetime(2026, 11, 22, 14, 30, tzinfo=UTC)),
        ('"2026-11-22 14:30:05"', datetime(2026, 11, 22, 14, 30, 5, tzinfo=UTC)),
        ("2026-11-22T14:30+08:00", datetime(2026, 11, 22, 14, 30, tzinfo=timezone(timedelta(hours=8)))),
    ],
)
def test_dates(written: str, moment: datetime) -> None:
    assert asks(f"after:{written}").span() == (moment.timestamp(), inf)
    assert asks(f"before:{written}").span() == (-inf, moment.timestamp())


def test_a_date_without_a_zone_is_local() -> None:
    begin = datetime(2026, 11, 22).timestamp()  # noqa: DTZ001
    assert INBOX.ask("since:2026-11-22").span() == (begin, inf)


def test_times_are_said_in_the_words_that_the_log_takes() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    now = (day + timedelta(hours=9)).timestamp()
    query = asks('after:today before:02:32 after:"yesterday 14:30" after:1h', now=now)
    assert query.span() == (now - 3600, (day + timedelta(hours=2, minutes=32)).timestamp())
    assert asks("on:yesterday", now=now).span() == ((day - timedelta(days=1)).timestamp(), day.timestamp())


@pytest.mark.parametrize(
    "line",
    [
        "код", "КОД 1234", "余额", '": 1234"', "919026", "+8613", "port:2", "port:gsm-1.2", "port:1 port:2",
        "from:13632", "from:7 from:+86", "gw:GW1", "gw:g*", "port:1-8", "port:1,2", "-кот", "кот OR код",
        "/код: [0-9]+/", "on:2026-11-22", "is:open", "is:unread", "kind:sms", "after:2026-11-22",
        "before:2026-11-23",
    ],
)  # fmt: skip
def test_found(line: str) -> None:
    assert asks(line).matches(ENTRY)


@pytest.mark.parametrize(
    "line",
    [
        "кот", "код 9999", "1234余额", "port:1", "port:12", "port:3-8", "-код", "кот OR -код", "/код$/",
        "on:2026-11-21", "is:done", "кот gw:gw1", "from:919027", "gw:gw", "is:read", "kind:gap", "after:2026-11-23",
        "before:2026-11-22", "gsm-1.2",
    ],
)  # fmt: skip
def test_not_found(line: str) -> None:
    assert not asks(line).matches(ENTRY)


@pytest.mark.parametrize(
    ("line", "region"),
    [
        ("0151 123-45678", "DE"),
        ("(0151) 12345678", "DE"),
        ("(0151) 12345678", ""),
        ("+49 151 12345678", "DE"),
        ("0049 151 12345678", ""),
        ("4915112345678", ""),
        ("151 12345678", ""),
        ("hello 0151 12345678", "DE"),
        ("0151 123", "DE"),
        ("from:0151", "DE"),
        ("from:0049151", ""),
        ('from:"0151 123"', "DE"),
        ("from:+49 151 12345678", ""),
    ],
)
def test_a_number_is_found_as_people_type_it(line: str, region: str) -> None:
    entry = replace(ENTRY, number="+4915112345678", text="hello")
    query = asks(line, regions=[region])
    assert query.matches(entry)
    assert not query.matches(replace(entry, number="+33612345678"))


@pytest.mark.parametrize(("line", "number"), [("+7 916 123-45-67", "89161234567"), ("8 916 123", "+79161234567")])
def test_a_number_is_found_with_its_country_or_without(line: str, number: str) -> None:
    assert asks(line, regions=["RU"]).matches(replace(ENTRY, number=number))


@pytest.mark.parametrize("region", ["", "DE"])
def test_the_end_of_a_number_is_no_other_number_s(region: str) -> None:
    query = asks("from:04711", regions=[region])
    assert query.matches(replace(ENTRY, number="+8613600004711"))
    assert not query.matches(replace(ENTRY, number="+8613600014711"))


def test_digits_side_by_side_may_be_words_of_a_text_all_the_same() -> None:
    query = asks("2026 114711")
    assert query.matches(replace(ENTRY, text="114711 is your code for 2026"))
    assert not query.matches(replace(ENTRY, text="114711 is your code"))


def test_an_unreadable_one_is_found_by_its_reason_and_its_bytes() -> None:
    callback = Callback(CallbackKind.UNREADABLE, reason="No parameter for the number.")
    entry = Searched.of(InboxMessage(1, "gw1", NOON, callback, b"/sms?key=MAGIC%20\xff", read=True))
    assert asks("magic%20 parameter kind:unreadable is:read").matches(entry)
    assert Searched.of(InboxMessage(1, "", NOON, replace(callback, kind=CallbackKind.SMS), b"magic", True)).raw == b""


def test_claims_are_asked_for_beside_read_and_unread() -> None:
    mine = replace(ENTRY, claimed_by="alice from 192.0.2.9")
    query = asks("is:unread is:MINE is:open", operator="alice from 192.0.2.7")
    assert query.matches(ENTRY)
    assert query.matches(mine)
    assert not query.matches(replace(mine, read=True))
    assert not query.matches(replace(mine, claimed_by="bob"))
    assert not query.matches(replace(mine, is_done=True))
    assert not asks("is:open").matches(replace(ENTRY, kind=CallbackKind.GAP))


def test_mine_makes_no_sense_where_nobody_is_known() -> None:
    with pytest.raises(NoQuery, match="your user name is not known here"):
        asks("is:mine")


def test_all_can_be_asked_within_one_gateway_and_a_gap_is_everybody_s() -> None:
    within = replace(asks("is:unread"), within="gw2")
    assert not within.matches(ENTRY)
    assert within.matches(replace(ENTRY, kind=CallbackKind.GAP))
    assert not replace(asks(""), within="gw2").is_empty


def test_a_number_is_sought_as_it_is_in_each_gateway_s_country() -> None:
    query = asks("from:0612345678", regions=["DE", "FR"])
    assert all(query.matches(replace(ENTRY, number=number)) for number in ("+33612345678", "+49612345678"))
    assert not query.matches(replace(ENTRY, number="+31612345678"))
