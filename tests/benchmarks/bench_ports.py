"""What the port panels ask of a big store: `python -m tests.benchmarks.bench_ports [--rows N] [--directory DIRECTORY]`.

Fills a database with so many messages in, and as many out, over the last fourteen days and eight ports, then times
each question the first time and once it was asked before.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind
from console.services.clock import SystemClock
from console.store import Store
from console.store.engine.opening import open_database
from console.store.inbox.entries import Entries
from console.ui.ports.book import day_edges, hour_edges, read_book

if TYPE_CHECKING:
    from collections.abc import Callable

SPAN = 14 * 86_400.0
PORTS = 8
STATES = ("delivered", "delivered", "delivered", "sent", "failed", "unknown")


def fill(path: Path, count: int, until: float) -> None:
    """So many messages each way, evenly."""
    connection = open_database(path, busy_timeout=5)
    entries = Entries()
    for first in range(0, count, 1_000):
        connection.execute("BEGIN")
        entries.begun(connection)
        rows = []
        for number in range(first, min(first + 1_000, count)):
            at, port = until - SPAN + SPAN * number / count, 1 + number % PORTS
            callback = Callback(CallbackKind.SMS, number=f"+86{number:011}", text=f"text {number}", port=str(port))
            entries.add(connection, "gw1", at, callback, b"")
            state = STATES[number % len(STATES)]
            delivered = at + 9 if state == "delivered" else None
            rows.append((at, at, f"+49{number:011}", f"{number:08}", port, state, state, at + 3, delivered))
        connection.executemany(
            "INSERT INTO outbox (created_at, updated_at, gateway, number, tail, text, port, via, state, segments, "
            "unsettled, detail, token, owner, parts, sent_at, delivered_at) "
            "VALUES (?, ?, 'gw1', ?, ?, 'hello', ?, 'ami', ?, ?, 0, '', 'abcd', 'x', 1, ?, ?)",
            rows,
        )
        entries.before_commit(connection)
        connection.execute("COMMIT")
        entries.committed()
    connection.close()


def timed(what: str, step: Callable[[], object]) -> None:
    """Print how long it takes the first time, and the median after it."""
    times = []
    for _ in range(6):
        started = time.perf_counter()
        step()
        times.append((time.perf_counter() - started) * 1e3)
    print(f"  {what:44}{times[0]:12.1f}{sorted(times[1:])[2]:12.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--directory", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
        path = Path(folder) / "console.db"
        now = time.time()
        fill(path, arguments.rows, now)
        store = Store.open(path, clock=SystemClock())
        history = store.port_history
        print(f"  {f'{arguments.rows:,} messages each way':44}{'first ms':>12}{'then ms':>12}")
        timed("what the last days say", lambda: history.past("gw1"))
        timed("habits", lambda: history.learn_habits("gw1"))
        timed("24 hours", lambda: history.counts("gw1", hour_edges(now)))
        timed("14 days", lambda: history.counts("gw1", day_edges(now)))
        timed("the newest 50 in and out of a port", lambda: _newest(store))
        timed("today by port", lambda: history.counts("gw1", (day_edges(now)[-2], now + 60)))
        timed("the last hour by port", lambda: history.counts("gw1", (now - 3600, now + 60)))
        timed("everything of a port", lambda: read_book(store, "gw1", 3, now))
        store.close()


def _newest(store: Store) -> None:
    store.port_history.received_ids("gw1", 3, 50)
    store.port_history.sent_ids("gw1", 3, 50)


if __name__ == "__main__":
    main()
