"""Two processes write to one database while somebody removes, moves, replaces or cuts one of its files, and one of them
is killed: what was acknowledged is kept, or was refused.

`python -m tests.benchmarks.fuzz_guard ROUNDS [SEED]` plays so many rounds and prints what came of them; exit code 1
where something was lost. A round takes two to three seconds; with `--one` all is in this process, in 0.4 s.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from console.store import Store
from tests.support import damage
from tests.support.backend import FixedClock
from tests.support.guard_fuzz import Told, Writing, judge, one_round


def write(path: Path, prefix: str) -> None:
    """One of the two. A line on standard input says that the damage is done; its end, that it is enough."""
    writing = Writing(path, prefix, tell=lambda words: print(words, flush=True))
    print("ready", flush=True)
    for _ in sys.stdin:
        writing.is_damaged.set()
    writing.end()


def round_of_processes(folder: Path, seed: int) -> str:
    """As `one_round`."""
    chance = random.Random(seed)
    path = folder / "console.db"
    Store.open(path, clock=FixedClock()).close()
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--write", str(path), f"writer{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for program in programs:
        assert program.stdout is not None
        while (line := program.stdout.readline()) != "ready\n":
            assert line
    damage.copy(path, damage.older(path))
    time.sleep(chance.random() * 0.3)
    how = chance.choice(damage.DAMAGE)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        if chance.random() < 0.5:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        how(path)
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("damaged\n")
        program.stdin.flush()
    time.sleep(chance.random() * 1.5)
    if chance.random() < 0.5:
        programs[0].kill()
    told = Told()
    for program in programs:
        for line in program.communicate()[0].splitlines():
            when, _, text = line.partition(" ")
            if text:
                getattr(told, when).add(text)
    return judge(folder, seed, how, told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=20)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--write", nargs=2)
    arguments = parser.parse_args()
    if arguments.write:
        write(Path(arguments.write[0]), arguments.write[1])
        return 0
    played: collections.Counter[str] = collections.Counter()
    lost = 0
    for seed in range(arguments.seed, arguments.seed + arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            try:
                words = (one_round if arguments.one else round_of_processes)(Path(folder), seed)
            except AssertionError as error:
                lost += 1
                print(error, flush=True)
            else:
                played[words.partition(":")[0]] += 1
    print(f"{arguments.rounds} rounds, {lost} with something lost; {dict(played)}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
