"""Figures over many messages: `uv run python -m tests.benchmarks.figures [MESSAGES]` (default: a million).

Prints what the triggers add to an insert and to the way of a message, how long a database of the version before takes
to be counted, whether the rows counted again say the same, and how long each grouping takes to read.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.figures import By
from console.protocol.query.fields import Asker
from console.protocol.query.figures import FIGURES as TABLE
from console.store import Reader, figures
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from console.store.engine.schema_of_figures import FIGURES, FILL

if TYPE_CHECKING:
    import sqlite3

_NOW = 1_795_000_000.0
_INSERT = (
    "INSERT INTO outbox (id, created_at, updated_at, gateway, number, tail, text, port, via, state, segments, "
    "unsettled, detail, token, owner, operator, parts, imsi, sent_at, delivered_at, left_at, gone) "
    "VALUES (?, ?, ?, ?, ?, ?, 'hello', ?, 'ami', ?, ?, 0, ?, 't', 'o', ?, 1, ?, ?, ?, ?, ?)"
)
_MOVE = "UPDATE outbox SET state = ?, sent_at = ?, delivered_at = ?, left_at = ?, gone = 1 WHERE id = ?"


def row(number: int, total: int) -> tuple[object, ...]:
    """A message of the last year, by one of 44 ports of two gateways."""
    at = _NOW - 365 * 86_400 * (1 - number / total)
    state = random.choices(("delivered", "sent", "failed", "unknown"), (80, 10, 8, 2))[0]
    sent = at + random.expovariate(0.2) if state in ("delivered", "sent") else None
    delivered = sent + random.expovariate(0.1) if sent and state == "delivered" else None
    to = f"{random.choice(('+49151', '+49170', '+8613632', '+447911', '+33612'))}{random.randrange(10**6, 10**7)}"
    port, detail = random.randrange(1, 45), "+CMS ERROR: 38" if state == "failed" else ""
    user, gateway = random.choice(("alice", "bob", "others")), random.choice(("north", "south"))
    return (
        *(number, at, at, gateway, to, to[-8:], port, state, state, detail, user, f"26201{port}"),
        *(sent, delivered, at, int(state != "failed")),
    )


def timed(what: str, since: float, number: int) -> None:
    """Print what took how long, in all and for each of so many."""
    seconds = time.perf_counter() - since
    print(f"{what:44} {seconds:8.2f} s {seconds / number * 1e6:9.1f} us each")


def main(total: int) -> None:
    """In a folder of its own, which goes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "console.db")
        connection = open_database(path, busy_timeout=5.0, migrations=MIGRATIONS[: MIGRATIONS.index(FIGURES)])
        rows = [row(number, total) for number in range(1, total + 1)]
        connection.execute("BEGIN")
        began = time.perf_counter()
        connection.executemany(_INSERT, rows)
        timed("insert, without figures", began, total)
        connection.execute("COMMIT")
        some = [(*each, number) for number in range(1, 20_001) for each in (("delivered", _NOW, _NOW + 3, _NOW - 2),)]
        connection.execute("BEGIN")
        began = time.perf_counter()
        connection.executemany(_MOVE, some)
        timed("update, without figures", began, len(some))
        connection.execute("ROLLBACK")
        connection.close()

        began = time.perf_counter()
        connection = open_database(path, busy_timeout=5.0, keep_copy=False)
        timed("migration", began, 1)
        began, longest = time.perf_counter(), 0.0
        more = True
        while more:
            step = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            more = figures.step(connection, 256)
            connection.execute("COMMIT")
            longest = max(longest, time.perf_counter() - step)
        timed(f"counted in spare time (longest {longest:.3f} s)", began, total)

        began = time.perf_counter()
        print("equal to a recount:", _equal(connection))
        timed("recount", began, total)
        print("rows of figures:", connection.execute("SELECT kind, count(*) FROM figure GROUP BY kind").fetchall())

        connection.execute("BEGIN")
        began = time.perf_counter()
        new = [(total + number, *each[1:]) for number, each in enumerate(rows[-20_000:], 1)]
        connection.executemany(_INSERT, new)
        timed("insert, with figures", began, len(new))
        began = time.perf_counter()
        connection.executemany(_MOVE, some)
        timed("update, with figures", began, len(some))
        connection.execute("COMMIT")
        print("equal to a recount:", _equal(connection))

        reader = Reader(path)
        for by in By:
            for line in ("", "after:30d", "after:30d port:1-8 gw:north"):
                began = time.perf_counter()
                reader.figures.read(by, TABLE.ask(line, Asker(now=_NOW)))
                timed(f"read by {by} {line}", began, 1)
        reader.close()
        connection.close()


def _equal(connection: sqlite3.Connection) -> bool:
    connection.execute("CREATE TEMP TABLE figure AS SELECT * FROM main.figure LIMIT 0")
    connection.execute("CREATE UNIQUE INDEX temp.again ON figure (kind, day, gateway, port, value)")
    connection.execute(FILL, (0, 2**62))  # a name of temp comes before one of main
    some = "SELECT * FROM {} WHERE messages > 0"
    differences = [
        connection.execute(f"{some.format(one)} EXCEPT {some.format(other)} LIMIT 1").fetchone()
        for one, other in (("temp.figure", "main.figure"), ("main.figure", "temp.figure"))
    ]
    connection.execute("DROP TABLE temp.figure")
    return differences == [None, None]


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
