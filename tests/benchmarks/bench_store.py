"""The inbox at scale: `python -m tests.benchmarks.bench_store [--rows N ...] [--directory DIRECTORY]`.

Fills a database with everyday messages of many scripts, then times what an operator waits for: opening it, a
page anywhere, counts, searching, a thread; each the median and the worst of several tries in a process that
has just opened it. Ten million rows take a while: `--rows 10000000`.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind
from console.protocol.query.inbox import INBOX
from console.services.clock import SystemClock
from console.simulator.radio import texts
from console.store import Reader, Store
from console.store.engine.opening import open_database
from console.store.inbox import search_index
from console.store.inbox.entries import Entries

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDLE = "синхрофазотрон 鼯鼠"
"""In three messages: near the end, in the middle, near the start."""

PERIOD = 20.0
"""Seconds between two messages."""

ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюя "

SEARCHES = (
    ("two Chinese characters, rare", "鼯鼠"),
    ("two Chinese characters, common", "余额"),
    ("one Chinese character", "元"),
    ("a word, rare", "синхрофазотрон"),
    ("a word, in many", "balance"),
    ("part of a word, in no message", "xqzxqz"),
    ("one letter", "ю"),
    ("four digits", "4711"),
    ("a whole number", "from:+8613600004711"),
    ("the end of a number", "from:04711"),
    ("a port, unread, a word", "port:3 is:unread code"),
    ("a gateway in a month", "gw:gw2 after:2026-08-01 before:2026-09-01"),
    ("a rare word in an early month", "before:2026-05-01 鼯鼠"),
)


def fill(path: Path, count: int, until: float) -> tuple[float, float]:
    """Put `count` messages in, as fast as it goes; seconds without and with the search index."""
    rng = random.Random(1)
    everyday = [texts.pick(rng).text for _ in range(2_000)]
    needles = {count - count // 100, count // 2, count // 100}
    connection = open_database(path, busy_timeout=5)
    entries = Entries()
    started = time.perf_counter()
    for first in range(0, count, 1_000):
        connection.execute("BEGIN")
        entries.begun(connection)
        for number in range(first, min(first + 1_000, count)):
            words = "".join(rng.choices(ALPHABET, k=12))
            text = f"{rng.choice(everyday)} {words} {rng.randrange(10**6)}"
            if number in needles:
                text = NEEDLE
            at = until - (count - number) * PERIOD
            callback = Callback(
                CallbackKind.SMS,
                number=f"+86136{rng.randrange(20_000):08}",
                text=text,
                port=str(rng.randrange(1, 9)),
                gateway_time=time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(at)),
                imsi="460001234567890",
            )
            raw = f"/sms?phonenumber={callback.number}&message={text}".encode()
            entries.add(connection, f"gw{1 + number % 3}", at, callback, raw)
        entries.before_commit(connection)
        connection.execute("COMMIT")
        entries.committed()
    filled = time.perf_counter()
    more = True
    while more:
        connection.execute("BEGIN")
        more = search_index.step(connection, 256)
        connection.execute("COMMIT")
    connection.close()
    return filled - started, time.perf_counter() - filled


def timed(what: str, step: Callable[[], object], tries: int = 7) -> None:
    """Print how long it takes, and what came of it."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        result = step()
        times.append((time.perf_counter() - started) * 1e3)
    found = len(result) if isinstance(result, list) else result
    print(f"  {what:44}{sorted(times)[tries // 2]:10.2f}{max(times):10.2f}   {found}")


def look(path: Path) -> None:
    """Time everything on a database that is there."""
    started = time.perf_counter()
    store = Store.open(path, clock=SystemClock())
    store.inbox_count()
    store.inbox_slice(0, 100)
    print(f"  {'open, count and first page':44}{(time.perf_counter() - started) * 1e3:10.2f}")
    count = store.inbox_count()
    rng = random.Random(2)
    print(f"  {'':44}{'median ms':>10}{'worst ms':>10}   found")
    timed("100 newest", lambda: store.inbox_slice(0, 100))
    timed("100 anywhere", lambda: store.inbox_slice(rng.randrange(count), 100), tries=50)
    timed("100 oldest", lambda: store.inbox_slice(count - 100, 100))
    timed("count", store.inbox_count)
    timed("unread count", store.unread_count)
    timed("newest unread", store.newest_unread_position)
    timed("a thread, 100 newest", lambda: store.thread(store.person("+8613600004711")))
    for title, line in SEARCHES:
        query = INBOX.ask(line)
        timed(f"{title}: {line}", lambda query=query: store.search(query, count=100))  # type: ignore[misc]
        timed("    counted up to 1000", lambda query=query: store.search_count(query))  # type: ignore[misc]
    query = INBOX.ask("balance")
    timed("a thousand messages further down", lambda: store.search(query, first=1_000, count=100))
    reader = Reader(path)
    timed("see whether anything is new (--follow)", lambda: reader.changes(reader.mark())[1].entry)
    reader.close()
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.look is not None:
        look(arguments.look)
        return
    print(f"{os.cpu_count()} cores")
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory(dir=arguments.directory) as folder:
            path = Path(folder) / "console.db"
            filling, indexing = fill(path, rows, 1_795_348_800.0)
            size = path.stat().st_size / 1e6
            print(
                f"{rows:,} messages: filled in {filling:.1f} s, indexed in {indexing:.1f} s, {size:.0f} MB", flush=True
            )
            subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_store", "--look", str(path)], check=True)


if __name__ == "__main__":
    main()
