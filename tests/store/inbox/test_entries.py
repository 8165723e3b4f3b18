"""Repetitions fold, pieces join, gaps are told, and every callback stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.messages import SEAM, Callback, CallbackKind, Joined
from console.protocol.http.inbound import parse
from console.store.inbox.entries import FOLDED_WITHIN, FOLDED_WITHOUT_TIME, JOINED_WITHIN, NUMBERED_WITHIN
from tests.support.backend import NOON
from tests.support.inbox import inbox_at, text_sms

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.messages import InboxMessage
    from tests.support.inbox import Inbox

GSM7 = "aZ 0,éü"
LONG = "".join(f"{number} зелёных бутылок на стене; " for number in range(99, 80, -1))[:180]
PARTS = (LONG[:67], LONG[67:134], LONG[134:])


def only(inbox: Inbox) -> InboxMessage:
    (entry,) = inbox.reader.inbox_slice(0, 10)
    return entry


# ---- repetitions --------------------------------------------------------------------------------------------


def test_a_repetition_is_counted_and_kept(inbox: Inbox) -> None:
    callback = text_sms("hello")
    assert [inbox.add(callback, at=NOON + n, raw=b"%d" % n) for n in range(3)] == [1, 1, 1]
    entry = only(inbox)
    assert (entry.copies, entry.parts, entry.received_at, entry.raw) == (3, 1, NOON, b"0")
    assert inbox.reader.unread_count() == 1
    behind = inbox.reader.callbacks_of(1)
    assert [(row.received_at, row.raw, row.part, row.copy) for row in behind] == [
        (NOON, b"0", 1, 0),
        (NOON + 1, b"1", 1, 1),
        (NOON + 2, b"2", 1, 2),
    ]
    assert {row.callback for row in behind} == {callback}


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Hello"},
        {"number": "+8613632919027"},
        {"port": "4"},
        {"gateway_time": "2026/11/22 12:00:01"},
    ],
)
def test_what_differs_is_another_message(inbox: Inbox, other: dict[str, str]) -> None:
    callback = text_sms("hello")
    inbox.add(callback)
    assert inbox.add(replace(callback, **other)) == 2  # type: ignore[arg-type]
    assert inbox.add(callback, gateway="gw2") == 3


def test_a_port_may_be_written_in_two_ways(inbox: Inbox) -> None:
    assert inbox.add(text_sms("hello", port="3")) == 1
    assert inbox.add(text_sms("hello", port="gsm-1.3")) == 1
    assert inbox.add(text_sms("hello", port="gsm-2.5")) == 2
    parts = zip(PARTS, ("gsm-1.5", "5", "5"), strict=True)
    assert {inbox.add(text_sms(part, port=port)) for part, port in parts} == {3}


def test_an_old_one_is_not_repeated(inbox: Inbox) -> None:
    inbox.add(text_sms("hello"))
    assert inbox.add(text_sms("hello"), at=NOON + FOLDED_WITHIN) == 1
    assert inbox.add(text_sms("hello"), at=NOON + FOLDED_WITHIN + 1) == 2
    assert inbox.add(text_sms("hello"), at=NOON + FOLDED_WITHIN + 2) == 2


@pytest.mark.parametrize("time", ["", "yesterday"])
def test_without_a_time_only_what_follows_soon_is_a_repetition(inbox: Inbox, time: str) -> None:
    callback = text_sms("ok", time=time)
    inbox.add(callback)
    assert inbox.add(callback, at=NOON + FOLDED_WITHOUT_TIME) == 1
    assert inbox.add(callback, at=NOON + FOLDED_WITHOUT_TIME + 1) == 2


def test_a_repetition_of_what_was_read_is_read(inbox: Inbox) -> None:
    inbox.add(text_sms("hello"))
    inbox.connection.execute("UPDATE inbox SET read = 1")
    inbox.connection.execute("UPDATE tally SET value = 0 WHERE name = 'unread'")
    inbox.add(text_sms("hello"))
    assert only(inbox).read
    assert inbox.reader.unread_count() == 0


def test_the_unreadable_never_fold(inbox: Inbox) -> None:
    callback = Callback(CallbackKind.UNREADABLE, reason="why")
    assert [inbox.add(callback), inbox.add(callback)] == [1, 2]


def test_another_process_s_messages_are_repeated_too(path: Path, inbox: Inbox) -> None:
    inbox.add(text_sms("mine"))
    with inbox_at(path) as other:
        assert other.add(text_sms("mine")) == 1
        assert other.add(text_sms("theirs")) == 2
        assert inbox.add(text_sms("theirs")) == 2
        assert inbox.add(text_sms("new")) == 3
        assert other.add(text_sms("new")) == 3
    assert [entry.copies for entry in inbox.reader.inbox_slice(0, 3)] == [2, 2, 2]


def test_what_was_rolled_back_is_repeated_by_nothing(inbox: Inbox) -> None:
    inbox.add(text_sms("kept"))
    inbox.connection.execute("BEGIN")
    inbox.entries.add(inbox.connection, "gw1", NOON, text_sms("lost"), b"")
    inbox.connection.execute("ROLLBACK")
    inbox.entries.rolled_back()
    assert inbox.add(text_sms("other")) == 2
    assert inbox.add(text_sms("lost")) == 3
    assert inbox.add(text_sms("kept")) == 1


# ---- long messages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1), (1, 2, 0)])
def test_pieces_show_at_once_and_join(inbox: Inbox, order: tuple[int, ...]) -> None:
    for number, part in enumerate(order, start=1):
        at = f"2026/11/22 12:00:{10 + part}"
        assert inbox.add(text_sms(PARTS[part], time=at), at=NOON + number, raw=b"%d" % part) == 1
        assert only(inbox).parts == number
    entry = only(inbox)
    assert entry.callback.text == LONG
    assert (entry.copies, entry.missing, entry.received_at) == (1, 0, NOON + 1)
    behind = inbox.reader.callbacks_of(1)
    assert [row.callback.text for row in behind] == [PARTS[part] for part in order]
    assert [row.raw for row in behind] == [b"%d" % part for part in order]


def test_a_further_piece_makes_it_unread_again(inbox: Inbox) -> None:
    inbox.add(text_sms(PARTS[0]))
    inbox.connection.execute("UPDATE inbox SET read = 1")
    inbox.connection.execute("UPDATE tally SET value = 0 WHERE name = 'unread'")
    inbox.add(text_sms(PARTS[1]))
    assert not only(inbox).read
    assert inbox.reader.unread_count() == 1
    inbox.add(text_sms(PARTS[2]))
    assert inbox.reader.unread_count() == 1


def test_a_repeated_piece_is_a_copy_of_that_piece(inbox: Inbox) -> None:
    for text in (PARTS[0], PARTS[1], PARTS[1], PARTS[1], PARTS[0]):
        inbox.add(text_sms(text))
    entry = only(inbox)
    assert (entry.parts, entry.copies, entry.callback.text) == (2, 3, LONG[:134])
    assert [(row.part, row.copy) for row in inbox.reader.callbacks_of(1)] == [(1, 0), (2, 0), (2, 1), (2, 2), (1, 1)]


def test_joining_can_be_switched_off(path: Path) -> None:
    with inbox_at(path, join_parts=False) as inbox:
        assert [inbox.add(text_sms(text)) for text in PARTS] == [1, 2, 3]


def test_pieces_of_others_stay_apart(inbox: Inbox) -> None:
    inbox.add(text_sms(PARTS[0]))
    assert inbox.add(text_sms(PARTS[1], port="4")) == 2
    assert inbox.add(text_sms(PARTS[1], number="10086")) == 3
    assert inbox.add(text_sms(PARTS[1]), gateway="gw2") == 4
    assert inbox.add(text_sms(PARTS[1], time="2026/11/22 12:00:11")) == 5
    assert inbox.add(text_sms(PARTS[1]), at=NOON + JOINED_WITHIN) == 1
    assert inbox.add(text_sms(PARTS[2]), at=NOON + 2 * JOINED_WITHIN + 1) == 6


def test_short_messages_stay_apart(inbox: Inbox) -> None:
    assert [inbox.add(text_sms(text)) for text in ("one", "two", "три")] == [1, 2, 3]


@pytest.mark.parametrize("joined", [True, False])
def test_numbered_parts_join_whatever_is_configured_and_tell_what_is_missing(path: Path, joined: bool) -> None:
    with inbox_at(path, join_parts=joined) as inbox:

        def part(index: int, text: str, *, reference: int = 9, at: float = NOON) -> int:
            raw = b"Event: ReceivedSMS\r\nID: %d\r\nIndex: %d\r\nTotal: 3\r\n" % (reference, index)
            return inbox.add(text_sms(text, time=f"2026/11/22 12:{index}0:00"), raw=raw, at=at)

        assert part(3, "c") == 1
        assert (only(inbox).parts, only(inbox).missing) == (1, 2)
        assert part(1, "a", at=NOON + NUMBERED_WITHIN) == 1
        assert (only(inbox).parts, only(inbox).missing, only(inbox).callback.text) == (2, 1, "ac")
        assert part(1, "a", at=NOON + NUMBERED_WITHIN) == 1
        assert only(inbox).copies == 2
        assert part(2, "b", at=NOON + NUMBERED_WITHIN) == 1
        assert (only(inbox).parts, only(inbox).missing, only(inbox).callback.text) == (3, 0, "abc")
        assert part(1, "x", reference=10) == 2
        assert part(2, "y", reference=10, at=NOON + NUMBERED_WITHIN + 1) == 3


def shown(inbox: Inbox) -> list[tuple[Joined | None, tuple[str, ...] | str]]:
    """Oldest first: how an entry is joined, and its parts or its text."""
    return [(entry.joined, entry.pieces or entry.callback.text) for entry in inbox.reader.inbox_slice(0, 100)[::-1]]


def test_what_nobody_numbered_is_a_guess_with_seams(inbox: Inbox) -> None:
    for part in PARTS:
        inbox.add(text_sms(part))
    assert shown(inbox) == [(Joined.GUESSED, PARTS)]
    assert only(inbox).seamed == SEAM.join(PARTS)


A1, A2, B1, B2 = "а" * 67, "а, конец", "б" * 67, "б, конец"


@pytest.mark.parametrize("later", [0, 1])
def test_two_last_parts_of_which_nobody_knows_whose_they_are(inbox: Inbox, later: int) -> None:
    for number, text in enumerate((A1, B1, A2, B2)):
        inbox.add(text_sms(text, time=f"2026/11/22 12:00:0{number * later}"))
    assert shown(inbox) == [(Joined.APART, (A1, B1, A2)), (None, B2)]
    assert only_first(inbox).callback.text == f"{A1}\n{B1}\n{A2}"


def test_what_another_last_part_takes_apart_is_unread_again(inbox: Inbox) -> None:
    for text in (A1, A2):
        inbox.add(text_sms(text))
    inbox.connection.execute("UPDATE inbox SET read = 1")
    inbox.connection.execute("UPDATE tally SET value = 0 WHERE name = 'unread'")
    inbox.add(text_sms(B2))
    assert (only_first(inbox).joined, only_first(inbox).read) == (Joined.APART, False)
    assert inbox.reader.unread_count() == 2


def only_first(inbox: Inbox) -> InboxMessage:
    return inbox.reader.inbox_slice(0, 100)[-1]


def test_two_texts_one_after_the_other_are_two(inbox: Inbox) -> None:
    for text in (A1, A2, B1, B2):
        inbox.add(text_sms(text))
    assert shown(inbox) == [(Joined.GUESSED, (A1, A2)), (Joined.GUESSED, (B1, B2))]


def test_a_last_part_that_fits_two_goes_on_neither(inbox: Inbox) -> None:
    begun = [f"Your bill of {month}. {'.' * 200}"[:153] for month in ("May", "July")]
    for text in (*begun, "Pay 10.", "Pay 20."):
        inbox.add(text_sms(text))
    assert shown(inbox) == [(None, text) for text in (*begun, "Pay 10.", "Pay 20.")]


def test_parts_at_one_time_are_joined_only_as_they_came(inbox: Inbox) -> None:
    for number in (1, 2, 0):
        inbox.add(text_sms(PARTS[number]))
    assert shown(inbox) == [(Joined.GUESSED, PARTS[1:]), (None, PARTS[0])]


def test_a_part_that_an_emoji_cut_is_not_put_behind_the_next(inbox: Inbox) -> None:
    for text in ("а" * 30, "б" * 67, "в" * 20):
        inbox.add(text_sms(text))
    assert shown(inbox) == [(None, "а" * 30), (Joined.GUESSED, ("б" * 67, "в" * 20))]


def test_umlauts_of_the_driver_of_2013_join(inbox: Inbox) -> None:
    text = "".join(f"Schöne Grüße {number}, " for number in range(30))[:400]
    for start in range(0, 400, 153):
        raw = text[start : start + 153].encode("latin-1")
        query = b"/?phonenumber=1&port=3&message=" + b"".join(b"%%%02X" % octet for octet in raw) + b"&time=&imsi=&"
        inbox.add(parse(query), raw=query)
    assert (only(inbox).joined, only(inbox).callback.text) == (Joined.GUESSED, text)


def test_one_that_is_apart_takes_no_further_part(inbox: Inbox) -> None:
    for text in (A1, B1):
        inbox.add(text_sms(text))
    inbox.connection.execute("UPDATE inbox SET apart = 1")
    assert inbox.add(text_sms(B1)) == 1
    inbox.add(text_sms(A2))
    assert shown(inbox) == [(Joined.APART, (A1, B1)), (None, A2)]


def test_what_a_person_joined_stays_joined(inbox: Inbox) -> None:
    for text in (A1, A2):
        inbox.add(text_sms(text))
    inbox.connection.execute("UPDATE inbox SET apart = 0")
    inbox.add(text_sms("да"))
    assert shown(inbox) == [(Joined.GUESSED, (A1, A2)), (None, "да")]


SIZES = {153: GSM7, 152: GSM7, 149: GSM7, 146: GSM7, 140: GSM7, 67: "яж aü", 66: "яж aü"}


class Part(NamedTuple):
    whole: int
    """Which of the long texts it is of."""
    number: int
    """Of the part, from 1."""
    text: str
    second: int
    """Of the SMSC's clock."""


