"""What became of messages, in many stories: `python -m tests.benchmarks.fuzz_fates [--stories N] [--seed N]`.

Plays networks, gateways, callers and clocks (`tests/support/air.py`) against the store, and compares what it says with
what really went on the air. Tells how many were settled, of those that could be, and each that was settled wrongly.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter

from tests.support.air import Story, database

A_DATABASE = 1_000
"""Stories in one database, and between two lines about how it goes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", action="store_true", help="nobody else sends through the gateway")
    parser.add_argument("--steady", action="store_true", help="no clock is set")
    args = parser.parse_args()
    total: Counter[str] = Counter()
    started = time.perf_counter()
    connection = database()
    for number in range(args.seed, args.seed + args.stories):
        if number > args.seed and number % A_DATABASE == 0:
            connection.close()
            connection = database()
            print(f"{number - args.seed} stories: {dict(total)}", flush=True)
        story = Story(random.Random(number), f"gw{number}", foreign=not args.alone, clocks_change=not args.steady)
        verdict = story.write().play(connection)
        total += Counter(messages=verdict.messages, knowable=verdict.knowable, settled=verdict.settled)
        total["wrong"] += len(verdict.wrong)
        for words in verdict.wrong:
            print(f"story {number}: {words}", flush=True)
    seconds = time.perf_counter() - started
    share = total["settled"] / max(1, total["knowable"])
    print(f"{args.stories} stories, {seconds:.0f} s: {dict(total)}; settled {share:.2%} of what could be known")


if __name__ == "__main__":
    main()
