from __future__ import annotations

import pytest

from console.domain.messages import DeliveryState, Draft, OutboxMessage, Via
from console.errors import CannotSend
from console.protocol.sms.recipients import Recipient, RecipientList
from console.protocol.sms.segments import plan
from console.ui.compose.addressees import Reading, read_to
from console.ui.compose.letter import Letter, Route, Spread, lacking

ANNA = Recipient("10086", "10086", {"name": "Anna"}, "Anna")
BERT = Recipient("10010", "10010", {"name": "B" * 200}, "Bert")


def letter(text: str, *people: Recipient, route: Route = None, template: bool = False) -> Letter:
    reading = Reading("@x", RecipientList(people, (), ()), "x.csv", has_fields=any(each.fields for each in people))
    return Letter("gw1", Via.AMI, route, text, reading, is_template=template)


def message(state: DeliveryState, *segments: DeliveryState, detail: str = "") -> OutboxMessage:
    draft = Draft("gw1", "10086", "hi", 3, Via.AMI)
    return OutboxMessage(17, 0.0, 0.0, draft, state, segments or (state,), detail)


def test_fields_are_filled_where_the_list_brings_some() -> None:
    assert [draft.text for draft in letter("Dear {Name}", ANNA, BERT).drafts()] == ["Dear Anna", f"Dear {'B' * 200}"]


def test_braces_stay_where_nobody_means_fields() -> None:
    plain = Recipient("10086", "10086")
    assert letter('{"a": {b}} {name}', plain).drafts()[0].text == '{"a": {b}} {name}'


def test_a_field_of_a_template_that_nobody_brings_is_an_error_that_names_it() -> None:
    with pytest.raises(CannotSend, match=r"\{name\}.*for 10086"):
        letter("Dear {name}", Recipient("10086", "10086"), template=True).drafts()
    with pytest.raises(CannotSend, match=r"\{day\}.*for 10086"):
        letter("On {day}", ANNA).drafts()


def test_letters_that_came_apart_are_sent_composed() -> None:
    assert letter("Mu\u0308ller", ANNA).drafts()[0].text == "Müller"


def test_the_spread_is_over_all_recipients() -> None:
    assert letter("Dear {name}", ANNA, BERT).spread(lambda draft: plan(draft.text, "ami")) == Spread(1, 2, 3)


@pytest.mark.parametrize(("route", "port", "pool"), [(None, None, ""), (3, 3, ""), ("night", None, "night")])
def test_the_route_is_a_port_a_set_or_nothing(route: Route, port: int | None, pool: str) -> None:
    draft = letter("hi", ANNA, route=route).drafts()[0]
    assert (draft.port, draft.pool) == (port, pool)


def test_only_the_recipient_of_an_earlier_message_gets_it_again() -> None:
    both = Letter(
        "gw1", Via.AMI, None, "hi", read_to("10086, 10010", ""), again={"10086": message(DeliveryState.UNKNOWN)}
    )
    assert [draft.again_of for draft in both.drafts()] == [17, None]


def test_nobody_yet_is_a_draft_to_nobody() -> None:
    assert letter("hi").sample() == Draft("gw1", "", "hi", None, Via.AMI)


def test_a_batch_is_called_by_its_file_or_its_text() -> None:
    assert letter("hi", ANNA).label == "x.csv"
    typed = Letter("gw1", Via.AMI, None, " The\nfirst  words of a long text that goes on and on", read_to("1", ""))
    assert typed.label == "The first words of a long text that goes"


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("", "hi", "Type a number in To first."),
        ("12ab", "hi", 'There are no valid recipients: "12ab": letters can\'t be dialled.'),
        (
            "@/nowhere.csv",
            "hi",
            "nowhere.csv: No such file or directory. Write @ and the path of a list, or a group.",
        ),
        ("10086", "", "Type a text first."),
    ],
)
def test_what_is_missing_is_said(typed: str, text: str, words: str) -> None:
    lack = lacking(Letter("gw1", Via.AMI, None, text, read_to(typed, "")))
    assert lack is not None
    assert lack.words == words
    assert lack.is_text is (words == "Type a text first.")


def test_a_file_with_nobody_in_it_is_named() -> None:
    lack = lacking(letter("hi"))
    assert lack is not None
    assert lack.words == "There are no recipients in x.csv."


def test_nothing_is_missing_from_a_letter_with_recipient_and_text() -> None:
    assert lacking(letter("hi", ANNA)) is None
