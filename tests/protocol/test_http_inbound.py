"""Callbacks as gateways send them, and as nobody should."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.domain.messages import CallbackKind, DeliveryState
from console.protocol.http_inbound import MAX_PARAMETERS, outcome, parse, port_number, query_of

CAPTURES = Path(__file__).parents[1] / "captures" / "http"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def captured(name: str) -> bytes:
    """The request target of a captured request."""
    return (CAPTURES / name).read_bytes().split(b" ")[1]


def test_an_sms_as_wget_sends_it() -> None:
    callback = parse(captured("wget_sms.bin"))
    assert callback.kind is CallbackKind.SMS
    assert callback.number == "+8613632919026"
    assert callback.text == "您的余额: 1+1 & more\n"
    assert callback.port == "3"
    assert callback.port_name == "gsm-1.3"
    assert callback.gateway_time == "2014/09/11 09:36:47"
    assert callback.imsi == "460001234567890"
    assert callback.reason == ""


def test_the_vendor_document_s_own_names() -> None:
    callback = parse(b"/receive.php?num=10086&port=gsm-4.2&message=test&time=2014/09/11%2009:36:47")
    assert (callback.kind, callback.number, callback.port, callback.text) == (
        CallbackKind.SMS,
        "10086",
        "gsm-4.2",
        "test",
    )


def test_a_result_is_not_percent_encoded() -> None:
    callback = parse(captured("wget_result.bin"))
    assert callback.kind is CallbackKind.RESULT
    assert callback.number == "+8613632919026"
    assert (callback.id, callback.status, callback.text) == ("ID", "Sent", "")
    assert callback.gateway_time == "2018-12-29 16:35:46"
    assert outcome(callback) is DeliveryState.SENT


def test_a_report() -> None:
    callback = parse(captured("wget_report.bin"))
    assert callback.kind is CallbackKind.REPORT
    assert (callback.status, callback.cause) == ("Message received on handset", "0")
    assert outcome(callback) is DeliveryState.DELIVERED


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("Result", "Sent", DeliveryState.SENT),
        ("Result", "Fail", DeliveryState.FAILED),
        ("Result", "", None),
        ("Report", "Message%20not%20received%20on%20handset", DeliveryState.FAILED),
        ("Report", "Message received on handset", DeliveryState.DELIVERED),
        ("Report", "Sent", None),
    ],
)
def test_outcome(kind: str, status: str, state: DeliveryState | None) -> None:
    assert outcome(parse(f"num=1&type=SMS-Status-{kind}&status={status}&".encode())) is state


def test_an_sms_has_no_outcome() -> None:
    assert outcome(parse(b"num=1&message=Sent&status=Sent")) is None


def test_an_answer_to_ussd_is_kept_with_its_text_and_named() -> None:
    callback = parse(captured("wget_ussd.bin"))
    assert callback.kind is CallbackKind.UNREADABLE
    assert "USSD" in callback.reason
    # Pasted as it is: the plus stays, and the ampersand was part of the text.
    assert callback.text == "Ваш баланс: 12+3 & more\\r\\nOK"
    assert callback.port == "3"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (b"%2B861", "+861"),
        (b"+861", "+861"),
        (b"%20861", "+861"),
        (b" 861", "+861"),
        (b"861", "861"),
        (b"%2b861%20", "+861"),
        (b"My+Bank", "My Bank"),
        (b"%20My%20Bank", "My Bank"),
        (b"@%2B861", "@+861"),
        (b"%EF%BB%BF10086", "10086"),
    ],
)
def test_numbers(written: bytes, number: str) -> None:
    assert parse(b"num=" + written + b"&message=x").number == number


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"0", "0"),
        (b"", ""),
        (b"a+b", "a b"),
        (b"a%2Bb", "a+b"),
        (b"a%252Bb", "a%2Bb"),  # decoded once
        (b"%20861", " 861"),  # only numbers get their plus back
        (b"100%", "100%"),
        (b"%EF%BB%BFhello", "hello"),
        (b"%EF%BB%BF%EF%BB%BFhello", "\ufeffhello"),
        (b"caf%E9", "caf\\xe9"),
        ("сырой".encode(), "сырой"),
        (b"a%00b", "a\0b"),
        (b"%ED%A0%80", "\\xed\\xa0\\x80"),  # a lone surrogate is no UTF-8
        (b"x=1;y=2", "x=1;y=2"),
    ],
)
def test_texts(written: bytes, text: str) -> None:
    callback = parse(b"num=1&message=" + written + b"&time=x")
    assert (callback.kind, callback.text) == (CallbackKind.SMS, text)


def test_a_charset_that_the_callback_names() -> None:
    callback = parse(b"num=1&charset=GB2312&message=%C4%FA%BA%C3")
    assert callback.text == "您好"
    assert parse(b"num=1&charset=rot13&message=a").text == "a"


def test_names_in_any_case_and_of_other_makes() -> None:
    assert parse(b"PhoneNumber=1&MSG=a").text == "a"
    assert parse(b"from=1&to=2&text=a").number == "1"


def test_configured_names_win() -> None:
    names = {"Absender": "number", "inhalt": "text", "kanal": "port", "name": "port_name"}
    callback = parse(b"absender=1&Inhalt=a&kanal=7&name=x&from=nobody&message=nothing", names)
    assert (callback.number, callback.text, callback.port, callback.port_name) == ("1", "a", "7", "x")


def test_the_first_of_two_wins() -> None:
    """The gateway's own parameters come before the tail that its operator may add."""
    assert parse(b"num=1&message=a&num=2&message=b").number == "1"


