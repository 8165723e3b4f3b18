"""What becomes of a store whose files somebody changes: what was acknowledged is found, or it is told what is not."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store import Store
from tests.support import damage as d
from tests.support.backend import FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Damage = Callable[[Path], None]

COUNT = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM inbox').fetchone()[0])"


def add(store: Store, *texts: str) -> None:
    for text in texts:
        store.add_callback("gw1", sms(text), b"raw").result(10)


@pytest.fixture
def used(store: Store, path: Path) -> Store:
    """A store with three messages, of which a copy beside it knows one."""
    add(store, "one")
    store._upkeep.checkpoint()
    d.copy(path, d.older(path))
    add(store, "two")
    store._upkeep.checkpoint()
    add(store, "three")
    return store


def seen_by_another_process(path: Path) -> int:
    return int(subprocess.run([sys.executable, "-c", COUNT, path], check=True, capture_output=True).stdout)


def texts(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {row[0] for row in connection.execute("SELECT text FROM inbox")}


@pytest.mark.parametrize("damage", d.SAME_FILES)
def test_without_its_companions_all_is_brought_home_and_goes_on(used: Store, path: Path, damage: Damage) -> None:
    damage(path)
    add(used, "four")
    assert seen_by_another_process(path) == 4
    assert (used.trouble, used.is_over, used.inbox_count()) == ("", False, 4)
    add(used, "five")
    damage(path)
    add(used, "six")
    assert used.poll() == used.revision
    used.close()
    assert texts(path) == {"one", "two", "three", "four", "five", "six"}


@pytest.mark.parametrize("damage", d.OTHER_MAIN)
def test_with_another_main_file_nothing_is_acknowledged_and_what_was_is_kept(
    used: Store, path: Path, damage: Damage
) -> None:
    damage(path)
    for _ in range(2):
        with pytest.raises(StoreError, match="while it was in use") as caught:
            add(used, "four")
        assert caught.value.hint
        assert used.is_over
    (kept,) = [file for file in path.parent.iterdir() if file.name == "moved.db" or "kept" in file.name]
    assert texts(kept) == {"one", "two", "three"}
    if kept.name != "moved.db":
        assert str(kept) in used.trouble
        assert kept.stat().st_mode & 0o777 == 0o600
    used.close()
    anew = Store.open(path, clock=FixedClock())
    add(anew, "five")
    anew.close()
    assert texts(path) == ({"one", "five"} if damage is d.replaced else {"five"})
    assert texts(kept) == {"one", "two", "three"}


@pytest.mark.parametrize("damage", d.IN_PLACE)
def test_what_was_cut_or_written_over_is_told_and_left_sound(used: Store, path: Path, damage: Damage) -> None:
    damage(path)
    for _ in range(2):
        with pytest.raises(StoreError, match="while it was in use"):
            add(used, "four")
    assert used.is_over
    used.close()
    if damage is d.cut:
        return  # Half a file is none.
    anew = Store.open(path, clock=FixedClock())
    add(anew, "five")
    anew.close()
    left: dict[Damage, set[str]] = {d.written_over: {"one"}, d.emptied: set()}
    sound = left.get(damage, {"one", "two"})
    assert texts(path) - {"three"} == sound | {"five"}


def test_a_file_that_was_moved_and_comes_back_is_gone_on_with(used: Store, path: Path) -> None:
    d.moved(path)
    with pytest.raises(StoreError):
        add(used, "lost")
    path.with_name("moved.db").rename(path)
    add(used, "four")
    assert (used.trouble, used.is_over) == ("", False)
    used.close()
    assert texts(path) == {"one", "two", "three", "four"}


def test_a_commit_that_was_under_way_is_acknowledged_only_where_it_is_found(used: Store, path: Path) -> None:
    """The `-wal` goes between the look before and the commit."""
    used._writer.submit(lambda _connection: d.wal_removed(path)).result(10)
    assert used.trouble == ""
    add(used, "four")
    error = used._writer.submit(lambda _connection: d.wal_emptied(path)).exception(10)
    assert isinstance(error, StoreError)
    assert "was truncated" in used.trouble
    used.close()
    assert texts(path) == {"one", "two", "three"}
