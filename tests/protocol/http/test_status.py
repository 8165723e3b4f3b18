"""What `/smsstatus` says of a message of ours, and when it says nothing."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import DeliveryState
from console.protocol.http.status import STATES, build_query, read_status

OURS = "5f0c1d2e3a4b-17"
NUMBER = "+8613632919026"


def row(word: object, *, id: str = OURS, number: str = NUMBER, cause: str = "") -> bytes:  # noqa: A002 - as on the wire
    """A row of the gateway's outbox."""
    document = {
        "id": id,
        "phonenumber": number,
        "imsi": "460028893040001",
        "port": "3",
        "time": "2026-11-22 12:00:00",
        "status": word,
        "cause": cause,
    }
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("FAILED", DeliveryState.FAILED),
        ("SEND", DeliveryState.SENT),
        ("DELIVERD", DeliveryState.DELIVERED),
        ("DELIVERED", DeliveryState.DELIVERED),
        ("deliverd", DeliveryState.DELIVERED),
        (" SEND ", DeliveryState.SENT),
    ],
)
def test_each_word_is_a_state(word: str, state: DeliveryState) -> None:
    status = read_status(row(word), OURS)
    assert status.state is state
    assert status.words == f"The gateway says {word.strip()}."


def test_the_names_are_free_text_on_the_gateway_s_page() -> None:
    named = json.dumps({"Kennung": OURS, "num": NUMBER, "Zustand": "DELIVERD", "cause": ""}).encode()
    assert read_status(named, OURS).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("other", ["", "null", "5f0c1d2e3a4b-170", "5f0c1d2e3a4b-1", f"{OURS}-2", f" x{OURS}"])
def test_what_is_said_of_another_message_is_not_taken_for_ours(other: str) -> None:
    status = read_status(row("DELIVERD", id=other), OURS)
    assert status.state is None
    assert "another message" in status.words


def test_no_id_of_ours_is_no_id_that_matches() -> None:
    assert read_status(row("SEND", id=""), "").state is None


def test_the_cause_is_told_and_is_no_verdict() -> None:
    failed = read_status(row("FAILED", cause="short message transfer rejected"), OURS)
    assert failed.state is DeliveryState.FAILED
    assert failed.words == "The gateway says FAILED (short message transfer rejected)."
    assert read_status(row("SEND", cause="FAILED"), OURS).state is DeliveryState.SENT


def test_two_words_that_disagree_are_no_state() -> None:
    status = read_status(row("SEND", number="FAILED"), OURS)
    assert status.state is None
    assert "FAILED and SEND" in status.words


@pytest.mark.parametrize("word", ["", "SENDING", "unknown", 1, None, ["SEND"]])
def test_a_word_that_is_not_known_is_no_state(word: object) -> None:
    status = read_status(row(word), OURS)
    assert status.state is None
    assert "not its outcome" in status.words


def test_no_record_is_not_said_to_be_not_sent() -> None:
    status = read_status(b"This SMS is not exist", OURS)
    assert status.state is None
    assert "may still have been sent" in status.words


def test_a_number_that_the_gateway_does_not_take() -> None:
    assert "does not accept the number" in read_status(b"phonenum is not valild", OURS).words


def test_json_that_is_not_quite_json_is_read_by_its_pairs() -> None:
    body = f'{{ "id":"{OURS}", "status":"SEND", "cause":"he said "no" \n", }}'.encode()
    assert read_status(body, OURS).state is DeliveryState.SENT
    assert read_status(row("SEND").replace(b"12:00:00", b"12:00:00\n\xff"), OURS).state is DeliveryState.SENT


@pytest.mark.parametrize("body", [b"", b"<html>401</html>", b"[]", b'"SEND"', b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_anything_else_is_told_and_is_no_state(body: bytes) -> None:
    status = read_status(body, OURS)
    assert status.state is None
    assert 0 < len(status.words) < 400


def test_a_deep_or_endless_answer_breaks_nothing() -> None:
    assert read_status(b'{"a":' * 100_000, OURS).state is None
    assert len(read_status(row("FAILED", cause="x" * 100_000), OURS).words) < 400


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_and_no_state_without_our_id(body: bytes) -> None:
    status = read_status(body, OURS)
    assert status.words
    assert status.state is None or OURS.encode() in body


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=12) | st.sampled_from([*STATES, OURS]), max_size=6))
def test_a_state_needs_our_id_and_one_word_for_it(document: dict[str, str]) -> None:
    status = read_status(json.dumps(document).encode(), OURS)
    if status.state is not None:
        assert OURS in [value.strip() for value in document.values()]
        assert status.state in {STATES.get(value.strip().upper()) for value in document.values()}


def test_the_query_names_the_number_and_the_id() -> None:
    query = build_query("+86136#*1", OURS)
    assert parse_qs(query, strict_parsing=True) == {"phonenumber": ["+86136#*1"], "id": [OURS]}
    assert query.startswith("phonenumber=%2B86136")
