"""Classes of commit times."""

from __future__ import annotations

from console.services.receiving.counts import COMMIT_BOUNDS, ReceiverCounts


def test_each_time_falls_into_the_class_whose_bound_holds_it() -> None:
    counts = ReceiverCounts()
    for seconds in (0.0, COMMIT_BOUNDS[0], COMMIT_BOUNDS[0] + 1e-9, COMMIT_BOUNDS[-1], 60.0):
        counts.committed(seconds)
    assert counts.commits == [2, 1, *[0] * 9, 1, 1]
    assert round(counts.commit_seconds, 6) == 65.002
