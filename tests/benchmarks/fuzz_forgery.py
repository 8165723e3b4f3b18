"""SMS that are written to look like AMI, many of them: `python -m tests.benchmarks.fuzz_forgery 100000`.

Says how many changed anything but a doubtful row of their own, and shows the first few.
"""

from __future__ import annotations

import argparse
import random
import time

from tests.protocol.ami.test_doubt import told_by
from tests.support.forging import forgery

SHOWN = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng, begun = random.Random(arguments.seed), time.perf_counter()
    plain = {new: told_by("hello", new=new)[0] for new in (False, True)}
    wrong = doubtful = 0
    for number in range(arguments.count):
        text, new = forgery(rng), bool(number % 2)
        others, rows, answers = told_by(text, new=new)
        doubts = [row for row in rows if row == "unreadable:::"]
        doubtful += len(doubts)
        true = ["sms:+491:1:before", f"sms:+492:4:{text}", "sms:+493:2:after"]
        kept = [row for row in rows if row not in doubts]
        if others != plain[new] or answers or len(doubts) > 1 or kept != true:
            wrong += 1
            if wrong <= SHOWN:
                print("22" if new else "1.8", repr(text), kept)
    seconds = time.perf_counter() - begun
    print(f"{arguments.count} forgeries, {wrong} changed something, {doubtful} doubtful rows, {seconds:.0f} s")


if __name__ == "__main__":
    main()
