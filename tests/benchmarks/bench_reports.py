"""Results and reports in a full outbox: `python -m tests.benchmarks.bench_reports [--rows N]`.

Fills an outbox, half of it to one number, then times what one result and one report cost the thread that writes: the
work, and the commit, which is the disk's.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind, Draft, Via
from console.store.engine.opening import open_database
from console.store.outbox import messages as outbox
from console.store.outbox import notices
from console.store.outbox.wire_id import WireId

if TYPE_CHECKING:
    import sqlite3

START = 1_795_348_800.0
PERIOD = 1.0
BUSY = "10086"
"""Half of the messages go there."""


def fill(connection: sqlite3.Connection, rows: int) -> None:
    """Messages of one gateway, `PERIOD` seconds apart, all on the air and without a report."""
    connection.execute("BEGIN")
    for number in range(1, rows + 1):
        at = START + number * PERIOD
        to = BUSY if number % 2 else f"+49151{number:08}"
        outbox.insert(connection, outbox.Order(Draft("gw1", to, "hi", 3, Via.AMI), 1), at, "one")
        if number % 100_000 == 0:
            print(f"{number:,} messages", flush=True)
    connection.execute(
        "INSERT INTO evidence (message_id, segment, at, state, source, raw) "
        "SELECT id, 1, created_at, 'submitting', 'console', '' FROM outbox UNION ALL "
        "SELECT id, 1, created_at + 0.9, 'sent', 'ami answer', '' FROM outbox"
    )
    connection.execute("UPDATE outbox SET state = 'sent', segments = 'sent', unsettled = 0")
    connection.execute("COMMIT")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder) / "outbox.db", busy_timeout=5)
        fill(connection, rows)
        for name, step in (("a number of its own", 2), ("the number of half of them", 1)):
            for kind in (CallbackKind.RESULT, CallbackKind.REPORT):
                took, disk = zip(
                    *(_time(connection, rows, rows - step - 2 * number, kind) for number in range(20)), strict=True
                )
                print(
                    f"{kind.value} of a message to {name}: median {statistics.median(took) * 1e3:.2f} ms, "
                    f"worst {max(took) * 1e3:.2f} ms; the disk: {statistics.median(disk) * 1e3:.2f} ms, "
                    f"worst {max(disk) * 1e3:.2f} ms"
                )
        connection.close()


def _time(connection: sqlite3.Connection, rows: int, message_id: int, kind: CallbackKind) -> tuple[float, float]:
    """Seconds of work, and seconds until it is on the disk."""
    to, token, at = connection.execute(
        "SELECT number, token, created_at FROM outbox WHERE id = ?", (message_id,)
    ).fetchone()
    stamp = datetime.fromtimestamp(at + 0.5, UTC).strftime("%Y/%m/%d %H:%M:%S")
    wire = str(WireId(token, message_id)) if kind is CallbackKind.RESULT else ""
    call = Callback(kind, to, port="3", gateway_time=stamp, id=wire, status="success")
    started = time.perf_counter()
    connection.execute("BEGIN")
    notices.take(connection, "gw1", START + rows * PERIOD + 60, call, repr(call).encode(), "one")
    done = time.perf_counter()
    connection.execute("COMMIT")
    return done - started, time.perf_counter() - done


if __name__ == "__main__":
    main()
