"""What became of messages, in stories that are made up: nothing is settled wrongly, whatever comes in which order.

`tests/benchmarks/fuzz_fates.py` plays many more of them.
"""

from __future__ import annotations

import random

from tests.support.air import Story, database


def test_nothing_is_settled_that_was_not_so_on_the_air() -> None:
    connection = database()
    verdicts = [Story(random.Random(number), f"gw{number}").play(connection) for number in range(50)]
    connection.close()
    assert [words for verdict in verdicts for words in verdict.wrong] == []
    knowable, settled = (sum(getattr(each, name) for each in verdicts) for name in ("knowable", "settled"))
    assert settled > knowable * 0.4
