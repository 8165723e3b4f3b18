"""A copy made while others write, and one brought back."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState, Draft, Via
from console.errors import StoreError
from console.store import Reader, Store
from console.store.backups import backup, restore
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from tests.support import damage
from tests.support.backend import NOON, FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from pathlib import Path

HOLDING = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1])
held.execute("SELECT count(*) FROM inbox").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


def add(store: Store, *texts: str) -> None:
    for text in texts:
        store.add_callback("gw1", sms(text), b"raw").result(10)


def texts(path: Path) -> list[str]:
    reader = Reader.open_existing(path)
    try:
        return [one.callback.text for one in reader.inbox_slice(0, 9) if one.callback.text]
    finally:
        reader.close()


@pytest.fixture
def saved(store: Store, path: Path) -> Path:
    """A backup of one message and three that were still to be sent; the database went on."""
    add(store, "one")
    store.add_outbox(Draft("gw1", "10086", "now", None, Via.AMI), 1).result(10)
    store.add_outbox(Draft("gw1", "10086", "later", None, Via.AMI, not_before=NOON + 600), 1).result(10)
    leaving = store.add_outbox(Draft("gw1", "10086", "leaving", None, Via.AMI), 1).result(10)
    store.sending.begin(leaving.id, 0, 3, "").result(10)
    target = path.with_name("saved.db")
    held = backup(path, target)
    assert (held.received, held.sent, held.newest_at) == (1, 3, NOON)
    add(store, "two")
    store.close()
    return target


def test_it_is_one_private_file_that_needs_nothing_beside_it(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in saved.parent.iterdir()) == ["console.db", "saved.db"]
    saved.chmod(0o400)
    assert texts(saved) == ["one"]
    assert sorted(file.name for file in saved.parent.iterdir()) == ["console.db", "saved.db"]


def test_a_file_that_is_there_is_replaced_only_when_told(saved: Path, path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(StoreError, match="already exists"):
        backup(path, saved)
    with pytest.raises(StoreError, match="already exists"):
        backup(path, path, replace=True)
    assert saved.read_bytes() == before
    backup(path, saved, replace=True)
    assert texts(saved) == ["two", "one"]


def test_what_comes_back_is_what_was_saved_and_what_was_there_is_kept(saved: Path, path: Path) -> None:
    done = restore(saved, path, at=NOON, operator="alice")
    assert (done.held.received, done.held.sent, done.waiting) == (1, 3, 3)
    assert texts(path) == ["one"]
    assert done.before is not None
    assert texts(done.before) == ["two", "one"]
    assert texts(saved) == ["one"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_that_may_have_been_sent_since_leaves_by_itself(saved: Path, path: Path) -> None:
    restore(saved, path, at=NOON, operator="alice")
    store = Store.open(path, clock=FixedClock(NOON + 700))
    assert store.recover().result(10) == 1
    assert store.planned.waiting() == []
    assert [one.draft.text for one in store.sending.left_over()] == ["now", "later"]
    assert [one.draft.text for one in store.outbox_in(DeliveryState.UNKNOWN)] == ["leaving"]
    entry = store.audit.newest(1)[0]
    assert (entry.operator, entry.action, entry.detail) == ("alice", "restore", f"from {saved}")
    store.close()


def test_a_damaged_database_is_replaced_too_and_its_companions_go_with_it(saved: Path, path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    damage.beside(path, "-wal").write_bytes(b"old frames")
    done = restore(saved, path, at=NOON, operator="alice")
    assert texts(path) == ["one"]
    assert done.before is not None
    assert damage.beside(done.before, "-wal").read_bytes() == b"old frames"


def test_into_a_place_where_nothing_is(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "console.db"
    assert restore(saved, path, at=NOON, operator="alice").before is None
    assert texts(path) == ["one"]


def test_while_somebody_has_it_open_nothing_is_done(saved: Path, path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == b"open\n"
        names = sorted(file.name for file in path.parent.iterdir())
        with pytest.raises(StoreError, match="is in use") as caught:
            restore(saved, path, at=NOON, operator="alice")
        assert "fuser" in caught.value.hint
        assert sorted(file.name for file in path.parent.iterdir()) == names
        holding.communicate()
    restore(saved, path, at=NOON, operator="alice")


def test_what_is_no_backup_is_refused(saved: Path, path: Path) -> None:
    bad = path.with_name("bad.db")
    whole = saved.read_bytes()
    half = whole[: len(whole) // 2]
    for content, words in ((b"", "is empty"), (b"diary " * 900, "not a database"), (half, "damaged")):
        bad.write_bytes(content)
        with pytest.raises(StoreError, match=words):
            restore(bad, path, at=NOON, operator="alice")
    with pytest.raises(StoreError, match="the database itself"):
        restore(path, path, at=NOON, operator="alice")
    with pytest.raises(StoreError, match="no database"):
        restore(path.with_name("missing.db"), path, at=NOON, operator="alice")
    assert texts(path) == ["two", "one"]


def test_a_backup_of_an_earlier_version_comes_back_as_the_present_one(path: Path) -> None:
    old = path.with_name("old.db")
    open_database(old, busy_timeout=1, migrations=MIGRATIONS[:-1]).close()
    restore(old, path, at=NOON, operator="alice")
    assert texts(path) == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["console.db", "old.db"]
