from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ussd import UssdState
from console.errors import CannotSend
from console.protocol.openvox.commands import ussd
from console.protocol.openvox.ussd import LONGEST, Verdict, check_code, read_verdict
from tests.support.texts import hard_texts


def received(text: str, *, response: int = 0, code: int = 15) -> list[str]:
    return f"1:Recive USSD on span 2,responses:{response},code:{code}\nText:{text}".split("\n")


class TestCodes:
    @pytest.mark.parametrize("code", ["*100#", "#06#", "1", "+861", "*#31#", "**21*+8613632919026#"])
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
        assert read_verdict(received("hello", response=response)) == Verdict(state, "hello")

    def test_an_answer_may_have_several_lines(self) -> None:
        assert read_verdict(received("one\ntwo\n\nfour")).text == "one\ntwo\n\nfour"

    def test_the_older_spelling_is_read_too(self) -> None:
        lines = ["1:Receive USSD on span 2,reponses:2,code:15", "Text:Balance 3"]
        assert read_verdict(lines) == Verdict(UssdState.ANSWERED, "Balance 3")

    @pytest.mark.parametrize("words", ["0:Sending USSD now", "Sending USSD now"])
    def test_busy_means_that_nothing_was_sent(self, words: str) -> None:
        assert read_verdict([words]) == Verdict(UssdState.FAILED, words, busy=True)

    @pytest.mark.parametrize(
        "words", ["0:Send USSD failed", "No such command 'gsm send ussd'", "No such span 9", "Usage: gsm send ussd"]
    )
    def test_what_was_not_carried_out_has_failed(self, words: str) -> None:
        assert read_verdict([words]) == Verdict(UssdState.FAILED, words)

    @pytest.mark.parametrize("words", ["0:Send USSD timeout", "0:timed out", "2:what is this", "USSD Message: hello"])
    def test_whatever_leaves_a_doubt_is_unknown(self, words: str) -> None:
        assert read_verdict([words]) == Verdict(UssdState.UNKNOWN, words)

    def test_so_is_silence(self) -> None:
        assert read_verdict([]) == Verdict(UssdState.UNKNOWN, "the answer was empty")

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

    @pytest.mark.parametrize("code", [15, 0, 0x44, 0xF4, 1])
    def test_digits_of_another_coding_are_digits(self, code: int) -> None:
        assert read_verdict(received("4F59989D", code=code)).text == "4F59989D"