def test_an_ampersand_pasted_in_a_text() -> None:
    assert parse(b"num=1&message=a & b&& c&time=x").text == "a & b&& c"
    assert parse(b"num=1&time=x&message=a&").text == "a"
    assert parse(b"num=1&message=a&time=x&token").text == "a"


def test_a_tail_called_type_does_not_hide_an_sms() -> None:
    assert parse(b"num=1&message=a&type=openvox").kind is CallbackKind.SMS


@pytest.mark.parametrize(
    ("query", "word"),
    [
        (b"key=%2B861&key=3&key=gsm-1.3&key=hello&key=x&key=46&", "never set"),
        (b"=%2B861&=3&=gsm-1.3&=hello&=x&=46&", "blank"),
        (b"", "no parameters"),
        (b"/sms/gw1", "no parameters"),
        (b"a=1&b=2", "for the number and no parameter for the text"),
        (b"num=1&port=2", "for the text"),
        (b"message=hello", "for the number"),
        (b"num=&message=", "both empty"),
        (b"\xff\xfe\x00", "no parameters"),
    ],
)
def test_unreadable(query: bytes, word: str) -> None:
    callback = parse(query)
    assert callback.kind is CallbackKind.UNREADABLE
    assert word in callback.reason


def test_what_is_readable_of_an_unreadable_one_is_kept() -> None:
    callback = parse(b"num=%2B861&port=2")
    assert (callback.number, callback.port) == ("+861", "2")


def test_a_blank_sms_and_a_withheld_number_are_messages() -> None:
    assert parse(b"num=1&message=").kind is CallbackKind.SMS
    assert parse(b"num=&message=a").kind is CallbackKind.SMS


def test_more_parameters_than_any_gateway_sends() -> None:
    callback = parse(b"num=1&message=a&" + b"x=y&" * (4 * MAX_PARAMETERS))
    assert callback.kind is CallbackKind.SMS


@pytest.mark.parametrize(
    ("target", "query"),
    [
        (b"/a?b=c?d", b"b=c?d"),
        (b"http://h/a?b", b"b"),
        (b"/a", b""),
        (b"http://h/a", b""),
        (b"num=1&message=http://x", b"num=1&message=http://x"),
        (b"num=http://x", b"num=http://x"),
    ],
)
def test_query_of(target: bytes, query: bytes) -> None:
    assert query_of(target) == query


@pytest.mark.parametrize(
    ("port", "number"),
    [("3", 3), ("gsm-1.3", 3), ("GSM-1.12", 12), ("gsm-2.3", None), ("0", None), ("", None), ("x", None)],
)
def test_port_number(port: str, number: int | None) -> None:
    assert port_number(port) == number


@given(st.binary())
@example(b"/?num=%&message=%%%2")
@example(b"%6eum=1&message=a")
def test_never_raises_and_always_explains(target: bytes) -> None:
    callback = parse(target)
    assert (callback.kind is CallbackKind.UNREADABLE) == bool(callback.reason)
    for value in (callback.number, callback.text, callback.status, callback.id):
        value.encode()


@given(TEXT, st.booleans())
def test_any_text_comes_through_whole(text: str, plus: bool) -> None:
    written = quote_plus(text) if plus else quote(text, safe="")
    callback = parse(f"/sms?num=%2B861&port=1&message={written}&time=&imsi=&".encode())
    assert callback.kind is CallbackKind.SMS
    assert callback.text == text.removeprefix("\ufeff")


@given(st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True), st.sampled_from(["quoted", "raw"]))
def test_any_number_comes_through_however_it_is_written(number: str, manner: str) -> None:
    written = quote(number) if manner == "quoted" else number
    assert parse(f"num={written}&message=x".encode()).number == number
    assert parse(f"num={written}&message=&type=SMS-Status-Result&id=a&".encode()).number == number
