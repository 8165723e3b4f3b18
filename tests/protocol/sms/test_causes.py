"""What the numbers of networks and modules mean, in the forms that gateways write them in."""

from __future__ import annotations

import pytest

from console.protocol.sms.causes import CMS_ERROR, RP_CAUSE, TP_FCS, TP_STATUS, Lasting, explain, in_words, of_status


@pytest.mark.parametrize(
    ("words", "means", "lasting"),
    [
        ("Message not received on handset 70", "The validity period expired", Lasting.PASSING),
        ("FAIL 70", "The validity period expired", Lasting.PASSING),
        ("FAIL 0x46", "The validity period expired", Lasting.PASSING),
        ("Message not received on handset 4B", "Not delivered, for a network-specific reason", Lasting.PERMANENT),
        ("FAIL 34", "The phone does not answer", Lasting.PASSING),
        ("FAIL 98", "The phone does not answer; the network has given up", Lasting.PASSING),
        ("+CMS ERROR: 38", "The network is out of order", Lasting.PASSING),
        ("SPAN:3 SEND SMS TO PHONE:+49 WAS FAILED\n+CMS ERROR: 38", "The network is out of order", Lasting.PASSING),
        ("CMS ERROR 0x26", "The network is out of order", Lasting.PASSING),
        ("+CMS ERROR: 195", "The number is not valid", Lasting.PERMANENT),
        ("+CMS ERROR: 310", "There is no SIM in the port", Lasting.UNCLEAR),
        ("+CMS ERROR: 3", "A temporary failure in the network", Lasting.PASSING),
        ("+CMS ERROR: 777", "Only the module's maker or the network knows", Lasting.UNCLEAR),
    ],
)
def test_a_number_is_explained(words: str, means: str, lasting: Lasting) -> None:
    cause = explain(words)
    assert cause is not None
    assert cause.means.startswith(means)
    assert cause.lasting is lasting
    assert cause.advice.endswith(".")


@pytest.mark.parametrize(
    "words",
    ["", "Fail", "FAIL", "FAIL 0", "FAIL many", "not sent: tried 10 times", "FAIL 70000", "Sent 70", "FAIL 200"],
)
def test_what_is_not_known_is_left_as_it_is(words: str) -> None:
    assert explain(words) is None
    assert in_words(words) == words


def test_the_gateway_s_own_words_stand_beside_it() -> None:
    assert in_words("+CMS  ERROR:\n38") == "The network is out of order (+CMS ERROR: 38)"


def test_a_network_that_tries_on_is_told_from_one_that_has_given_up() -> None:
    for code in range(0x20, 0x40):
        cause = of_status(str(code))
        assert cause is not None
        assert cause.trying
    for code in range(0x40, 0x80):
        cause = of_status(str(code))
        assert cause is not None
        assert not cause.trying


def test_each_cause_is_a_sentence_and_advice_another() -> None:
    for table in (TP_STATUS, RP_CAUSE, TP_FCS, CMS_ERROR):
        for cause in table.values():
            assert cause.means[0].isupper()
            assert not cause.means.endswith(".")
            assert cause.advice.endswith(".")
