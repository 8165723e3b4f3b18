"""The `/sendsms` query, and every answer the firmwares are known to give."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import CannotSend
from console.protocol.http.send import HttpAnswer, HttpAnswerKind, Record, build_query, read_answer
from tests.support.texts import any_text


def query(text: str = "hi", *, to: str = "+8610086", port: str | None = "2", id_: str = "m-1") -> str:
    return build_query(username="smsuser", password="p&s s", to=to, text=text, port=port, id=id_)


class TestQuery:
    def test_one_recipient_with_its_own_id(self) -> None:
        assert query("a b+c&d") == (
            "username=smsuser&password=p%26s%20s&phonenumber=%2B8610086&message=a%20b%2Bc%26d&port=2&report=JSON&id=m-1"
        )

    def test_the_gateway_may_choose_the_port(self) -> None:
        assert "&port=" not in query(port=None)
        assert "port=gsm-1.2" in query(port="gsm-1.2")

    def test_a_timeout_when_given(self) -> None:
        line = build_query(username="u", password="p", to="1", text="", port=None, id="x", timeout=20)
        assert line.endswith("&message=&report=JSON&id=x&timeout=20")

    @given(any_text.filter(lambda text: "\0" not in text and len(text) < 200))
    def test_text_survives_form_decoding_and_nothing_else_is_added(self, text: str) -> None:
        fields = parse_qsl(query(text), keep_blank_values=True, strict_parsing=True)
        assert dict(fields)["message"] == text
        assert [name for name, _ in fields] == [
            "username",
            "password",
            "phonenumber",
            "message",
            "port",
            "report",
            "id",
        ]

    def test_line_breaks_travel(self) -> None:
        assert "message=a%0D%0Ab" in query("a\r\nb")

    @pytest.mark.parametrize("text", ["a" * 1000, "я" * 500, '"' * 500, "\\" * 500])
    def test_1000_bytes_travel_and_no_more(self, text: str) -> None:
        assert query(text)
        with pytest.raises(CannotSend, match="1000 bytes") as caught:
            query(text + "a")
        assert "AMI" in caught.value.hint

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"to": "1,2"}, "number you can send to"),
            ({"to": ""}, "number you can send to"),
            ({"to": "1" * 24}, "23 characters"),
            ({"port": "0002"}, "is not a port"),
            ({"port": "1,2"}, "is not a port"),
            ({"port": "1&debug=9"}, "is not a port"),
            ({"id_": 'a"b'}, "message id"),
            ({"id_": ""}, "message id"),
            ({"text": "a\0b"}, "NUL"),
            ({"text": "\udfff"}, "surrogate"),
        ],
    )
    def test_what_the_gateway_would_choke_on_is_refused(self, changed: dict[str, str], reason: str) -> None:
        with pytest.raises(CannotSend, match=reason) as caught:
            query(**changed)
        assert "p&s" not in str(caught.value) + caught.value.hint

    def test_a_negative_timeout_is_refused(self) -> None:
        with pytest.raises(CannotSend, match="timeout"):
            build_query(username="u", password="p", to="1", text="", port=None, id="x", timeout=-1)


def new_json(message: str, *records: Record) -> bytes:
    """The answer of the live firmware, tabs and line ends as it writes them; the message goes in as it is."""
    parts = [
        f'\t\t\t"{number}":[{{\n\t\t\t\t"port":"{each.port}",\n\t\t\t\t"phonenumber":"{each.phonenumber}",\n'
        f'\t\t\t\t"time":"{each.time}",\n\t\t\t\t"id":"{each.id}",\n\t\t\t\t"result":"{each.result}"\n\t\t\t}}]'
        for number, each in enumerate(records, 1)
    ]
    return f'\t{{\n\t\t"message":"{message}",\n\t\t"report":[{{\n{",".join(parts)}\n\t\t}}]\n\t}}'.encode()


def new_string(message: str, *records: Record) -> bytes:
    parts = [
        f"--record {number} start--\nport: {each.port}\nphonenumber: {each.phonenumber}\ntime: {each.time}\n"
        f"id: {each.id}\nresult: {each.result}\n--record {number} end--\n\n"
        for number, each in enumerate(records, 1)
    ]
    return f"message:{message}\n\n{''.join(parts)}".encode()


ONE = Record("1", "10086", "2018-12-29 16:35:46", "1122", "sending")
TWO = Record("2", "+8613632919026", "2018-12-29 16:35:46", "1122", "not ready")
OLD = Record("gsm-1.1", "10086", "2014-08-05 10:22:45", "", "success")
USAGE = (
    "sendsms usage:\nhttp://ip/sendsms?username=u&password=p&phonenumber=1&message=hi\nanswer:\n"
    '{\n"message":"hi",\n"report":[{\n"0":[{\n"port":"1",\n"phonenumber":"10086",\n"result":"sending"\n}],\n}]\n}\n'
)


def report(*records: Record, body: bytes) -> HttpAnswer:
    return HttpAnswer(HttpAnswerKind.REPORT, records, (), body)


class TestReports:
    def test_new_json(self) -> None:
        body = new_json("hello", ONE, TWO)
        assert read_answer(body) == report(ONE, TWO, body=body)

    def test_old_json(self) -> None:
        body = (
            b'{"message":"say "hi"","report":[{"0":[{"port":"gsm-1.1","phonenumber":"10086",'
            b'"time":"2014-08-05 10:22:45","result":"success"}],"1":[{"port":"","phonenumber":"1","time":"",'
            b'"result":""}]}]}'
        )
        assert read_answer(body).records == (OLD, Record("", "1", "", "", ""))

    def test_printed_json_with_its_trailing_commas(self) -> None:
        body = new_json("x", ONE).replace(b"}]\n\t\t}]", b"}],\n\t\t}],")
        assert read_answer(body).records == (ONE,)

    def test_too_long(self) -> None:
        record = Record("(null)", "1,2,3", "2018-12-29 16:35:46", "null", "message too long")
        assert read_answer(new_json("x" * 1001, record)).records == (record,)

    @pytest.mark.parametrize(
        "message",
        [
            "line\r\nbreak\ttab\x00\x1b[31m\x7f",
            'quotes " unescaped }]}',
            'fake"report":[{"1":[{"port":"9","phonenumber":"9","time":"","id":"9","result":"success"}]}]',
            "Authentication Failed: Need valid username and password",
            "x\nAuthentication Failed: Need valid username and password\nFunction is disable!\n",
            '{"error":"No free port"}',
            "sending",
            "--record 1 start--\nresult: success\n--record 1 end--",
        ],
    )
    def test_the_echoed_message_may_be_anything(self, message: str) -> None:
        for body in (new_json(message, ONE), new_string(message, ONE)):
            assert read_answer(body) == report(ONE, body=body)

    @given(any_text)
    def test_the_echoed_message_may_be_any_text(self, message: str) -> None:
        for body in (new_json(message, ONE), new_string(message, ONE)):
            answer = read_answer(body)
            assert (answer.kind, answer.records[-1], answer.raw) == (HttpAnswerKind.REPORT, ONE, body)

    def test_debug_lines_between(self) -> None:
        body = new_json("x", ONE, TWO).replace(b"\n\t\t\t\t", b"\n[DEBUG] {chan=1}\n\t\t\t\t")
        assert read_answer(b"[DEBUG] start\n" + body).records == (ONE, TWO)

    def test_an_id_with_a_quote_does_not_hide_the_result(self) -> None:
        body = new_json("x", Record("1", "10086", "", 'a"b', "fail"))
        assert read_answer(body).records[0].result == "fail"

    def test_escaped_values_are_unescaped(self) -> None:
        assert read_answer(new_json("x", Record("1", "1", "", r"a\"b", "fail"))).records[0].id == 'a"b'

    def test_new_string(self) -> None:
        body = new_string("hello", ONE, TWO)
        assert read_answer(body) == report(ONE, TWO, body=body)

    def test_new_string_too_long_has_no_message(self) -> None:
        body = new_string("", TWO).partition(b"\n\n")[2]
        assert read_answer(body).records == (TWO,)

    def test_old_string(self) -> None:
        body = (
            b"message: hello\r\nrecord start\r\nport: gsm-1.1\r\nphonenumber: 10086\r\n"
            b"time: 2014-08-05 10:22:45\r\nresult: success\r\nrecord end\r\n"
        )
        assert read_answer(body).records == (OLD,)

    def test_a_cut_off_record_is_no_record(self) -> None:
        body = new_json("x", ONE)
        whole = read_answer(body[: body.index(b'"result"')])
        assert whole.kind is HttpAnswerKind.UNREADABLE


class TestRefusals:
    @pytest.mark.parametrize(
        ("first", "kind"),
        [
            ("Authentication Failed: Need valid username and password", HttpAnswerKind.AUTH_FAILED),
            ("Function is disable!", HttpAnswerKind.DISABLED),
            ("Send SMS Fail: Need valid sms receiver number [phonenumer?]", HttpAnswerKind.ERROR),
            ("Enable CORS Switch is disbale; function is disable!", HttpAnswerKind.ERROR),
            ("The url is not allowed to access;function is disable!", HttpAnswerKind.ERROR),
        ],
    )
    def test_the_usage_text_behind_a_refusal_is_not_taken_for_a_report(self, first: str, kind: HttpAnswerKind) -> None:
        body = f"{first}\n{USAGE}".encode()
        assert read_answer(body) == HttpAnswer(kind, (), (first,), body)
        assert read_answer(b"[DEBUG] x=1\n" + body).kind is kind

    def test_error_document(self) -> None:
        body = b'{"error":"No free port to send sms, please try later"}'
        assert read_answer(body) == HttpAnswer(
            HttpAnswerKind.ERROR, (), ("No free port to send sms, please try later",), body
        )


class TestWords:
    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"sending", ("sending",)),
            (b"sendingsending", ("sending", "sending")),
            (b"sendingnot readyfail\n", ("sending", "not ready", "fail")),
            (b"[DEBUG] x\nmessage too long", ("message too long",)),
        ],
    )
    def test_bare_words(self, body: bytes, words: tuple[str, ...]) -> None:
        assert read_answer(body) == HttpAnswer(HttpAnswerKind.WORDS, (), words, body)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" \n",
            b"<html>404 Not Found</html>",
            b"sending it",
            b"\xff\xfe\x00",
            b'{"report":[{}]}',
            b'{"message":',
        ],
    )
    def test_the_rest_is_kept_raw(self, body: bytes) -> None:
        assert read_answer(body) == HttpAnswer(HttpAnswerKind.UNREADABLE, (), (), body)


PIECES = [
    new_json("m", ONE, TWO),
    new_string("m", ONE),
    USAGE.encode(),
    b"sending",
    b'"report":[',
    b'"1":[{',
    b"\n",
]


@given(st.lists(st.binary(max_size=40) | st.sampled_from(PIECES)).map(b"".join))
def test_no_body_is_lost(body: bytes) -> None:
    answer = read_answer(body)
    assert answer.raw == body
    assert bool(answer.records) == (answer.kind is HttpAnswerKind.REPORT)
    assert answer.kind is not HttpAnswerKind.UNREADABLE or not answer.words


@given(st.integers(0, 400))
def test_an_answer_cut_anywhere_never_invents_a_result(length: int) -> None:
    body = new_json("m", ONE)
    answer = read_answer(body[:length])
    assert answer.records in {(), (ONE,)}


def test_the_builder_of_these_tests_writes_what_the_gateway_does() -> None:
    assert json.loads(new_json("m", ONE))["report"][0]["1"][0]["result"] == "sending"
