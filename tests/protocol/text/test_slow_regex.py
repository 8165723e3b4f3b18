from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.ami.log_query import MOST_REPETITIONS, repetitions, why_slow


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "abc",
        "a+b",
        "a.*b.*c",
        r"\d{1,3}\.\d{1,3}",
        "[+*?]+x",
        "(?i)foo",
        "(?P<n>ab)?",
        "a|b|c",
        r"\(a\+\)\+",
        "(ab){3}",
    ],
)
def test_what_an_operator_writes_is_taken(pattern: str) -> None:
    assert why_slow(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*",
        "(a|aa){2,}",
        "((a*))*",
        "(?:a{2,})+",
        "(a?){20}",
        "a*a*a*b",
        r"(a)\1",
        "(?P=x)",
        "(?>a)",
        "(?x)(a+) +",
        "a?" * 7,
        "(?:a|a)" * 7,
    ],
)
def test_what_may_take_for_ever_is_refused(pattern: str) -> None:
    assert "too long" in why_slow(pattern) or "for ever" in why_slow(pattern) or "not taken" in why_slow(pattern)


def test_repetitions_are_counted() -> None:
    assert repetitions("a+b*c{3,}d{2}e{1,99}f{2,4}") == 4


@given(st.text(alphabet=r"ab()[]{}*+?|\^$,12:=!<>P", max_size=30))
def test_any_pattern_can_be_looked_at_and_what_passes_is_bounded(pattern: str) -> None:
    if not why_slow(pattern):
        assert repetitions(pattern) <= MOST_REPETITIONS
        try:
            compiled = re.compile(pattern)
        except (re.error, OverflowError, FutureWarning):
            return
        compiled.search("ab" * 30 + "a" * 100)
