"""Which SMS is judged when, and which rules make sense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.config import Config, ReceiverConfig, RuleConfig, RulesConfig, Secret
from console.domain.messages import Callback, CallbackKind, InboxMessage, Joined
from console.domain.rules import Step
from console.errors import ConfigError
from console.protocol.rules.judging import WAIT_FOR_MORE, WAIT_FOR_PARTS, check_rules, steps, whole_at
from tests.support.backend import NOON

FULL = "a" * 153
SHORT = InboxMessage(1, "gw1", NOON, Callback(CallbackKind.SMS, text="hello"), b"", read=False)
LONG = replace(SHORT, callback=Callback(CallbackKind.SMS, text=FULL))
TWO = replace(LONG, pieces=(FULL, "b"), joined=Joined.GUESSED)


@pytest.mark.parametrize(
    ("entry", "joins", "after"),
    [
        (SHORT, True, 0.0),
        (LONG, True, WAIT_FOR_MORE),
        (LONG, False, 0.0),
        (TWO, True, 0.0),
        (replace(TWO, pieces=(FULL, FULL)), True, WAIT_FOR_MORE),
        (replace(LONG, missing=1), False, WAIT_FOR_PARTS),
        (replace(TWO, pieces=(FULL, FULL), joined=Joined.NUMBERED), True, 0.0),
        (replace(TWO, pieces=(FULL, FULL), joined=Joined.APART), True, 0.0),
    ],
)
def test_what_may_go_on_is_waited_for(entry: InboxMessage, joins: bool, after: float) -> None:
    assert whole_at(entry, joins=joins) == NOON + after


@pytest.mark.parametrize("kind", [CallbackKind.GAP, CallbackKind.UNREADABLE])
def test_what_is_no_sms_is_never_judged(kind: CallbackKind) -> None:
    assert whole_at(replace(SHORT, callback=Callback(kind)), joins=True) is None


def test_what_needs_no_other_is_done_first() -> None:
    rule = RuleConfig("a", run=("x",), webhook=Secret("http://x"), notify=(Secret("y"),), mark="read", answer="z")
    assert steps(rule) == (Step.MARK, Step.ANSWER, Step.RUN, Step.WEBHOOK, Step.NOTIFY)
    assert steps(RuleConfig("b", bell=True, colour="bad", terminal=True)) == ()


@pytest.mark.parametrize(
    ("about", "when", "words"),
    [
        ("sms", "state:failed", "There is no field state here"),
        ("result", "from:1", "There is no field from here"),
        ("sms", "is:mine", "your user name is not known here"),
        ("alarm", "kind:no", "is unknown; use"),
        ("sim", "imsi:", "needs a value"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_when_it_is_read(about: str, when: str, words: str) -> None:
    rule = RuleConfig("page", about, when, bell=True)  # type: ignore[arg-type]
    config = Config((), ReceiverConfig(), Path("x.db"), Path("c.toml"), rules=RulesConfig((rule,)))
    with pytest.raises(ConfigError, match="the rule page has a wrong `when`") as refused:
        check_rules(config)
    assert words in str(refused.value)
    assert refused.value.hint == "Change it, then try it: gsm-console rules try page."
