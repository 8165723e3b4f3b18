"""Whether the files that SQLite holds are still those of the database's name, and whole.

SQLite keeps its files open and does not look at their names again: with `console.db-wal` removed it goes on writing
into a file that nobody finds. It does not notice either when a copy is written over the main file, or one of them is
cut. Of that the sizes tell, the end of the `-wal`, and the wal-index in the `-shm`: which frames there must be, and
whether a checkpoint is why the main file changed (sqlite.org/walformat.html).
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import zlib
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3

COMPANIONS = ("-wal", "-shm")

WAL_HEADER, FRAME_HEADER = 32, 24
"""Bytes at the start of a `-wal`, and before each page in it."""

_OPEN_FILES = Path("/dev/fd")
_INDEX_SIZE = 136
_INDEX_HEADERS = 96
"""Bytes at its start that say what is in the `-wal`, twice."""

_RESTLESS = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name IN ('tally', 'presence')"
"""Small tables that change with every message and every sign of life."""

_WRITTEN_OVER = "it was overwritten or truncated while it was in use"

_COMPARED = 32
"""Pages that are looked at once a checkpoint has changed the main file."""

_LOOKS = 50
"""Looks that may each find another process at work, before one without the wal-index has to do."""


class What(Enum):
    """What happened to the files."""

    NAMES = "the companions of the main file have other names or none; all that was written is in what we hold"
    MAIN = "the main file has another name or none"
    WRITTEN_OVER = "the main file was written by another than SQLite"
    CUT = "the -wal lacks what was committed"


class Changed(OSError):
    """Somebody changed a file under us. The words are for the operator."""

    def __init__(self, what: What, words: str) -> None:
        super().__init__(0, words)
        self.what = what
        self.hint = ""


class Index(NamedTuple):
    """What the wal-index says."""

    page_size: int
    frames: int
    """In the `-wal` that are committed."""
    pages: int
    """That the database has with them."""
    checksum: bytes
    """Of the last frame, as its header has it."""
    salts: bytes
    """Of every frame."""
    written_back: int
    """Frames that a checkpoint has brought into the main file."""
    attempted: int
    """Frames that one began to bring there."""

    @property
    def wal_size(self) -> int:
        """Bytes that a `-wal` with all those frames has at least."""
        return self.offset(self.frames + 1) if self.frames else 0

    @property
    def frame_size(self) -> int:
        """Bytes of one frame with its header."""
        return FRAME_HEADER + self.page_size

    @property
    def progress(self) -> tuple[bytes, int, int]:
        """Changes with each checkpoint that writes anything."""
        return (self.salts, self.written_back, self.attempted)

    def offset(self, frame: int) -> int:
        """Where a frame stands, from 1."""
        return WAL_HEADER + (frame - 1) * self.frame_size


class _Tail(NamedTuple):
    """The last frame that was seen, and what it was like."""

    salts: bytes
    frame: int
    sum: int


class _Main(NamedTuple):
    """The main file as it was seen."""

    size: int
    changed_at: int
    """By the file system's clock, nanoseconds. A `touch` changes it as well."""
    sums: dict[int, int] | None
    """Of the restless pages, by their numbers."""


