"""Somebody changes the files of a database under those who write to it: what was acknowledged is kept, or was refused.

A writer is a process, or a store in this one. It writes numbered texts one after the other, and says of each whether it
was acknowledged.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.store import Store
from tests.support import damage
from tests.support.backend import FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

AT_ONCE = 8
"""Writes of a store that are under way."""


@dataclass
class Told:
    """Texts, and what the writer was told of them."""

    before: set[str] = field(default_factory=set)
    """Acknowledged, and begun before the damage was done: in place it may have taken them."""
    after: set[str] = field(default_factory=set)
    """Acknowledged, and begun after it."""
    refused: set[str] = field(default_factory=set)


class Writing:
    """A store that is written to by a thread until it is ended."""

    def __init__(self, path: Path, prefix: str, *, tell: Callable[[str], object] = len) -> None:
        """`tell` is given `before TEXT`, `after TEXT` or `refused TEXT` as soon as it is known."""
        self.told = Told()
        self._tell = tell
        self.is_damaged = threading.Event()
        self._ended = threading.Event()
        self._prefix = prefix
        self._store = Store.open(path, clock=FixedClock(), busy_timeout=2)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number, free = 0, threading.Semaphore(AT_ONCE)
        while not self._ended.is_set():
            free.acquire()
            number += 1
            text = f"{self._prefix}-{number}"
            when = "after" if self.is_damaged.is_set() else "before"

            def end(done: Future[int], text: str = text, when: str = when) -> None:
                said = "refused" if done.exception() else when
                getattr(self.told, said).add(text)
                self._tell(f"{said} {text}")
                free.release()

            self._store.add_callback("gw1", sms(text), b"raw").add_done_callback(end)
        for _ in range(AT_ONCE):
            free.acquire()

    def checkpoint(self) -> None:
        self._store._upkeep.checkpoint()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        self._store.close()


def found(folder: Path) -> tuple[set[str], list[str]]:
    """All texts in whatever database lies there, and what is wrong with the one of the name."""
    texts: set[str] = set()
    wrong: list[str] = []
    for path in folder.iterdir():
        if path.name.endswith(("-wal", "-shm")) or path.name in ("older.db", "new.db"):
            continue
        try:
            with contextlib.closing(sqlite3.connect(path)) as connection:
                check = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
                if check != ["ok"]:
                    wrong.append(f"{path.name}: {check}")
                if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    texts.update(row[0] for row in connection.execute("SELECT text FROM inbox"))
        except sqlite3.Error as error:
            wrong.append(f"{path.name}: {error}")
    return texts, wrong


def one_round(folder: Path, seed: int) -> str:
    """Damage a database that is written to, once; what was done and told, in words. Raises AssertionError where
    something was acknowledged and is not there.
    """
    chance = random.Random(seed)
    path = folder / "console.db"
    writing = Writing(path, "writer")
    pause: Callable[[float], None] = lambda most: time.sleep(chance.random() * most)  # noqa: E731
    pause(0.05)
    writing.checkpoint()
    damage.copy(path, damage.older(path))
    pause(0.1)
    if chance.random() < 0.5:
        writing.checkpoint()
        pause(0.03)
    how = chance.choice(damage.DAMAGE)
    how(path)
    writing.is_damaged.set()
    pause(0.2)
    writing.end()
    return judge(folder, seed, how, writing.told)


def judge(folder: Path, seed: int, how: Callable[[Path], None], told: Told) -> str:
    """What came of a round, in words. Raises AssertionError where something was acknowledged and is not there."""
    texts, wrong = found(folder)
    words = f"{how.__name__}: {len(told.before)} before, {len(told.after)} after, {len(told.refused)} refused"
    said = f"seed {seed}: {words}; {wrong}; lost"
    assert told.after <= texts, f"{said} {len(told.after - texts)} acknowledged after it"
    if how not in damage.IN_PLACE:
        assert told.before <= texts, f"{said} {sorted(told.before - texts)[:3]}"
        assert wrong == [], said
    return words
