"""What `gsm-console send` prints, and the exit code of many outcomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.cli.kit import outcomes
from console.cli.sending.report import closing_lines, code_of, message_fields, message_line
from console.domain.messages import DeliveryState, Draft, OutboxMessage, Via
from console.runtime.sending import NOT_LEFT, UNTIL_DELIVERED, UNTIL_SENT
from tests.support.backend import NOON

MESSAGE = OutboxMessage(
    17, NOON, NOON, Draft("gw1", "+8613632919026", "hi", None, Via.AMI), DeliveryState.SENT, (DeliveryState.SENT,), ""
)


def those(*states: DeliveryState) -> list[OutboxMessage]:
    return [replace(MESSAGE, state=state) for state in states]


SENT, DELIVERED, ACCEPTED = DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.ACCEPTED
FAILED, UNKNOWN, CANCELLED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.CANCELLED


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([SENT, DELIVERED], outcomes.SENT),
        ([SENT, ACCEPTED], outcomes.WAITING),
        ([ACCEPTED, FAILED, SENT], outcomes.FAILED),
        ([ACCEPTED, CANCELLED], outcomes.FAILED),
        ([FAILED, UNKNOWN, CANCELLED, ACCEPTED], outcomes.UNKNOWN),
        ([], outcomes.SENT),
    ],
)
def test_the_worst_decides(states: list[DeliveryState], code: int) -> None:
    assert code_of(those(*states), UNTIL_SENT) == code
    assert code_of(those(*reversed(states)), UNTIL_SENT) == code


def test_what_could_not_be_settled_is_never_called_sent_or_waited_for() -> None:
    assert code_of(those(DeliveryState.SUBMITTING), UNTIL_SENT) == outcomes.UNKNOWN
    assert code_of(those(DeliveryState.QUEUED), NOT_LEFT) == outcomes.FAILED
    unknown, queued = closing_lines(those(DeliveryState.SUBMITTING, DeliveryState.QUEUED), UNTIL_SENT)
    assert unknown.startswith("1 message unknown")
    assert "still queued" in queued


def test_how_far_it_was_to_come_decides_what_is_enough() -> None:
    assert code_of(those(ACCEPTED), NOT_LEFT) == outcomes.SENT
    assert code_of(those(SENT), UNTIL_DELIVERED) == outcomes.WAITING
    assert code_of(those(DELIVERED), UNTIL_DELIVERED) == outcomes.SENT


def test_a_line_is_one_line_whatever_the_gateway_said() -> None:
    said = replace(MESSAGE, port=3, detail='{\n\t"a": "\x1b]0;x\x07"\r\n}')
    assert message_line(said) == '17  +8613632919026  sent  port 3  { "a": "␛]0;x␇" }'
    assert message_line(MESSAGE) == "17  +8613632919026  sent  port unknown"
    assert len(message_line(replace(MESSAGE, detail="x" * 10_000))) < 300


def test_json_has_the_gateway_s_words_whole() -> None:
    fields = message_fields(replace(MESSAGE, detail="x" * 10_000, sent_at=NOON, segments=(SENT, SENT), parts=2))
    assert fields["words"] == "x" * 10_000
    assert fields["segments"] == ["sent", "sent"]
    assert (fields["sent_at"], fields["delivered_at"]) == ("2026-11-22T12:00:00.000Z", None)


def test_what_is_to_be_known_at_the_end() -> None:
    assert closing_lines(those(SENT, DELIVERED), UNTIL_SENT) == []
    unknown, called_off, waiting = closing_lines(those(UNKNOWN, CANCELLED, CANCELLED, ACCEPTED), UNTIL_SENT)
    assert unknown.startswith("1 message unknown")
    assert called_off.startswith("2 messages cancelled")
    assert waiting.startswith("1 message accepted by the gateway")
