"""A database that can only be read, one that is shared, and one that is somebody else's."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store import Reader, Store
from console.store.engine.guard import Changed
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from tests.support import damage
from tests.support.backend import FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY, SOMEBODY, SHARING = 65_534, 54_321, 54_322
"""Users, and a group."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """That everybody may look into."""
    with tempfile.TemporaryDirectory(prefix="gsm-console-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextlib.contextmanager
def being(user: int, *groups: int) -> Iterator[None]:
    """The whole process, so nothing else may run in it."""
    before = os.getgroups()
    os.setgroups(groups)
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(before)


def make(path: Path, text: str = "kept") -> None:
    store = Store.open(path, clock=FixedClock())
    store.add_callback("gw1", sms(text), b"raw").result(10)
    store.close()


def read(path: Path) -> list[str]:
    reader = Reader.open_existing(path)
    try:
        return [message.callback.text for message in reader.inbox_slice(0, 9)]
    finally:
        reader.close()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_that_nobody_may_write_is_read_and_nothing_is_put_beside_it(path: Path) -> None:
    make(path)
    path.chmod(0o444)
    assert read(path) == ["kept"]
    assert names(path.parent) == ["console.db"]
    assert path.stat().st_mode & 0o777 == 0o444
    reader = Reader.open_existing(path)
    reader.inbox_count()
    reader.look()
    assert names(path.parent) == ["console.db"]
    path.chmod(0o600)
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE tally SET value = value + 1")
        with pytest.raises(Changed):
            reader.look()
    reader.close()


def test_an_earlier_version_that_can_only_be_read_is_refused_with_the_way_out(path: Path) -> None:
    open_database(path, busy_timeout=1, migrations=MIGRATIONS[:-1]).close()
    path.chmod(0o444)
    with pytest.raises(StoreError, match="older gsm-console") as caught:
        read(path)
    assert "copy it" in caught.value.hint


@as_root
def test_in_a_folder_that_can_t_be_written_a_copy_is_read_by_anybody(folder: Path) -> None:
    path = folder / "snapshot.db"
    make(path)
    path.chmod(0o644)
    with being(NOBODY):
        assert read(path) == ["kept"]
        with pytest.raises(StoreError, match="can't be"):
            make(path)
    assert names(folder) == ["snapshot.db"]


@as_root
def test_a_wal_that_must_be_read_too_is_not_left_out(folder: Path) -> None:
    live, path = folder / "live.db", folder / "snapshot.db"
    store = Store.open(live, clock=FixedClock())
    store.add_callback("gw1", sms("in the wal"), b"raw").result(10)
    for name in ("", "-wal"):
        damage.copy(Path(f"{live}{name}"), Path(f"{path}{name}"))
        Path(f"{path}{name}").chmod(0o644)
    store.close()
    with being(NOBODY), pytest.raises(StoreError, match="can't be opened") as caught:
        read(path)
    assert "-wal" in caught.value.hint
    assert read(path) == ["in the wal"]


@as_root
def test_a_group_shares_a_database_and_its_mode_is_left_alone(folder: Path) -> None:
    os.chown(folder, SOMEBODY, SHARING)
    folder.chmod(0o2770)
    path = folder / "console.db"
    with being(SOMEBODY, SHARING):
        make(path, "by the owner")
    with being(NOBODY, SHARING), pytest.raises(StoreError, match="can't be opened") as caught:
        make(path)
    assert "chmod 0660" in caught.value.hint
    path.chmod(0o660)
    with being(NOBODY, SHARING):
        make(path, "by a member")
    with being(SOMEBODY, SHARING):
        make(path, "by the owner again")
        assert read(path) == ["by the owner again", "by a member", "by the owner"]
    with being(NOBODY, SHARING):
        assert read(path)[0] == "by the owner again"
    assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (0o660, SHARING)


@pytest.mark.parametrize(
    ("chosen", "left"), [(0o660, 0o660), (0o640, 0o640), (0o600, 0o600), (0o644, 0o600), (0o666, 0o660)]
)
def test_what_everybody_could_read_is_closed_and_what_somebody_chose_stays(path: Path, chosen: int, left: int) -> None:
    make(path)
    path.chmod(chosen)
    make(path)
    assert path.stat().st_mode & 0o777 == left


@as_root
def test_a_database_or_a_link_of_a_stranger_is_refused(folder: Path) -> None:
    path, link = folder / "console.db", folder / "link.db"
    make(path)
    os.chown(path, SOMEBODY, SHARING)
    for use in (make, read):
        with pytest.raises(StoreError, match=rf"the file .* belongs to user {SOMEBODY}") as caught:
            use(path)
        assert "chown" in caught.value.hint
    os.chown(folder, SOMEBODY, SHARING)  # A service's own folder: root claimed it.
    assert read(path) == ["kept"]
    os.chown(folder, 0, 0)
    os.chown(path, 0, 0)
    link.symlink_to(path)
    assert read(link) == ["kept"]
    os.chown(link, SOMEBODY, SHARING, follow_symlinks=False)
    with pytest.raises(StoreError, match=r"the link .* belongs to"):
        read(link)


def test_a_link_to_a_file_that_is_still_to_be_made(path: Path) -> None:
    (path.parent / "volume").mkdir()
    path.symlink_to(path.parent / "volume" / "real.db")
    make(path)
    assert (path.parent / "volume" / "real.db").stat().st_mode & 0o777 == 0o600
    assert read(path) == ["kept"]
