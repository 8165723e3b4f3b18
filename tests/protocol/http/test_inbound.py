"""Callbacks as gateways send them, and as nobody should."""

from __future__ import annotations

import encodings.aliases
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.domain.messages import CallbackKind, DeliveryState
from console.protocol.http.inbound import MAX_PARAMETERS, form_of, outcome, page_of, parse, query_of
from console.protocol.text.octets import without_marks

CAPTURES = Path(__file__).parents[2] / "captures" / "http"
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
        (b"%EF%BB%BFhel%EF%BB%BFlo", "hello"),  # joined by the gateway, each part with its mark
        (b"hel%EF%BB%BFlo", "hel\ufefflo"),
        (b"caf%E9", "café"),
        (b"Gr%FC%DFe", "Grüße"),
        (b"5 %FFe", "5 €"),
        (b"caf%FFFFFFC3%FFFFFFA9", "café"),
        (b"%fFFfFFE4%B8", "ä¸"),
        (b"%E4%90", "\\xe4\\x90"),
        (b"%E4%B8%AD%E4%B8", "中\\xe4\\xb8"),  # cut in a character
        (b"%EF%BB%BFhi", "hi"),
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


@pytest.mark.parametrize(
    ("charset", "written", "text"),
    [
        ("utf-8", b"caf%E9", "café"),
        ("iso-8859-1", b"caf%E9", "café"),
        ("iso-8859-1", b"%C3%A9", "Ã©"),  # what is declared comes before UTF-8
        ("windows-1251", b"%CF%F0%E8%E2%E5%F2", "Привет"),
        ("gbk", b"%C4%FA%BA%C3", "您好"),
        ("gbk", b"%EF%BB%BF%E6%82%A8", "您"),  # UTF-8 says so itself
        ("big5", b"%E6%82%A8a", "您a"),  # not Big5, but UTF-8
        ("gbk", b"%C4%FA%FFx", "您\\xffx"),  # neither
        ("utf-16", b"%FE%FF%4F%60%59%7D", "你好"),
        ("utf-16", b"%FF%FE%60%4F%7D%59", "你好"),
        ("UTF16", b"%4F%60%59%7D", "你好"),
        ("utf-16", b"%FE%FF%4F%60%FE%FF%59%7D", "你好"),
        ("utf-16-le", b"%FF%FE%60%4F", "你"),
        ("utf-16", b"%4F%60%59", "O`Y"),  # an odd number of bytes is no UTF-16
        ("utf-16", b"%D8%00%FF", "\\xd8\\x00\\xff"),
        ("no-such", b"%C3%A9", "é"),
        ("utf-7", b"%2B2AA-", "+2AA-"),  # would make half a character
        ("base64", b"%C3%A9", "é"),
        ("a\0b", b"%C3%A9", "é"),
        ("", b"%C3%A9", "é"),
    ],
)
def test_a_charset_that_is_declared_for_the_gateway(charset: str, written: bytes, text: str) -> None:
    assert parse(b"num=1&message=" + written, charset=charset).text == text


def test_all_fields_are_read_by_the_declared_charset() -> None:
    callback = parse(b"num=%C1%E0%ED%EA&port=1&portname=%D1%F3%E4&message=%E0", charset="windows-1251")
    assert (callback.number, callback.port, callback.port_name, callback.text) == ("Банк", "1", "Суд", "а")


@pytest.mark.parametrize(
    ("written", "number"),
    [(b"%2B861", "+861"), (b"+861", "+861"), (b"%20861", "+861"), (b"1069", "1069"), (b"%00%2B%008%006", "+86")],
)
def test_figures_in_ascii_beside_a_text_in_utf_16(written: bytes, number: str) -> None:
    callback = parse(b"num=" + written + b"&time=2014/09/11%2009:36:47&message=%4F%60", charset="utf-16")
    assert (callback.number, callback.gateway_time, callback.text) == (number, "2014/09/11 09:36:47", "你")


def test_what_the_callback_names_comes_before_what_is_declared() -> None:
    assert parse(b"num=1&charset=gbk&message=%C4%FA", charset="iso-8859-1").text == "您"
    assert parse(b"num=1&charset=utf-8&message=caf%E9", charset="iso-8859-1").text == "café"


@given(st.sampled_from(sorted(set(encodings.aliases.aliases.values()))), st.binary())
@example("unicode_escape", b"\\ud800")
@example("utf_16_le", b"\x00\xd8")
def test_whatever_is_declared_the_text_can_be_kept(charset: str, written: bytes) -> None:
    callback = parse(b"num=1&message=" + quote(written).encode(), charset=charset)
    assert callback.kind is CallbackKind.SMS
    callback.text.encode()


def test_names_in_any_case_and_of_other_makes() -> None:
    assert parse(b"PhoneNumber=1&MSG=a").text == "a"
    assert parse(b"from=1&to=2&text=a").number == "1"


