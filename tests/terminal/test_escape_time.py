from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.terminal.escape_time import LEAST_OVER_SSH, LOCAL, LONGEST, OVER_SSH, EscapeTime


def after(*answers: float, over_ssh: bool = True) -> float:
    time = EscapeTime(over_ssh=over_ssh)
    for took in answers:
        time.learn(took)
    return time.seconds


def test_over_ssh_it_is_longer_until_the_terminal_has_answered() -> None:
    assert EscapeTime().seconds == LOCAL
    assert after() == OVER_SSH > LOCAL


def test_a_quick_and_steady_line_makes_it_short_and_a_slow_or_unsteady_one_long() -> None:
    assert after(*[0.01] * 20) == LEAST_OVER_SSH
    assert 0.3 < after(*[0.3] * 20) < 0.35
    assert after(*[0.05, 0.25] * 20) > 0.4
    assert after(*[0.01] * 20, over_ssh=False) == LOCAL


def test_what_was_asked_for_is_kept() -> None:
    fixed = EscapeTime(fixed=0.02, over_ssh=True)
    fixed.learn(0.5)
    assert fixed.seconds == 0.02


@given(st.lists(st.floats(0, 1e6)), st.booleans())
def test_it_is_within_its_bounds(answers: list[float], over_ssh: bool) -> None:
    assert LOCAL <= after(*answers, over_ssh=over_ssh) <= LONGEST
