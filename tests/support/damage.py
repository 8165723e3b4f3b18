"""What people and programs do to the files of a database that is in use. Beside it stands `older.db`, a copy of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def beside(path: Path, name: str) -> Path:
    """`-wal` or `-shm` of the database at `path`."""
    return path.with_name(path.name + name)


def older(path: Path) -> Path:
    """The copy that stands beside it."""
    return path.with_name("older.db")


def copy(source: Path, target: Path) -> None:
    """In a process of its own: who closes a file of SQLite's in the same one lets go of its locks (fcntl(2))."""
    subprocess.run(["cp", source, target], check=True)


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def removed(path: Path) -> None:
    path.unlink()


def all_removed(path: Path) -> None:
    for name in ("", "-wal", "-shm"):
        beside(path, name).unlink()


def replaced(path: Path) -> None:
    copy(older(path), path.with_name("new.db"))
    path.with_name("new.db").replace(path)


def wal_removed(path: Path) -> None:
    beside(path, "-wal").unlink()


def shm_removed(path: Path) -> None:
    beside(path, "-shm").unlink()


def companions_removed(path: Path) -> None:
    wal_removed(path)
    shm_removed(path)


def wal_moved(path: Path) -> None:
    beside(path, "-wal").rename(path.with_name("moved-wal"))


def wal_replaced(path: Path) -> None:
    wal_removed(path)
    beside(path, "-wal").touch()


def written_over(path: Path) -> None:
    """`cp older.db console.db`."""
    copy(older(path), path)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def wal_cut(path: Path) -> None:
    os.truncate(beside(path, "-wal"), 5_000)


def wal_emptied(path: Path) -> None:
    os.truncate(beside(path, "-wal"), 0)


def wal_written_over(path: Path) -> None:
    beside(path, "-wal").write_bytes(os.urandom(beside(path, "-wal").stat().st_size))


SAME_FILES = (wal_removed, shm_removed, companions_removed, wal_moved, wal_replaced)
"""After these all that was written is still in what those have open who wrote it."""

OTHER_MAIN = (moved, removed, all_removed, replaced)

IN_PLACE = (written_over, cut, emptied, wal_cut, wal_emptied, wal_written_over)

DAMAGE = (*SAME_FILES, *OTHER_MAIN, *IN_PLACE)
