"""SMS that AMI saw, looked for among those that came: `python -m tests.benchmarks.bench_heard_sms`.

For each manner in which AMI tells of one: milliseconds for each look on the loop that answers the gateways, while a
few and while many SMS came in the two minutes before. Each SMS comes once by its callback and is then looked for; the
ones of the next half minute wait for theirs.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.protocol.ami.calls import SmsCalls
from console.protocol.ami.doubt import Doubt
from console.protocol.http.inbound import parse
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.heard import Arrival

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.protocol.ami.frames import AmiBlock

RATES = (2, 20)
"""SMS a second."""

WHILE, GRACE = 150, 30
"""Seconds of which the SMS are at hand; and those of the ones that still wait."""

LOOKS = 200

MANNERS: dict[str, Callable[[Arrival], list[AmiBlock]]] = {
    "exact": lambda arrival: arrival.events,
    "inexact": lambda arrival: arrival.command_only,
    "nameless": lambda arrival: arrival.nameless,
}


def measure(rate: int, events: Callable[[Arrival], list[AmiBlock]]) -> float:
    """Median of milliseconds a look takes."""
    arrivals = [
        Arrival(
            f"text {number}.",
            number=f"+49151{number % 997:08d}",
            port=number % 8 + 1,
            shown_port=str(number % 8 + 1),
            channel=number,
            at=NOON + number / rate,
        )
        for number in range(rate * WHILE)
    ]
    clock, calls, doubt = FixedClock(), SmsCalls(), Doubt()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "console.db", clock=clock)
        for some in range(0, len(arrivals), 100):
            for arrival in arrivals[some : some + 100]:
                kept = store.add_callback("gw1", parse(arrival.target), arrival.target, at=arrival.at)
            kept.result()
        waiting = arrivals[-rate * GRACE - LOOKS :]
        keys = [calls.hear(doubt.judge(event, ()), arrival.at) for arrival in waiting for event in events(arrival)]
        took = []
        for key in list(filter(None, keys))[:LOOKS]:
            begin = time.perf_counter()
            heard = calls.heard(key)
            found = store.heard.add("gw1", heard, () if heard.exact else calls.others(key))
            took.append((time.perf_counter() - begin) * 1000)
            assert found.result() is None
            calls.done(heard, key)
        store.close()
    return statistics.median(took)


def main() -> None:
    print(f"{'':10}" + "".join(f"{rate:>7} a second" for rate in RATES))
    for name, events in MANNERS.items():
        print(f"{name:10}" + "".join(f"{measure(rate, events):13.2f} ms" for rate in RATES), flush=True)


if __name__ == "__main__":
    main()
