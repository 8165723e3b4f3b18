"""Random bytes and mutated sequences as a terminal's input: `python -m tests.benchmarks.fuzz_input [MEBIBYTES]`.

Cut at random, with pauses at random. Says how much was taken in which time, the most memory that was held, and what
went wrong: something raised, a sequence that was no key or another one, or no `q` after garbage and a silence.
"""

from __future__ import annotations

import argparse
import random
import resource
import time

from console.terminal.input_parser import PASTE_SILENCE, SILENCE
from tests.support.typed import KEYS, NOT_KEYS, STRANGE, Typing, typed

PIECE = 65_536
"""Bytes of garbage before a silence, about."""

WHOLE = [*KEYS, *NOT_KEYS, *STRANGE, "\x1b[200~", "\x1b[201~", "\x1b", "q", "你"]
BEGINNINGS = [b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1bX", b"\xc2\x9b", b"\x1b[M", b"\x1b[200~"]
RARE = 0.02
"""How often there is a pause between two reads."""


def mutated(rng: random.Random) -> bytes:
    """A real sequence with bytes put in, taken out, changed or doubled."""
    data = bytearray(rng.choice(WHOLE).encode())
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data[place:place] = rng.choice((rng.randbytes(1), rng.choice(BEGINNINGS)))
            case 1:
                del data[place : place + 1]
            case 2:
                data[place : place + 1] = rng.randbytes(1)
            case _:
                data[place:place] = data[:place]
    return bytes(data)


def garbage(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return rng.randbytes(PIECE)
    return b"".join(mutated(rng) for _ in range(PIECE // 8))


def take(typing: Typing, data: bytes, rng: random.Random) -> None:
    place = 0
    while place < len(data):
        size = rng.choice((1, 2, 7, 64, 1024, 4096))
        typing.send(data[place : place + size])
        place += size
        if rng.random() < RARE:
            typing.wait(rng.choice((0.01, 0.05, 0.12, 0.7, 2.0)))
        typing.found.clear()


def wrong_keys(rng: random.Random) -> int:
    """How many known sequences, cut at random, give another key than theirs."""
    wrong = 0
    for sequence in (*KEYS, *NOT_KEYS, *STRANGE):
        cut = rng.randrange(1, len(sequence) + 1)
        right = [KEYS[sequence]] if sequence in KEYS else []
        wrong += typed(sequence[:cut], 0.01, sequence[cut:]) not in (right, [])
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mebibytes", type=float, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng, typing = random.Random(arguments.seed), Typing()
    taken = deaf = wrong = pieces = 0
    spent = 0.0
    most_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while taken < arguments.mebibytes * 2**20:
        data = garbage(rng)
        begun = time.process_time()
        take(typing, data, rng)
        spent += time.process_time() - begun
        typing.wait(PASTE_SILENCE + SILENCE)
        typing.found.clear()
        typing.send(b"q")
        deaf += typing.found[-1:] != ["q"]
        wrong += wrong_keys(rng)
        taken, pieces = taken + len(data), pieces + 1
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{taken / 2**20:.1f} MiB in {pieces} pieces, seed {arguments.seed}: nothing raised, {spent:.0f} s of processor"
    )
    print(f"{deaf} times deaf to q after a silence, {wrong} wrong keys of {pieces * len([*KEYS, *NOT_KEYS, *STRANGE])}")
    print(f"memory at most: {most / 2**10:.1f} MiB, {(most - most_before) / 2**10:.1f} MiB more than at the start")


if __name__ == "__main__":
    main()
