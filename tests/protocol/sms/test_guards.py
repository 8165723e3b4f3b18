from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import CallbackKind, DeliveryState, InboxMessage, OutboxMessage
from console.domain.sending import OptOut
from console.protocol.sms.guards import asks_to_opt_out, of_again, remarks, without_opted_out
from tests.support.backend import NOON
from tests.support.messages import NUMBER, draft, sms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.domain.sending import Remark


def sent(
    ago: float, text: str = "hi", *, state: DeliveryState = DeliveryState.SENT, to: str = NUMBER, number: int = 7
) -> OutboxMessage:
    return OutboxMessage(number, NOON - ago, NOON - ago, draft(to=to, text=text), state, (state,), "")


def came(ago: float, text: str = "ok", *, number: str = NUMBER) -> InboxMessage:
    return InboxMessage(1, "gw1", NOON - ago, sms(text, number=number), b"", read=True)


def look(
    text: str = "hi",
    *,
    to: str = NUMBER,
    deny: Mapping[str, str] | None = None,
    minutes: int = 10,
    ours: Sequence[OutboxMessage] = (),
    theirs: Sequence[InboxMessage] = (),
    region: str = "",
) -> tuple[Remark, ...]:
    return remarks(
        draft(to=to, text=text),
        now=NOON,
        deny=deny or {},
        repeat_minutes=minutes,
        sent=ours,
        received=theirs,
        region=region,
    )


def guards(found: tuple[Remark, ...]) -> list[str]:
    return [remark.guard for remark in found]


def test_nothing_speaks_against_a_usual_message() -> None:
    assert look(ours=[sent(60, "something else")], theirs=[came(30)]) == ()


@pytest.mark.parametrize(
    ("to", "found"),
    [
        ("DHL", ["name"]),
        ("10086", ["short code"]),
        ("110", ["short code"]),
        ("*100#", ["number"]),
        ("+4915112345678*", ["number"]),
        ("+12125550127#45", ["number"]),
        ("+12345", ["number"]),
        ("1234567", []),
    ],
)
def test_what_is_hardly_a_telephone(to: str, found: list[str]) -> None:
    assert guards(look(to=to)) == found


@pytest.mark.parametrize(
    ("to", "deny"),
    [
        ("+88213001", "+882"),
        ("0088213001", "+882"),
        ("+88213001", "00882"),
        ("0900123456", "0900"),
        ("10086", "10086"),
    ],
)
def test_the_deny_list_is_by_the_beginning_of_the_number(to: str, deny: str) -> None:
    first = look(to=to, deny={deny: "satellite [/x]"})[0]
    assert first.guard == "deny list"
    assert "satellite [/x]" in first.words
    assert to in first.words


@pytest.mark.parametrize("to", ["+49900123456", "0900123456", "0049900123456"])
@pytest.mark.parametrize("deny", ["0900", "+49900", "0049900"])
def test_with_a_region_it_does_not_matter_how_the_number_or_its_beginning_is_written(to: str, deny: str) -> None:
    assert guards(look(to=to, deny={deny: "dear"}, region="DE"))[:1] == ["deny list"]


@pytest.mark.parametrize("to", ["+345906566798696", "345906566798696", "7123456"])
def test_what_no_table_knows_is_looked_at_twice(to: str) -> None:
    (remark,) = look(to=to, region="ES")
    assert remark.guard == "number"
    assert "+34" in remark.words


def test_the_longest_beginning_gives_the_reason() -> None:
    assert "one" in look(to="+88213001", deny={"+8": "all", "+88213": "one", "+882": "some"})[0].words


@pytest.mark.parametrize("deny", ["+49", "86136", "882", ""])
def test_other_beginnings_deny_nothing(deny: str) -> None:
    assert look(deny={deny: "no"}) == ()


@pytest.mark.parametrize("state", [state for state in DeliveryState if state not in ("failed", "cancelled")])
def test_a_repetition_says_when_and_how_far_it_came(state: DeliveryState) -> None:
    (remark,) = look(ours=[sent(240, state=state)])
    assert remark.guard == "repetition"
    assert "4 minutes ago" in remark.words
    assert "message 7" in remark.words
    assert state.value in remark.words


@pytest.mark.parametrize(
    "before",
    [
        sent(60, state=DeliveryState.FAILED),
        sent(60, state=DeliveryState.CANCELLED),
        sent(601),
        sent(60, "Hi"),
    ],
)
def test_what_did_not_go_or_was_another_is_no_repetition(before: OutboxMessage) -> None:
    assert look(ours=[before]) == ()


def test_repetitions_are_not_looked_for_where_nobody_wants_it() -> None:
    assert look(minutes=0, ours=[sent(0)]) == ()


def test_an_unknown_outcome_comes_before_a_later_known_one() -> None:
    (remark,) = look(ours=[sent(60, number=9), sent(300, state=DeliveryState.UNKNOWN, number=8)])
    assert "may already have been sent" in remark.words
    assert "message 8, 5 minutes ago" in remark.words


@pytest.mark.parametrize(
    ("ago", "words"),
    [(-5, "just now"), (3, "just now"), (30, "30 seconds ago"), (60, "a minute ago"), (7_200, "2 hours ago")],
)
def test_when_it_was(ago: float, words: str) -> None:
    assert words in look(minutes=200, ours=[sent(ago)])[0].words


