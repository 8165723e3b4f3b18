from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.ami.command_line import complete
from console.protocol.dialects.known import DIALECTS

PORTS = (1, 2, 12)
FORMS = DIALECTS["openvox"].forms


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("g", "gsm "),
        ("gsm sh", "gsm show "),
        ("gsm show s", "gsm show s"),
        ("gsm show sp", "gsm show span"),
        ("gsm s", "gsm s"),
        ("GSM POW", "GSM power "),
        ("gsm power re", "gsm power reset "),
        ("gsm power off al", "gsm power off all "),
        ("core show u", "core show uptime "),
        ("gsm show span 2", "gsm show span 2 "),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_a_line_is_completed_as_far_as_it_is_clear(line: str, done: str) -> None:
    assert complete(line, FORMS, PORTS).line == done


def test_candidates_and_what_is_expected_are_told() -> None:
    assert complete("gsm show ", FORMS, PORTS).candidates == ("spans", "span", "version", "statistics", "valid")
    ports = complete("gsm show span ", FORMS, PORTS)
    assert (ports.candidates, ports.expected) == (("1", "2", "12"), "<port>")
    assert complete("gsm show span 1", FORMS, PORTS).candidates == ("1", "12")
    assert complete("gsm send sync sms 1 ", FORMS, PORTS).expected == "<number> <text> <timeout s> [0|1 flash] [id]"
    assert complete("gsm send sync sms 1 10086 x 30 ", FORMS, PORTS).candidates == ("0", "1")


def test_a_text_in_quotes_is_one_word() -> None:
    assert complete('gsm send sms 1 10086 "two \\" words" ', FORMS, PORTS).expected == ""
    assert complete('gsm send sync sms 1 10086 "two words" ', FORMS, PORTS).expected == "<timeout s> [0|1 flash] [id]"


def test_every_form_can_be_reached_by_its_own_words() -> None:
    for form in FORMS:
        first, _, rest = form.partition(" ")
        assert rest.split()[0].split("|")[0] in complete(f"{first} ", FORMS).candidates


@given(st.text(max_size=40), st.lists(st.integers(1, 44), max_size=5))
def test_completing_only_ever_adds_or_mends_the_case_of_the_last_word(line: str, ports: list[int]) -> None:
    done = complete(line, FORMS, ports)
    assert done.line.lower().startswith(line.lower()) or done.line == line
    assert complete(done.line, FORMS, ports).line.lower().startswith(done.line.lower())
