"""Streams that no Asterisk sends: `tests/benchmarks/fuzz_wire.py` reads many more of them."""

from __future__ import annotations

import random

from tests.support.wire_fuzz import ami_stream, read_ami


def test_a_stream_is_read_alike_in_whichever_pieces_it_comes() -> None:
    rngs = map(random.Random, range(500))
    assert sum(read_ami(rng, ami_stream(rng)) for rng in rngs) > 1_000
