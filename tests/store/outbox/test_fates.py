"""What became of messages, in stories that are made up: nothing is settled wrongly, whatever comes in which order.

`tests/benchmarks/fuzz_fates.py` plays many more of them.
"""

from __future__ import annotations

import contextlib
import random

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.support.air import Story, database


class Fates(RuleBasedStateMachine):
    """What is sent, waited for, moved and set; the store hears of all of it in the end, and is held against the air."""

    story: Story

    @initialize(rng=st.randoms(use_true_random=False))
    def begin(self, rng: random.Random) -> None:
        self.story = Story(rng, "gw1")

    @rule()
    def wait(self) -> None:
        self.story.wait()

    @rule()
    def set_clocks(self) -> None:
        self.story.set_clocks()

    @rule()
    def move_sim(self) -> None:
        self.story.move_sim()

    @rule()
    def others_send(self) -> None:
        self.story.others_send()

    @rule()
    def send_by_ami(self) -> None:
        self.story.send_by_ami()

    @rule()
    def send_by_http(self) -> None:
        self.story.send_by_http()

    def teardown(self) -> None:
        with contextlib.closing(database()) as connection:
            assert self.story.play(connection).wrong == ()


Fates.TestCase.settings = settings(max_examples=20, stateful_step_count=12)
TestFates = Fates.TestCase


def test_most_of_what_can_be_known_is_settled() -> None:
    connection = database()
    verdicts = [Story(random.Random(number), f"gw{number}").write().play(connection) for number in range(50)]
    connection.close()
    assert [words for verdict in verdicts for words in verdict.wrong] == []
    knowable, settled = (sum(getattr(each, name) for each in verdicts) for name in ("knowable", "settled"))
    assert settled > knowable * 0.4
