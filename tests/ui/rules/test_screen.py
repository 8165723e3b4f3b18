"""Rules on the screen: what they did, what they gave up, and the way to try it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.config import RuleConfig, RulesConfig
from console.domain.rules import About, Happening, Hit, HitState, RuleReport, Step
from console.store.rules import Looked
from console.ui.inbox.list import InboxList
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.rules.screen import Letter, RulesScreen, rule_cells
from console.ui.thread.screen import ThreadScreen
from tests.support.backend import NOON
from tests.support.hostile import FORBIDDEN_TEXT, NASTY
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.operator import Operator

RULES = RulesConfig(
    (
        RuleConfig("page", run=("x",), bell=True, terminal=True),
        RuleConfig("mark", when="alert", colour="warning"),
        RuleConfig("again", when="alert", colour="bad"),
    )
)


async def test_what_was_given_up_is_tried_again_once_a_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, rules=RULES) as operator:
        store, rung, notified = operator.store, list[bool](), list[tuple[str, str]]()
        monkeypatch.setattr(operator.app, "bell", lambda: rung.append(True))
        monkeypatch.setattr(operator.app, "show_notification", lambda *said: notified.append(said))
        operator.receives("an alert")
        operator.receives("hello")
        await operator.sees("an alert", "hello")
        assert _inks(operator) == {"hello": "plain", "an alert": "warn"}
        store.rules.arm({"page": About.SMS}).result(10)
        store.rules.keep([Looked("page", 2, 3, [Happening(About.SMS, 1, NOON)], (Step.RUN,))]).result(10)
        await operator.until(lambda: bool(rung and notified))
        assert (len(rung), notified) == (1, [("osc9", "page: +8613632919026: an alert")])
        hit = store.rules.next_due("page")
        assert hit is not None
        store.rules.failed(hit, "x ended with exit code 3", None).result(10)
        await operator.says("rules")
        await operator.until(lambda: isinstance(operator.app.screen, RulesScreen))
        await operator.sees("run by no process", "1 given up", "1 match", "run given up")
        await operator.press("down", "E")
        await operator.sees("Try 1 match again?")
        await operator.press("enter")
        await operator.until(lambda: not isinstance(operator.app.screen, ConfirmScreen))
        assert store.rules.next_due("page") is None
        await operator.press("E")
        await operator.sees("Try 1 match again?")
        await operator.press("y")
        await operator.until(lambda: store.rules.next_due("page") is not None)
        await operator.sees("1 waiting")
        store.rules.failed(hit, "x ended with exit code 3", None).result(10)
        await operator.sees("1 given up")
        await operator.press("home", "enter", "enter")  # to what it gave up, and to who wrote that
        await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen))
        await operator.sees("an alert")


def _inks(operator: Operator) -> dict[str, str]:
    """The ink of each text."""
    rows = operator.app.screen_stack[0].query_one(InboxList)
    return {text.strip(): ink for index in range(rows.count) for text, ink in [rows.row(index, 100)[-1]]}


def test_without_rules_it_says_where_they_are_explained() -> None:
    report = RuleReport("parcels", About.SMS, True, 0, None, "", None, 0, 0)
    line = "".join(text for text, _ in rule_cells(report, 80, NOON))
    assert line.rstrip() == "parcels             sms     0 matches       never"


def test_a_line_fits_its_width_and_nothing_acts() -> None:
    hit = Hit(1, "page", Happening(About.SMS, 1, NOON), NOON, (Step.RUN,), 8, NOON, HitState.DEAD, NASTY)
    report = RuleReport("page", About.SMS, False, 1_234, NOON, NASTY * 9, NOON, 12, 3)
    for row in (Letter(hit, NASTY * 9), report):
        line = "".join(text for text, _ in rule_cells(row, 120, NOON))
        assert len(line) == 120
        assert not FORBIDDEN_TEXT.search(line)
        assert "\x1b" not in line
