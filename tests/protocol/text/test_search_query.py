"""The search line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import Callback, CallbackKind, InboxMessage
from console.protocol.text.search_query import Searched, SearchQuery, parse_search

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
ENTRY = Searched("gw1", NOON, CallbackKind.SMS, "+8613632919026", "Ваш КОД: 1234\n余额", "gsm-1.2", "", b"", False)


def asks(line: str) -> SearchQuery:
    return parse_search(line, zone=UTC)


def test_words_and_filters() -> None:
    query = asks('КОД "two  words" port:2 FROM:+86-136 gw:gw1 gw:gw2 is:unread kind:sms kind:gap')
    assert query == SearchQuery(
        words=("код", "two  words"),
        senders=("+86136",),
        ports=("2",),
        gateways=("gw1", "gw2"),
        kinds=(CallbackKind.SMS, CallbackKind.GAP),
        read=False,
    )


@pytest.mark.parametrize("line", ["", "   ", '""'])
def test_nothing_asks_for_everything(line: str) -> None:
    assert asks(line).is_empty
    assert asks(line).matches(ENTRY)


def test_what_is_no_filter_is_a_word() -> None:
    assert asks("http://x.example/?a=1 10:30 a:b").words == ("http://x.example/?a=1", "10:30", "a:b")


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
    assert asks(f"after:{written}").since == moment.timestamp()
    assert asks(f"before:{written}").until == moment.timestamp()


def test_a_date_without_a_zone_is_local() -> None:
    assert parse_search("after:2026-11-22").since == datetime(2026, 11, 22).timestamp()  # noqa: DTZ001


def test_times_are_said_in_the_words_that_the_log_takes() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    now = (day + timedelta(hours=9)).timestamp()
    query = parse_search('after:today before:02:32 after:"yesterday 14:30" after:1h', zone=UTC, now=now)
    assert query == SearchQuery(since=now - 3600, until=(day + timedelta(hours=2, minutes=32)).timestamp())
    assert asks("after:soon").problems == (
        "`after:` 'soon' is no time; write 2026-11-22, 2026-11-22T14:30, 14:30, yesterday, yesterday 14:30, today, "
        "or how long ago: 15m, 2h, 3d.",
    )


def test_the_narrower_of_two_dates() -> None:
    query = asks("after:2026-11-01 after:2026-11-20 before:2026-12-01 before:2026-11-25")
    assert query == asks("after:2026-11-20 before:2026-11-25")


def test_read_and_unread_is_either() -> None:
    assert asks("is:read").read is True
    assert asks("is:read is:unread").read is None


@pytest.mark.parametrize(
    "line", ["after:soon", "before:2026-13-01", "is:nice", "kind:mms", "port:", 'gw:""', "after:0001-01-01+99:00"]
)
def test_what_makes_no_sense_is_said_and_holds_nothing_back(line: str) -> None:
    query = asks(line)
    assert len(query.problems) == 1
    assert line.partition(":")[0] in query.problems[0]
    assert query.is_empty


@pytest.mark.parametrize(
    "line",
    [
        "код", "КОД 1234", "余额", '": 1234"', "919026", "+8613", "port:2", "port:gsm-1.2", "port:1 port:2",
        "from:13632", "from:7 from:+86", "gw:gw1", "is:unread", "kind:sms", "after:2026-11-22", "before:2026-11-23",
    ],
)  # fmt: skip
def test_found(line: str) -> None:
    assert asks(line).matches(ENTRY)


@pytest.mark.parametrize(
    "line",
    [
        "кот", "код 9999", "1234余额", "port:1", "port:12", "from:919027", "gw:gw", "is:read", "kind:gap",
        "after:2026-11-23", "before:2026-11-22", "gsm-1.2",
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
    query = parse_search(line, zone=UTC, regions=[region])
    assert query.matches(entry)
    assert not query.matches(replace(entry, number="+33612345678"))


@pytest.mark.parametrize(("line", "number"), [("+7 916 123-45-67", "89161234567"), ("8 916 123", "+79161234567")])
def test_a_number_is_found_with_its_country_or_without(line: str, number: str) -> None:
    assert parse_search(line, regions=["RU"]).matches(replace(ENTRY, number=number))


@pytest.mark.parametrize("region", ["", "DE"])
def test_the_end_of_a_number_is_no_other_number_s(region: str) -> None:
    query = parse_search("from:04711", regions=[region])
    assert query.matches(replace(ENTRY, number="+8613600004711"))
    assert not query.matches(replace(ENTRY, number="+8613600014711"))


def test_digits_side_by_side_may_be_words_of_a_text_all_the_same() -> None:
    query = asks("2026 114711")
    assert query.matches(replace(ENTRY, text="114711 is your code for 2026"))
    assert not query.matches(replace(ENTRY, text="114711 is your code"))
    assert asks("123456") == SearchQuery(words=("123456",))


def test_an_unreadable_one_is_found_by_its_reason_and_its_bytes() -> None:
    callback = Callback(CallbackKind.UNREADABLE, reason="No parameter for the number.")
    entry = Searched.of(InboxMessage(1, "gw1", NOON, callback, b"/sms?key=MAGIC%20\xff", read=True))
    assert asks("magic%20 parameter kind:unreadable is:read").matches(entry)
    assert Searched.of(InboxMessage(1, "", NOON, replace(callback, kind=CallbackKind.SMS), b"magic", True)).raw == b""


@given(st.text())
def test_any_line_can_be_read(line: str) -> None:
    parse_search(line, zone=UTC).matches(ENTRY)


def test_claims_are_asked_for_beside_read_and_unread() -> None:
    query = parse_search("is:unread is:MINE is:open", operator="alice from 192.0.2.7")
    assert (query.read, query.claims, query.problems) == (False, ("mine", "open"), ())
    assert query.operator == "alice from 192.0.2.7"
    assert not query.is_empty
    assert parse_search("is:done", operator="alice").operator == ""


def test_mine_is_a_problem_where_nobody_is_known() -> None:
    query = parse_search("is:mine")
    assert query.problems == ("`is:mine` needs to know who asks",)
    assert query.is_empty
    assert parse_search("is:taken").problems[0].startswith("`is:taken` is not known")


def test_a_number_is_sought_as_it_is_in_each_gateway_s_country() -> None:
    query = parse_search("from:0612345678", regions=["DE", "FR"])
    assert all(query.matches(replace(ENTRY, number=number)) for number in ("+33612345678", "+49612345678"))
    assert not query.matches(replace(ENTRY, number="+31612345678"))
