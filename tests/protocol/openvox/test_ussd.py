from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ussd import UssdState
from console.errors import CannotSend
from console.protocol.dialects.ussd import LONGEST, UssdVerdict, check_code
from console.protocol.openvox.commands import ussd
from console.protocol.openvox.ussd import read_verdict
from console.protocol.sms.gsm7 import BASIC
from tests.support.texts import hard_texts


def received(text: str, *, response: int = 0, code: int = 15) -> list[str]:
    return f"1:Recive USSD on span 2,responses:{response},code:{code}\nText:{text}".split("\n")


def packed(text: str) -> bytes:
    """Septets in octets, by the standard's own words (3GPP TS 23.038 6.1.2.1.1)."""
    bits = "".join(f"{BASIC.index(char):07b}"[::-1] for char in text)
    return bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))


class TestCodes:
    @pytest.mark.parametrize("code", ["*100#", "#06#", "1", "+861", "*#31#", "**21*+861#", "*044#", "*031#", "*0500#"])
    def test_codes_are_digits_and_signs(self, code: str) -> None:
        assert check_code(f" {code} ", menu=False) == code

    @pytest.mark.parametrize("code", ["", "  ", "yes", "*100#\r\nAction: Logoff", "٣", "*1 00#"])
    def test_anything_else_is_refused(self, code: str) -> None:
        with pytest.raises(CannotSend):
            check_code(code, menu=False)

    @pytest.mark.parametrize("reply", ["1", "yes please", "да"])
    def test_a_menu_is_replied_to_by_any_short_line(self, reply: str) -> None:
        assert check_code(reply, menu=True) == reply

    @pytest.mark.parametrize("reply", ["a\nb", "a\x1b[2J", "a\u202eb", "x" * (LONGEST + 1)])
    def test_a_reply_is_one_plain_line(self, reply: str) -> None:
        with pytest.raises(CannotSend):
            check_code(reply, menu=True)

    @pytest.mark.parametrize("code", ["**04*1234*4321*4321#", "**042*1*2*2#", "**05*12345678*1*1#", "*03*330*0*1*1#"])
    def test_a_pin_does_not_get_into_the_history(self, code: str) -> None:
        with pytest.raises(CannotSend) as refused:
            check_code(code, menu=False)
        assert "1234" not in str(refused.value)

    @given(hard_texts | st.text(), st.booleans())
    def test_what_passes_can_travel_by_ami(self, text: str, menu: bool) -> None:
        try:
            code = check_code(text, menu=menu)
        except CannotSend:
            return
        assert "\n" not in ussd(1, code, timeout=30)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("response", "state"),
        [
            (0, UssdState.ANSWERED),
            (1, UssdState.MENU),
            (2, UssdState.ANSWERED),
            (3, UssdState.UNKNOWN),
            (4, UssdState.FAILED),
            (5, UssdState.UNKNOWN),
        ],
    )
    def test_the_class_of_the_response_says_how_it_ended(self, response: int, state: UssdState) -> None:
        assert read_verdict(received("hello", response=response)) == UssdVerdict(state, "hello")

    def test_an_answer_may_have_several_lines(self) -> None:
        assert read_verdict(received("one\ntwo\n\nfour")).text == "one\ntwo\n\nfour"

    def test_the_older_spelling_is_read_too(self) -> None:
        lines = ["1:Receive USSD on span 2,reponses:2,code:15", "Text:Balance 3"]
        assert read_verdict(lines) == UssdVerdict(UssdState.ANSWERED, "Balance 3")

    @pytest.mark.parametrize("words", ["0:Sending USSD now", "Sending USSD now"])
    def test_busy_means_that_nothing_was_sent(self, words: str) -> None:
        assert read_verdict([words]) == UssdVerdict(UssdState.FAILED, words, busy=True)

    @pytest.mark.parametrize(
        "words", ["0:Send USSD failed", "No such command 'gsm send ussd'", "No such span 9", "Usage: gsm send ussd"]
    )
    def test_what_was_not_carried_out_has_failed(self, words: str) -> None:
        assert read_verdict([words]) == UssdVerdict(UssdState.FAILED, words)

    @pytest.mark.parametrize("words", ["0:Send USSD timeout", "0:timed out", "2:what is this", "USSD Message: hello"])
    def test_whatever_leaves_a_doubt_is_unknown(self, words: str) -> None:
        assert read_verdict([words]) == UssdVerdict(UssdState.UNKNOWN, words)

    def test_so_is_silence(self) -> None:
        assert read_verdict([]) == UssdVerdict(UssdState.UNKNOWN, "the answer was empty")

    @given(st.lists(st.text()))
    def test_nothing_that_a_network_says_breaks_the_reader(self, output: list[str]) -> None:
        assert read_verdict(output).state in UssdState