def test_configured_names_win() -> None:
    names = {"Absender": "number", "inhalt": "text", "kanal": "port", "name": "port_name"}
    callback = parse(b"absender=1&Inhalt=a&kanal=7&name=x&from=nobody&message=nothing", names)
    assert (callback.number, callback.text, callback.port, callback.port_name) == ("1", "a", "7", "x")


def test_configured_names_of_any_script_and_length_in_any_case() -> None:
    long = "n" * 200
    names = {"Отправитель": "number", long.upper(): "text"}
    callback = parse(f"{quote('ОТПРАВИТЕЛЬ')}=1&%6e{long[1:]}=a".encode(), names)
    assert (callback.kind, callback.number, callback.text) == (CallbackKind.SMS, "1", "a")


def test_the_first_of_two_wins() -> None:
    """The gateway's own parameters come before the tail that its operator may add."""
    assert parse(b"num=1&message=a&num=2&message=b").number == "1"


def test_an_ampersand_pasted_in_a_text() -> None:
    assert parse(b"num=1&message=a & b&& c&time=x").text == "a & b&& c"
    assert parse(b"num=1&time=x&message=a&").text == "a"
    assert parse(b"num=1&message=what? 50% off & more && so&").text == "what? 50% off & more && so"
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
    assert callback.text == without_marks(text)


@given(st.from_regex(r"\+?[0-9]{1,15}", fullmatch=True), st.sampled_from(["quoted", "raw"]))
def test_any_number_comes_through_however_it_is_written(number: str, manner: str) -> None:
    written = quote(number) if manner == "quoted" else number
    assert parse(f"num={written}&message=x".encode()).number == number
    assert parse(f"num={written}&message=&type=SMS-Status-Result&id=a&".encode()).number == number


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"Beeline@", "Beeline"),
        (b"MegaFon@", "MegaFon"),
        (b"+123456@", "+123456@"),
        (b"1234567@", "1234567@"),
        (b"Bee@", "Bee@"),
        (b"a@bcdef@", "a@bcdef@"),
    ],
)
def test_a_name_of_seven_characters_loses_the_eighth_that_nobody_wrote(written: bytes, read: str) -> None:
    assert parse(b"/sms?phonenumber=" + written + b"&message=hi").number == read


def test_names_of_parameters_that_gateways_of_other_vendors_use() -> None:
    callback = parse(b"/sms?srcnum=%2B491&smscontent=hi&recvtime=2026-01-01&num=x")
    assert (callback.number, callback.text, callback.gateway_time) == ("+491", "hi", "2026-01-01")


def test_a_question_mark_in_a_form_belongs_to_the_text() -> None:
    assert parse(b"num=1&message=how are you? fine").text == "how are you? fine"
    assert query_of(b"sms?num=1") == b"num=1"


@given(TEXT, TEXT, st.integers() | st.booleans())
def test_flat_json_says_what_it_says(number: str, text: str, port: int) -> None:
    body = json.dumps({"from": f"1{number}", "text": text, "port": port, "time": None}).encode()
    callback = parse(form_of(body), charset="gbk")
    assert callback.kind is CallbackKind.SMS
    assert callback.number == f"1{number}".strip()
    assert callback.text == text.removeprefix("\ufeff")
    assert callback.port == json.dumps(port)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_in_any_encoding_of_unicode(encoding: str) -> None:
    callback = parse(form_of('{"from": "+49", "text": "hä €\n2"}'.encode(encoding)), charset="gbk")
    assert (callback.number, callback.text) == ("+49", "hä €\n2")


def test_what_json_says_of_a_charset_is_not_how_it_came() -> None:
    assert parse(form_of('{"charset": "iso-8859-1", "from": "1", "text": "hä"}'.encode())).text == "hä"


def test_a_mark_before_a_form_is_no_part_of_a_name() -> None:
    assert parse(b"\xef\xbb\xbffrom=1&text=a").kind is CallbackKind.SMS


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'\xef\xbb\xbf[{"from": "1", "text": "a"}]', "JSON"),
        (b'{"sms": {"from": "1", "text": "x=y"}}', "JSON"),
        (b'[{"from": "1", "text": "a"}]', "JSON"),
        (b'{"from": "1", "text": "cut', "JSON"),
        (b"{" * 100_000, "JSON"),
        (b'{"a":' * 40_000 + b"1", "JSON"),
        (b"--x\r\nContent-Disposition: form-data; name=from\r\n\r\n1\r\n--x--", "multipart"),
    ],
)
def test_a_body_that_is_no_form_is_named(body: bytes, word: str) -> None:
    callback = parse(b"token=a&" + form_of(body))
    assert callback.kind is CallbackKind.UNREADABLE
    assert word in callback.reason


def test_a_page_has_one_name() -> None:
    for target in (b"/metrics", b"//metrics/", b"/metrics?x=/y", b"HTTP://h:1/metrics?a", b"http://h//metrics"):
        assert page_of(target) == b"/metrics"
    assert page_of(b"http://h") == page_of(b"/") == b"/"