class Guard:
    """Of the files behind a connection that is open and has read. `look` may be called from any thread, as long as that
    connection is open.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Raises OSError where the main file can't be looked at, and sqlite3.Error."""
        self.path = path
        self._restless = [1, *(row[0] for row in connection.execute(_RESTLESS).fetchall())]
        # While nothing was written yet the wal-index says 0.
        (self._page_size,) = connection.execute("PRAGMA page_size").fetchone()
        self._gate = threading.Lock()
        self._paths = {name: f"{path}{name}" for name in ("", *COMPANIONS)}
        self._names = {name: self._identity(name) for name in ("", *COMPANIONS)}
        self._held = _held_files(self._names)
        # The files beside the main one carry no locks, so this one may be opened and closed as we like.
        self._wal = _open(self._named("-wal"))
        self._main: _Main | None = None
        self._progress: tuple[bytes, int, int] | None = None
        self._tail: _Tail | None = None
        self.look()

    def close(self) -> None:
        """Let go of what was opened to look."""
        with self._gate:
            if self._wal is not None:
                os.close(self._wal)
                self._wal = None

    def look(self) -> None:
        """Raises Changed, or OSError where the files can't be looked at. Some 50 microseconds."""
        with self._gate:
            for _ in range(_LOOKS if "-shm" in self._held else 1):
                index = self.index()
                wrong, status = self._look_at_names()
                if index is None:
                    wrong = wrong or self._look_without_index(status)
                    if wrong:
                        raise wrong
                    continue
                cut, tail = self._look_into_wal(index)
                over, main = self._look_at_main(status, index)
                if self.index() == index:
                    if wrong := over or cut or wrong:
                        raise wrong
                    self._main, self._progress, self._tail = main, index.progress, tail
                    return

    def is_held(self, name: str) -> bool:
        """Whether the file of this name (`""`, `-wal`, `-shm`) is the one that SQLite holds."""
        return self._identity(name) == self._names[name] is not None

    def is_removed(self) -> bool:
        """Whether the main file that SQLite holds has no name at all any more."""
        held = self._held.get("")
        if held is None:
            return False
        status = os.fstat(held)
        return (status.st_dev, status.st_ino) == self._names[""] and status.st_nlink == 0

    def index(self) -> Index | None:
        """The wal-index, None where it can't be read or is just being written."""
        held = self._held.get("-shm")
        if held is None or _identity_of(os.fstat(held)) != self._names["-shm"]:
            return None
        data = os.pread(held, _INDEX_SIZE, 0)
        if len(data) < _INDEX_SIZE or data[:48] != data[48:96] or not data[12]:
            return None
        size, frames, pages = struct.unpack_from("=HII", data, 14)
        checksum = struct.pack(">II", *struct.unpack_from("=II", data, 24))
        (written_back,) = struct.unpack_from("=I", data, 96)
        (attempted,) = struct.unpack_from("=I", data, 128)
        return Index(65_536 if size == 1 else size, frames, pages, checksum, data[32:40], written_back, attempted)

    def forget_index(self) -> None:
        """Have whoever reads or closes next make the wal-index anew, from what the checksums say is sound. Else they
        would go by what it says, and bring holes into the main file.
        """
        held = self._held.get("-shm")
        if held is not None and _identity_of(os.fstat(held)) == self._names["-shm"]:
            os.pwrite(held, bytes(_INDEX_HEADERS), 0)

    def _named(self, name: str) -> Path:
        return self.path.with_name(self.path.name + name)

    def _identity(self, name: str) -> tuple[int, int] | None:
        try:
            return _identity_of(os.stat(self._paths[name]))  # noqa: PTH116 - a Path takes as long as all the rest
        except FileNotFoundError:
            return None

    def _look_at_names(self) -> tuple[Changed | None, os.stat_result]:
        """Raises Changed where it is the main file's."""
        try:
            status = os.stat(self._paths[""])  # noqa: PTH116
        except FileNotFoundError:
            raise Changed(What.MAIN, "the file was moved or removed while it was in use") from None
        if _identity_of(status) != self._names[""]:
            raise Changed(What.MAIN, "the file was moved or replaced while it was in use")
        for name in COMPANIONS:
            found = self._identity(name)
            if found != self._names[name]:
                happened = "removed" if found is None else "replaced"
                # Those who remove all may be at it.
                if self._identity("") == self._names[""]:
                    return Changed(What.NAMES, f"{self.path.name}{name} was {happened} while it was in use"), status
                raise Changed(What.MAIN, "the file was moved or removed while it was in use")
        return None, status

    def _look_without_index(self, status: os.stat_result) -> Changed | None:
        """A file that is only read, with nothing beside it, is to stay as it is."""
        if "-shm" in self._held:
            return None
        wal = self._named("-wal")
        if wal.exists() and wal.stat().st_size:
            return Changed(What.NAMES, f"{wal.name} appeared while it was in use")
        main = _Main(status.st_size, status.st_mtime_ns, None)
        if self._main in (None, main):
            self._main = main
            return None
        return Changed(What.WRITTEN_OVER, _WRITTEN_OVER)

    def _look_into_wal(self, index: Index) -> tuple[Changed | None, _Tail | None]:
        cut = Changed(What.CUT, f"{self.path.name}-wal was truncated or overwritten while it was in use")
        if self._wal is None or not index.frames:
            return None, None
        before, last = self._tail, self._frame(index, index.frames)
        if last is None or last[8:24] != index.salts + index.checksum:
            return cut, None
        tail = _Tail(index.salts, index.frames, zlib.crc32(last))
        if before is not None and before.salts == index.salts:
            # Cut behind our back and then written on: our last one stands, those before it are zeros.
            seen = self._frame(index, before.frame) if before.frame <= index.frames else None
            if seen is None or zlib.crc32(seen) != before.sum:
                return cut, None
        return None, tail

    def _frame(self, index: Index, frame: int) -> bytes | None:
        assert self._wal is not None
        data = os.pread(self._wal, index.frame_size, index.offset(frame))
        return data if len(data) == index.frame_size else None

    def _look_at_main(self, status: os.stat_result, index: Index) -> tuple[Changed | None, _Main]:
        known, size, at = self._main, status.st_size, status.st_mtime_ns
        if known is not None and known[:2] == (size, at):
            return None, known
        main = _Main(size, at, self._restless_sums())
        if known is None:
            return None, main
        if index.written_back != index.attempted:
            return None, known  # a checkpoint is at it, or was cut off: it is judged once one has ended
        if index.progress == self._progress:
            is_sound = (main.size, main.sums) == (known.size, known.sums) != (size, None)
        else:
            is_sound = size >= min(known.size, index.pages * index.page_size) and self._is_as_written_back(index)
        if is_sound:
            return None, main
        return Changed(What.WRITTEN_OVER, _WRITTEN_OVER), main

    def _restless_sums(self) -> dict[int, int] | None:
        """Of pages that no two copies have alike; None where the file can't be read by SQLite's own descriptor."""
        pages = {page: self._page(page) for page in self._restless}
        return {page: zlib.crc32(data) for page, data in pages.items() if data is not None} or None

    def _is_as_written_back(self, index: Index) -> bool:
        """Whether the main file has what a checkpoint brought there last: who writes over it at the same moment leaves
        something else. A page that has a newer frame is left out, for a checkpoint leaves it out.
        """
        passed = {_page_of(self._frame(index, number)) for number in range(index.written_back + 1, index.frames + 1)}
        compared = 0
        for number in range(index.written_back, 0, -1):
            frame = self._frame(index, number)
            page = _page_of(frame)
            if frame is None or page in passed or page > index.pages:
                continue
            passed.add(page)
            compared += 1
            if self._page(page) not in (None, frame[FRAME_HEADER:]):
                return False
            if compared == _COMPARED:
                break
        return True

    def _page(self, number: int) -> bytes | None:
        """Of the main file; None where it can't be read by SQLite's own descriptor."""
        held = self._held.get("")
        if held is None or _identity_of(os.fstat(held)) != self._names[""]:
            return None
        return os.pread(held, self._page_size, (number - 1) * self._page_size)


def _page_of(frame: bytes | None) -> int:
    """The number of the page that a frame holds; 0 where there is none."""
    return int.from_bytes(frame[:4], "big") if frame else 0


def _identity_of(status: os.stat_result) -> tuple[int, int]:
    return (status.st_dev, status.st_ino)


def _held_files(names: dict[str, tuple[int, int] | None]) -> dict[str, int]:
    """The descriptors by which SQLite holds these files. To open and close one of them ourselves would let go of the
    locks that this process has on it (fcntl(2)).
    """
    wanted = {identity: name for name, identity in names.items() if identity is not None}
    held: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for entry in os.listdir(_OPEN_FILES):  # noqa: PTH208
            with contextlib.suppress(OSError):
                name = wanted.get(_identity_of(os.fstat(int(entry))))
                if name is not None:
                    held.setdefault(name, int(entry))
    return held


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
