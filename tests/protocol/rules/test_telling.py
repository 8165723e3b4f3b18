"""What programs are told: a stranger's words as data."""

from __future__ import annotations

import json

import pytest

from console.config.rules import VALUES
from console.domain.messages import Callback, CallbackKind, Draft, InboxMessage, OutboxMessage, Via
from console.domain.messages import DeliveryState as State
from console.domain.rules import About, Happening
from console.protocol.rules import telling
from tests.support.alarms import alarm
from tests.support.backend import NOON
from tests.support.hostile import FORBIDDEN_TEXT, HOSTILE, NASTY


def entry(text: str, number: str = "+491511") -> InboxMessage:
    callback = Callback(CallbackKind.SMS, number=number, text=text, port="3")
    return InboxMessage(7, "gw1", NOON, callback, b"", read=False)


def sent(detail: str) -> OutboxMessage:
    draft = Draft("gw1", "+491511", "hi", None, Via.AMI)
    return OutboxMessage(7, NOON, NOON, draft, State.DELIVERED, (State.DELIVERED,), detail, 3, "alice")


SUBJECTS = {
    "sms": telling.of_entry(entry("hello\nyou"), None),
    "result": telling.of_message(sent("on the air"), Happening(About.RESULT, 7, NOON, "sent")),
    "alarm": telling.of_alarm(alarm(7, cleared_at=NOON), Happening(About.ALARM, 7, NOON, "raised")),
    "sim": telling.of_sim(Happening(About.SIM, 7, NOON, "460011", "gw1", "460012")),
}


@pytest.mark.parametrize("about", SUBJECTS)
def test_each_has_the_values_that_the_configuration_knows(about: str) -> None:
    assert {"rule", *SUBJECTS[about].fields} == set(VALUES[about])
    assert SUBJECTS[about].fields["at"] == "2026-11-22T12:00:00Z"
    assert SUBJECTS[about].fields["id"] == 7


def test_a_message_and_an_alarm_are_as_they_were_then() -> None:
    assert SUBJECTS["result"].record.state is State.SENT
    assert SUBJECTS["alarm"].record.is_open


def test_json_keeps_lines_and_a_variable_is_one() -> None:
    fields = SUBJECTS["sms"].fields
    assert fields["text"] == "hello\nyou"
    assert telling.variables(fields)["GSM_RULE_TEXT"] == "hello you"
    assert telling.headline(fields) == "+491511: hello you"


@pytest.mark.parametrize("text", [*HOSTILE, NASTY, "\ud800", "x" * 100_000])
def test_nothing_acts_and_nothing_is_too_long(text: str) -> None:
    fields = telling.of_entry(entry(text, number=text), None).fields
    told = json.dumps(fields)
    assert told.isascii()
    assert not any(mark in f"{fields['text']}" for mark in "\x00\x07\x1b\x7f\x9b")
    json.loads(told)["text"].encode()
    values = [*telling.variables(fields).values(), *telling.arguments(["x", "{text}"], fields)]
    values.append(telling.headline(fields))
    assert not any(FORBIDDEN_TEXT.search(value) for value in values)
    assert max(map(len, values)) <= telling.LONGEST
    assert len(told) < 130_000


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("prog", "{text}"), ("prog", " -rf /")),
        (("prog", "-x", "{text}"), ("prog", "-x", " -rf /")),
        (("prog", "--", "{text}"), ("prog", "--", "-rf /")),
        (("prog", "{text}", "--"), ("prog", " -rf /", "--")),
        (("prog", "$(id)", "{id}"), ("prog", "$(id)", "7")),
    ],
)
def test_a_strangers_words_are_no_option_unless_the_operator_ended_those(
    command: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert telling.arguments(command, telling.of_entry(entry("-rf /"), None).fields) == told


def test_the_signature_is_as_the_manual_says() -> None:
    # printf "17.{}" | openssl dgst -sha256 -hmac key
    digest = "e66392eac42eafc68c35a01c712811e016386c12456975fc3af80c9268568e3a"
    assert telling.signature("key", 17, b"{}") == f"sha256={digest}"
