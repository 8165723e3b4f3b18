from __future__ import annotations

import pytest

from console.domain.alarms import AlarmKind
from tests.support.alarms import alarm
from tests.support.backend import NOON


def test_a_code_names_its_kind_whatever_the_words() -> None:
    assert [AlarmKind.from_code(kind.code) for kind in AlarmKind] == list(AlarmKind)
    assert AlarmKind.FAILURES.code == "failures"
    with pytest.raises(KeyError):
        AlarmKind.from_code("none such")


def test_an_alarm_lasts_until_it_is_over() -> None:
    assert alarm(raised_at=NOON).lasted(NOON + 90) == 90
    assert alarm(raised_at=NOON, cleared_at=NOON + 60).lasted(NOON + 90) == 60
    assert alarm(raised_at=NOON).lasted(NOON - 5) == 0


def test_it_sounds_again_once_a_period_until_somebody_has_seen_it() -> None:
    it = alarm(raised_at=NOON)
    times = [second for second in range(1, 2000) if it.sounds_again(NOON + second - 1, NOON + second, 600)]
    assert times == [600, 1200, 1800]
    assert it.sounds_again(NOON + 100, NOON + 1300, 600)
    assert not it.sounds_again(NOON + 1300, NOON + 100, 600)
    assert not it.sounds_again(NOON, NOON + 600, 0)
    for silent in (alarm(raised_at=NOON, cleared_at=NOON), alarm(raised_at=NOON, acknowledged_at=NOON)):
        assert not silent.sounds_again(NOON, NOON + 600, 600)
