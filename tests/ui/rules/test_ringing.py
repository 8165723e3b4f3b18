"""What rules have a console do by itself: a few things, however many hits there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.config import RuleConfig, RulesConfig
from console.domain.rules import About, Happening
from console.store import Store
from console.store.rules import Looked
from console.ui.rules.ringing import SPACING, Ring, RuleRinging
from tests.support.backend import NOON, FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = RulesConfig(
    (RuleConfig("bell", bell=True), RuleConfig("note", terminal=True), RuleConfig("still", colour="bad"))
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    store.rules.arm({rule.name: About.SMS for rule in RULES.all}).result(10)
    yield store
    store.close()


def hit(store: Store, rule: str, *texts: str) -> None:
    for text in texts:
        entry = store.add_callback("gw1", sms(text), b"raw").result(10)
        at = store.rules.cursors()[rule].at
        store.rules.keep([Looked(rule, at, at + 1, [Happening(About.SMS, entry, NOON)])]).result(10)


def test_what_was_matched_before_it_began_is_left(store: Store) -> None:
    hit(store, "bell", "one")
    ringing = RuleRinging(store, RULES)
    assert ringing.look(NOON) is None
    hit(store, "bell", "two")
    assert ringing.look(NOON) == Ring(bell=True, words="")
    assert ringing.look(NOON + SPACING) is None


def test_what_comes_in_between_shares_the_next(store: Store) -> None:
    ringing = RuleRinging(store, RULES)
    assert ringing.look(NOON) is None
    hit(store, "note", "one")
    assert ringing.look(NOON) == Ring(bell=False, words="note: +8613632919026: one")
    hit(store, "note", "two", "three", "four")
    hit(store, "bell", "five")
    assert ringing.look(NOON + SPACING - 1) is None
    assert ringing.look(NOON + SPACING) == Ring(bell=True, words="note (and 2 more): +8613632919026: two")


def test_a_rule_that_only_colours_is_still(store: Store) -> None:
    ringing = RuleRinging(store, RULES)
    ringing.look(NOON)
    hit(store, "still", "one")
    assert ringing.look(NOON) is None
