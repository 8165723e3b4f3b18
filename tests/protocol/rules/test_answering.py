"""When a rule must not answer."""

from __future__ import annotations

import pytest

from console.domain.sending import Remark
from console.protocol.rules.answering import TOO_OLD, why_not

OWN = ("+4915199999999", "")
ANSWER = "We are closed until eight."


def why(number: str = "+4915112345678", text: str = "hello", age: float = 5.0, *remarks: Remark) -> str:
    return why_not(number, text, age, own=OWN, said=[ANSWER, "ok", ""], remarks=remarks, region="DE")


@pytest.mark.parametrize("number", ["+4915112345678", "015112345678", "+49 151 123 45678"])
def test_a_person_is_answered(number: str) -> None:
    assert why(number) == ""


@pytest.mark.parametrize("number", ["12345", "Bank", "", "*100#", "+49151‮", "１２"])
def test_what_is_no_number_of_a_person_is_not(number: str) -> None:
    assert why(number) == "the sender is no phone number"


@pytest.mark.parametrize("number", ["+4915199999999", "015199999999", "0049 15199999999"])
def test_our_own_sims_are_not_however_they_are_written(number: str) -> None:
    assert why(number) == "the sender is one of our own SIMs"


@pytest.mark.parametrize(
    "text", [ANSWER, f"Re: {ANSWER.upper()} - sent from my phone", "We are closed\nuntil eight.", "OK"]
)
def test_an_echo_is_not(text: str) -> None:
    assert why(text=text) == "it repeats what was sent there: an echo"


def test_a_short_word_of_ours_within_a_text_is_no_echo() -> None:
    assert why(text="is it ok to call?") == ""


def test_what_is_old_is_not() -> None:
    assert why(age=TOO_OLD) == ""
    assert why(age=TOO_OLD + 60) == "it came 61 minutes ago"


def test_what_a_person_would_be_asked_about_is_not() -> None:
    assert (
        why("+4915112345678", "hello", 5.0, Remark("reply loop", "Two machines."), Remark("x", "No."))
        == "Two machines. No."
    )
