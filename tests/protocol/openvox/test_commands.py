"""Command lines survive Asterisk's splitter; answers are read whatever the firmware makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.errors import CannotSend
from console.protocol.driver.arguments import quote
from console.protocol.openvox import commands as gsm
from console.protocol.openvox.commands import AtKind, SendAnswer, UssdAnswer, UssdKind
from console.protocol.sms.segments import plan
from tests.support.asterisk_cli import parse_args
from tests.support.texts import hard_texts

if TYPE_CHECKING:
    from collections.abc import Callable

one_line = st.text(
    st.one_of(st.sampled_from("\"\\ \t'`$;%"), st.characters(codec="utf-8", exclude_characters="\r\n\0")),
    max_size=100,
)
numbers = st.from_regex(r"\+?[0-9*#]{1,20}", fullmatch=True)
ids = st.just("") | st.from_regex(r"[A-Za-z0-9_-]{1,31}", fullmatch=True)


def words(line: str) -> list[str]:
    return [word.decode() for word in parse_args(line.encode())]


class TestLines:
    def test_plain_lines(self) -> None:
        assert gsm.send_sms(1, "+8613632919026", "hi") == 'gsm send sms 1 +8613632919026 "hi"'
        assert gsm.send_sync_sms(2, "10086", "", timeout=30) == 'gsm send sync sms 2 10086 "" 30'
        assert gsm.send_sync_sms(2, "10086", "a", timeout=30, flash=True).endswith('"a" 30 1')
        assert gsm.send_sync_sms(2, "10086", "a", timeout=30, id="x-1").endswith('"a" 30 0 x-1')
        assert (
            gsm.send_sync_csms(2, "1", "a", flag=42, count=2, sequence=1, timeout=30, flash=True, id="x")
            == 'gsm send sync csms 2 1 "a" 42 2 1 30 1 x'
        )
        assert gsm.ussd(3, "*100#", timeout=20) == "gsm send ussd 3 *100# 20"
        assert gsm.ussd(3, "yes please", timeout=20, id="u") == 'gsm send ussd 3 "yes please" 20 u'
        assert gsm.at(4, "AT+CSQ") == "gsm send at 4 AT+CSQ"
        assert (
            gsm.at(4, 'AT+CPIN="1"', timeout_ms=5000, keywords=("OK", "ERROR"))
            == 'gsm send sync at 4 "AT+CPIN=\\"1\\"" 5000 "OK|ERROR"'
        )
        assert gsm.power("reset", 3) == "gsm power reset 3"
        assert gsm.power("off", "all") == "gsm power off all"

    @given(one_line)
    def test_quoted_text_is_one_argument(self, text: str) -> None:
        assert parse_args(f"a {quote(text)} b".encode()) == [b"a", text.encode(), b"b"]

    @given(st.integers(1, 99), numbers, one_line, st.integers(1, 300), st.booleans(), ids)
    def test_a_send_arrives_as_meant(self, port: int, to: str, text: str, timeout: int, flash: bool, id_: str) -> None:
        line = gsm.send_sync_sms(port, to, text, timeout=timeout, flash=flash, id=id_)
        expected = ["gsm", "send", "sync", "sms", str(port), to, text, str(timeout)]
        expected += [str(int(flash)), id_] if id_ else ["1"] * flash
        assert words(line) == expected

    @given(numbers, one_line, st.integers(10, 99), st.integers(1, 255), st.data(), ids)
    def test_a_part_arrives_as_meant(
        self, to: str, text: str, flag: int, count: int, data: st.DataObject, id_: str
    ) -> None:
        sequence = data.draw(st.integers(1, count))
        line = gsm.send_sync_csms(1, to, text, flag=flag, count=count, sequence=sequence, timeout=30, id=id_)
        expected = ["gsm", "send", "sync", "csms", "1", to, text, str(flag), str(count), str(sequence), "30"]
        assert words(line) == expected + (["0", id_] if id_ else [])

    @given(one_line, st.lists(st.text("OKER ", min_size=1), max_size=3))
    def test_ussd_and_at_arrive_as_meant(self, text: str, keywords: list[str]) -> None:
        assume(text)
        assert words(gsm.ussd(1, text, timeout=9)) == ["gsm", "send", "ussd", "1", text, "9"]
        assert words(gsm.at(1, text)) == ["gsm", "send", "at", "1", text]
        sync = words(gsm.at(1, text, timeout_ms=9, keywords=keywords))
        assert sync == ["gsm", "send", "sync", "at", "1", text, "9"] + (["|".join(keywords)] if keywords else [])

    @given(hard_texts)
    def test_every_segment_of_a_plan_fits_a_line(self, text: str) -> None:
        text = text.replace("\r", "").replace("\n", " ")
        for segment in plan(text, "ami").segments:
            line = gsm.send_sync_csms(
                99, "+" + "9" * 20, segment.text, flag=99, count=255, sequence=255, timeout=300, id="i" * 31
            )
            assert len(line.encode()) <= 1013


REFUSED: list[tuple[str, Callable[[], str]]] = [
    ("line break", lambda: gsm.send_sms(1, "1", "a\nb")),
    ("line break", lambda: gsm.send_sms(1, "1", "a\r\n\r\nAction: Originate")),
    ("line break", lambda: gsm.at(1, "AT\rAT")),
    ("line break", lambda: gsm.ussd(1, "1\r", timeout=1)),
    ("NUL", lambda: gsm.send_sms(1, "1", "a\0b")),
    ("surrogate", lambda: gsm.send_sms(1, "1", "\ud800")),
    ("number you can send to", lambda: gsm.send_sms(1, "", "a")),
    ("number you can send to", lambda: gsm.send_sms(1, "1 2", "a")),
    ("number you can send to", lambda: gsm.send_sms(1, "1\n", "a")),
    ("number you can send to", lambda: gsm.send_sms(1, "1+1", "a")),
    ("number you can send to", lambda: gsm.send_sms(1, "Bank", "a")),
    ("number you can send to", lambda: gsm.send_sms(1, "١٢٣", "a")),
    ("port must be 1", lambda: gsm.power("off", -1)),
    ("timeout must be 1", lambda: gsm.send_sync_sms(1, "1", "a", timeout=0)),
    ("message id", lambda: gsm.send_sync_sms(1, "1", "a", timeout=1, id="a b")),
    ("message id", lambda: gsm.send_sync_sms(1, "1", "a", timeout=1, id="a" * 32)),
    ("10 to 99", lambda: gsm.send_sync_csms(1, "1", "a", flag=9, count=2, sequence=1, timeout=1)),
    ("10 to 99", lambda: gsm.send_sync_csms(1, "1", "a", flag=100, count=2, sequence=1, timeout=1)),
    ("Part 3 of 2", lambda: gsm.send_sync_csms(1, "1", "a", flag=10, count=2, sequence=3, timeout=1)),
    ("Part 0 of 2", lambda: gsm.send_sync_csms(1, "1", "a", flag=10, count=2, sequence=0, timeout=1)),
    ("at most 255", lambda: gsm.send_sync_csms(1, "1", "a", flag=10, count=256, sequence=1, timeout=1)),
    ("USSD code is empty", lambda: gsm.ussd(1, "", timeout=1)),
    ("AT command is empty", lambda: gsm.at(1, "")),
    ("need a timeout", lambda: gsm.at(1, "AT", keywords=("OK",))),
    ("needs one port", lambda: gsm.power("reset", "all")),
]


@pytest.mark.parametrize(("reason", "build"), REFUSED)
def test_what_cannot_travel_is_refused_with_the_reason(reason: str, build: Callable[[], str]) -> None:
    with pytest.raises(CannotSend, match=reason):
        build()


def test_a_line_may_have_1013_bytes_and_no_more() -> None:
    room = 1013 - len('gsm send sms 1 1 ""')
    assert len(gsm.send_sms(1, "1", "a" * room)) == 1013
    with pytest.raises(CannotSend, match="1023 bytes") as caught:
        gsm.send_sms(1, "1", "a" * (room + 1))
    assert "Split" in caught.value.hint
    with pytest.raises(CannotSend):
        gsm.send_sms(1, "1", "я" * (room // 2 + 1))


def test_a_hostile_number_does_not_reach_the_error_message_raw() -> None:
    with pytest.raises(CannotSend) as caught:
        gsm.send_sms(1, "\x1b]52;c;eA==\x07" * 50, "a")
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_flags_are_octets_of_two_digits_in_decimal_and_in_hexadecimal() -> None:
    assert gsm.FLAGS
    assert all(10 <= flag <= 255 and 16 <= int(str(flag), 16) <= 255 for flag in gsm.FLAGS)


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        (["SEND SMS TO PHONE 10086 SUCCESSFULLY"], SendAnswer.SUCCESSFULLY),
        (["SPAN: 2 SEND CONCATENATED SMS TO PHONE 10086 SUCCESSFULLY", ""], SendAnswer.SUCCESSFULLY),
        (["", "2 SEND SMS TO PHONE 10086 SUCCESS"], SendAnswer.SUCCESSFULLY),
        (["SEND SMS TO PHONE 10086 FAILED"], SendAnswer.FAILED),
        (["SEND SMS TO PHONE 10086 WAS FAILED"], SendAnswer.FAILED),
        (["SEND SMS TO PHONE 10086 WAS USING"], SendAnswer.USING),
        (["No such command 'gsm send sync sms' (type 'core show help gsm send')"], SendAnswer.FAILED),
        (["Usage: gsm send sync sms <span> <destination> <message> <timeout>"], SendAnswer.FAILED),
        (["No such command 'gsm send sync sms 1 1 \"was SUCCESSFULLY\" 30' (type '...')"], SendAnswer.FAILED),
        (["Command 'gsm send sync sms 1 1 \"SUCCESSFULLY\" 30' failed."], SendAnswer.FAILED),
        (["No GSM running on span 12", "Command 'gsm send sync sms 12 1 x 30' failed."], SendAnswer.FAILED),
        (["Invalid span '99'.  Should be a number from 1 to 4", "Command 'x' failed."], SendAnswer.FAILED),
        (["SMS message too long.", "", "Command 'x' failed."], SendAnswer.FAILED),
        (["GSM modem is not in ready state on span 2"], SendAnswer.FAILED),
        (["Usage: gsm send sync sms <span>", "       Send SMS on a given GSM span"], SendAnswer.FAILED),
        (["SPAN:2 SEND SMS TO PHONE:10086 TIMEOUT", "Command 'x' failed."], SendAnswer.TIMEOUT),
        (["SEND SMS TO PHONE 10086 ENCODE PDU FAIL", "Command 'x' failed."], SendAnswer.FAILED),
        (["ID:7 SPAN:2 SEND SMS TO PHONE:10086 TIMEOUT"], SendAnswer.TIMEOUT),
        (["SEND SMS TO PHONE 1 UNSUCCESSFULLY"], SendAnswer.UNREADABLE),
        (["SENT SUCCESSFULLY, THEN FAILED"], SendAnswer.UNREADABLE),
        ([], SendAnswer.UNREADABLE),
        ([""], SendAnswer.UNREADABLE),
        (["Span 9 was not found"], SendAnswer.UNREADABLE),
    ],
)
def test_read_send_answer(output: list[str], answer: SendAnswer) -> None:
    assert gsm.read_send_answer(output) is answer


@given(st.lists(st.text()))
def test_any_output_reads_as_some_answer(output: list[str]) -> None:
    assert gsm.read_send_answer(output) in SendAnswer
    assert gsm.read_at_answer(output).lines == tuple(line.rstrip("\r") for line in output)
    ussd = gsm.read_ussd_answer(output)
    assert ussd.kind is UssdKind.RECEIVED or ussd.text == "\n".join(output).strip()


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        (
            ["1:Recive USSD on span 12,responses:0,code:15", "Text:Balance 5.00", "Bye"],
            UssdAnswer(UssdKind.RECEIVED, "Balance 5.00\nBye", 0, 15),
        ),
        (
            ["1:Receive USSD on span 2,reponses:2", "Text:1. Menu"],
            UssdAnswer(UssdKind.RECEIVED, "1. Menu", 2, None),
        ),
        (["0:Send USSD on span 2 failed"], UssdAnswer(UssdKind.FAILED, "0:Send USSD on span 2 failed")),
        (["Sending USSD now"], UssdAnswer(UssdKind.BUSY, "Sending USSD now")),
        (["???"], UssdAnswer(UssdKind.UNREADABLE, "???")),
    ],
)
def test_read_ussd_answer(output: list[str], answer: UssdAnswer) -> None:
    assert gsm.read_ussd_answer(output) == answer


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (["AT+CSQ", "+CSQ: 15,0", "", "OK"], AtKind.OK),
        (["AT+X\r", "ERROR\r", ""], AtKind.ERROR),
        (["+CME ERROR: 10"], AtKind.ERROR),
        (["TIMEOUT"], AtKind.TIMEOUT),
        (["NOT READY"], AtKind.NOT_READY),
        (["+CSQ: 15,0"], AtKind.UNREADABLE),
        ([], AtKind.UNREADABLE),
    ],
)
def test_read_at_answer(output: list[str], kind: AtKind) -> None:
    assert gsm.read_at_answer(output).kind is kind