def test_machines_that_answer_each_other_fast_are_a_loop() -> None:
    ours = [sent(ago, f"a{ago}") for ago in (20, 60, 100)]
    theirs = [came(ago, f"b{ago}") for ago in (5, 40, 80)]
    (remark,) = look(ours=ours, theirs=theirs)
    assert remark.guard == "reply loop"
    assert "two machines" in remark.words
    assert "3 messages to this number and 3 from it" in remark.words


def test_people_take_their_time() -> None:
    ours = [sent(ago, f"a{ago}") for ago in (100, 300, 500)]
    theirs = [came(ago, f"b{ago}") for ago in (5, 200, 400)]
    assert look(ours=ours, theirs=theirs) == ()


def test_one_that_always_says_the_same_is_a_machine_however_slow() -> None:
    ours = [sent(ago, f"a{ago}") for ago in (100, 300, 500)]
    theirs = [came(ago, "I am away.") for ago in (5, 200, 400)]
    assert guards(look(ours=ours, theirs=theirs)) == ["reply loop"]


@pytest.mark.parametrize("number_of_ours", [0, 2])
def test_one_side_alone_is_no_loop(number_of_ours: int) -> None:
    theirs = [came(ago) for ago in range(10, 60, 10)]
    assert look(ours=[sent(ago, f"{ago}") for ago in range(5, 5 + 10 * number_of_ours, 10)], theirs=theirs) == ()


def test_what_is_long_past_is_no_loop() -> None:
    ours = [sent(ago, f"{ago}") for ago in (20, 60, 100)]
    assert look(ours=ours, theirs=[came(ago) for ago in (601, 640, 680)]) == ()


def test_what_was_no_message_does_not_count() -> None:
    gaps = [
        InboxMessage(1, "", NOON - ago, type(sms())(CallbackKind.GAP, number=NUMBER), b"", read=True)
        for ago in (5, 40, 80)
    ]
    assert look(ours=[sent(ago, f"{ago}") for ago in (20, 60, 100)], theirs=gaps) == ()


def test_all_that_is_to_be_said_is_said_the_gravest_first() -> None:
    ours = [sent(ago, to="10086") for ago in (20, 60, 100)]
    theirs = [came(ago, number="10086") for ago in (5, 40, 80)]
    found = look(to="10086", deny={"100": "no"}, ours=ours, theirs=theirs)
    assert guards(found) == ["deny list", "repetition", "reply loop", "short code"]


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_draft_gets_an_answer(to: str, text: str, deny: dict[str, str]) -> None:
    assert all(remark.words for remark in look(text, to=to, deny=deny, ours=[sent(1, text, to=to)]))


@pytest.mark.parametrize(
    ("states", "detail", "words"),
    [
        (["unknown"], "", ["Message 7 may already have been sent: its outcome is unknown"]),
        (["unknown"], "no answer\r\nin 40 s", ["Message 7 may already have been sent: no answer in 40 s"]),
        (["sent"], "", ["Message 7 has already been sent."]),
        (["failed", "sent", "failed"], "", ["Message 7 has already been in part sent."]),
        (["accepted"], "", ["Message 7 is still on its way."]),
        (["failed"], "NO SIM", []),
        (["cancelled"], "", []),
    ],
)
def test_what_to_think_of_before_a_message_goes_again(states: list[str], detail: str, words: list[str]) -> None:
    of_all, *segments = map(DeliveryState, states)
    message = OutboxMessage(7, NOON, NOON, draft(), of_all, tuple(segments) or (of_all,), detail)
    assert [remark.words for remark in of_again(message)] == words


def test_the_one_that_is_sent_again_is_no_repetition_beside_it() -> None:
    before = sent(5, state=DeliveryState.UNKNOWN)
    again = replace(draft(), again_of=before.id)
    assert remarks(again, now=NOON, deny={}, repeat_minutes=10, sent=[before], received=[]) == ()
    assert remarks(draft(), now=NOON, deny={}, repeat_minutes=10, sent=[before], received=[]) != ()


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        *(("STOP", True), ("stop", True), ("  Stop!\n", True), ('"STOP"', True), ("Opt  out.", True)),
        *(("СТОП", True), ("стоп", True), ("退订", True), ("İPTAL", True), ("Arrêt", True)),
        *(("stop it", False), ("don't stop", False), ("", False), ("!", False), ("STOP" * 1000, False)),
    ],
)
def test_only_a_text_that_is_such_a_word_asks_for_no_more(text: str, asks: bool) -> None:
    assert asks_to_opt_out(text, ()) is asks
    assert not asks_to_opt_out(text, ["ENOUGH"])


def test_who_opted_out_is_asked_about_first_and_before_all_else() -> None:
    found = remarks(
        draft(to=NUMBER),
        now=NOON,
        deny={NUMBER[:4]: "dear"},
        repeat_minutes=0,
        sent=[],
        received=[],
        opted_out=OptOut(NUMBER, "bob", NOON, "please\nSTOP"),
    )
    assert [remark.guard for remark in found] == ["opt-out", "deny list"]
    assert found[0].words.startswith(f'{NUMBER} opted out of messages on 2026-11-22: "please STOP"')


def test_who_opted_out_is_left_out_of_several_and_asked_about_alone() -> None:
    one, two = draft(to="+4915111111111"), draft(to="+4915122222222")
    assert without_opted_out([one, two], []) == ([one, two], ())
    assert without_opted_out([one, two], [two]) == ([one], (two.to,))
    assert without_opted_out([two], [two]) == ([two], ())
    assert without_opted_out([one, two], [one, two]) == ([one, two], ())