@st.composite
def arrivals(draw: st.DrawFn) -> list[Part]:
    """Parts of a few long texts as they may come: one behind the other, or in any order."""
    parts = []
    for whole in range(draw(st.integers(1, 3))):
        size = draw(st.sampled_from(list(SIZES)))
        text = draw(st.text(SIZES[size], min_size=size + 1, max_size=4 * size))
        seconds = draw(st.integers(0, 3))
        cuts = range(0, len(text), size)
        parts += [
            Part(whole, number, text[cut : cut + size], number * seconds) for number, cut in enumerate(cuts, start=1)
        ]
    return draw(st.one_of(st.just(parts), st.permutations(parts)))


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(arrivals())
def test_what_is_not_numbered_is_no_fact_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, came: list[Part]
) -> None:
    with inbox_at(tmp_path_factory.mktemp("inbox") / "console.db") as inbox:
        for place, part in enumerate(came):
            inbox.add(text_sms(part.text, time=f"2026/11/22 12:00:{part.second:02}"), raw=b"%d" % place)
        entries = inbox.reader.inbox_slice(0, 100)
        behind = {entry.id: inbox.reader.callbacks_of(entry.id) for entry in entries}
        inbox.connection.execute("UPDATE inbox SET apart = 1")
        apart = {entry.id: entry.pieces for entry in inbox.reader.inbox_slice(0, 100)}
    kept = {call.raw: call.callback.text for calls in behind.values() for call in calls}
    assert kept == {b"%d" % place: part.text for place, part in enumerate(came)}
    for entry in entries:
        parts = tuple(call.callback.text for call in behind[entry.id] if not call.copy)
        if len(parts) == 1:
            assert (entry.joined, entry.seamed) == (None, parts[0])
        else:
            assert entry.joined in {Joined.GUESSED, Joined.APART}
            assert sorted(entry.pieces) == sorted(parts)
            assert apart[entry.id] == parts
            assert entry.seamed in {SEAM.join(entry.pieces), f"\n{SEAM} ".join(entry.pieces)}


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(arrivals())
def test_what_is_numbered_is_whole_in_whatever_order_it_came(
    tmp_path_factory: pytest.TempPathFactory, came: list[Part]
) -> None:
    texts = ["".join(part.text for part in sorted(came) if part.whole == whole) for whole in range(3)]
    totals = Counter(part.whole for part in came)
    with inbox_at(tmp_path_factory.mktemp("inbox") / "console.db") as inbox:
        for part in came:
            raw = b"/?id=%d&index=%d&total=%d" % (part.whole, part.number, totals[part.whole])
            inbox.add(text_sms(part.text), raw=raw)
        entries = inbox.reader.inbox_slice(0, 100)
    assert {entry.joined for entry in entries} == {Joined.NUMBERED}
    assert sorted(entry.seamed for entry in entries) == sorted(filter(None, texts))


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([*PARTS, "a", "b" * 153, "c" * 160]), st.sampled_from("12"), st.integers(0, 20)),
        max_size=25,
    )
)
def test_whatever_comes_is_kept_once_each_and_ids_have_no_gaps(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, str, int]]
) -> None:
    with inbox_at(tmp_path_factory.mktemp("inbox") / "console.db") as inbox:
        for number, (text, port, second) in enumerate(calls):
            callback = text_sms(text, port=port, time=f"2026/11/22 12:00:{second:02}")
            inbox.add(callback, at=NOON + second, raw=b"%d" % number)
        entries = inbox.reader.inbox_slice(0, 100)
        assert [entry.id for entry in entries] == list(range(len(entries), 0, -1))
        assert inbox.reader.inbox_count() == inbox.reader.unread_count() == len(entries)
        raws = [row.raw for entry in entries for row in inbox.reader.callbacks_of(entry.id)]
        assert sorted(raws) == sorted(b"%d" % number for number in range(len(calls)))


# ---- gaps ---------------------------------------------------------------------------------------------------


def test_a_gap_is_an_entry_of_its_own(inbox: Inbox) -> None:
    inbox.add(text_sms("before"))
    assert inbox.add_gap(NOON, NOON + 217) == 2
    assert inbox.add(text_sms("after")) == 3
    gap = inbox.reader.inbox_slice(1, 1)[0]
    assert gap.callback.kind is CallbackKind.GAP
    assert (gap.since, gap.until, gap.received_at, gap.read) == (NOON, NOON + 217, NOON + 217, True)
    assert inbox.reader.unread_count() == 2
    assert inbox.reader.callbacks_of(2) == []
    assert inbox.reader.callbacks_of(99) == []