class TestTexts:
    @pytest.mark.parametrize("code", [0x48, 0x58, 0x98])
    def test_ucs2_comes_in_hexadecimal_digits(self, code: int) -> None:
        digits = "余额 12.50\nok".encode("utf-16-be").hex()
        assert read_verdict(received(digits.upper(), code=code)).text == "余额 12.50\nok"

    def test_digits_may_be_broken_into_lines(self) -> None:
        assert read_verdict(received("4F59\n989D", code=72)).text == "余额"

    def test_the_language_stands_in_front_of_the_text(self) -> None:
        assert read_verdict(received("F03200480069", code=0x11)).text == "Hi"

    @pytest.mark.parametrize("text", ["余额", "12.5", "4F5", "D83D", "4F59 zz"])
    def test_what_is_not_all_ucs2_stays_as_it_came(self, text: str) -> None:
        assert read_verdict(received(text, code=72)).text == text

    @pytest.mark.parametrize("code", [15, 0, 0x44, 8, 0xF4])
    def test_hexadecimal_digits_are_read_by_trial_whatever_the_scheme_says(self, code: int) -> None:
        for text, octets in (
            ("余额 12.50", "余额 12.50".encode("utf-16-be")),
            ("Баланс: 5", "Баланс: 5".encode("utf-16-be")),
            ("Nº 5: crédito 10 µg", "Nº 5: crédito 10 µg".encode("utf-16-be")),
            ("残高は500円です。アプリで", "残高は500円です。アプリで".encode("utf-16-be")),
            ("ローマ字", "ローマ字".encode("utf-16-be")),
            ("Your balance: 5.00", packed("Your balance: 5.00")),
            ("Ihr Guthaben: 5 EUR", b"Ihr Guthaben: 5 EUR"),
        ):
            digits = octets.hex().upper()
            assert read_verdict(received(digits, code=code)).text == f"{text}\n[{digits}]"

    @pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
    def test_a_byte_order_mark_is_no_part_of_the_text(self, encoding: str) -> None:
        digits = "\ufeffБаланс".encode(encoding).hex()
        assert read_verdict(received(digits, code=72)).text == "Баланс"
        assert read_verdict(received(digits, code=15)).text == f"Баланс\n[{digits}]"

    @pytest.mark.parametrize(("digits", "text"), [('"042F0020043F"', "Я п"), ("042F0020043F04", "Я п")])
    def test_quotes_and_a_character_that_was_cut(self, digits: str, text: str) -> None:
        plain = digits.strip('"')
        assert read_verdict(received(digits, code=15)).text == f"{text}\n[{plain}]"

    @pytest.mark.parametrize("code", [15, 72])
    @pytest.mark.parametrize("text", ["995555123456", "12345678", "00000000", "1234", "BALANCE", "DEAD BEEF!"])
    def test_digits_are_digits_and_words_are_words(self, text: str, code: int) -> None:
        assert read_verdict(received(text, code=code)).text == text

    def test_digits_in_ucs2_are_all_decimal(self) -> None:
        assert read_verdict(received("00310032", code=72)).text == "12"
