"""SMS that AMI saw: into the inbox where no callback brought them, once, whoever heard them."""

from __future__ import annotations

from collections import defaultdict, deque
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import CallbackKind
from console.protocol.ami.heard_sms import Came, is_kept
from console.protocol.text.port_names import port_number
from console.store.inbox.callbacks import COLUMNS, callback_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from console.protocol.ami.heard_sms import Overheard
    from console.store.engine.writer import Submit
    from console.store.inbox.entries import Entries
    from console.store.inbox.search import Rows

BEFORE = 120.0
"""Seconds before an SMS was heard from which its callback may be: a connection may hang so long before it ends."""

MOST = 10_000
"""Rows kept at hand, and looked through when the first SMS is heard: two minutes at eighty a second."""

_COMING = (CallbackKind.SMS.value, CallbackKind.UNREADABLE.value)
_ENDS = "SELECT coalesce((SELECT max(id) FROM inbox), 0), coalesce((SELECT max(id) FROM attached), 0)"
_ENTRIES = f"SELECT {COLUMNS} FROM inbox WHERE id > ? AND kind IN (?, ?) ORDER BY id"  # noqa: S608
_PARTS = f"SELECT {COLUMNS} FROM attached WHERE id > ? AND kind IN (?, ?) AND copy = 0 ORDER BY id"  # noqa: S608


class HeardMessages:
    """Adds what AMI saw. From any thread."""

    def __init__(self, rows: Rows, submit: Submit, entries: Entries) -> None:
        self._submit = submit
        self._entries = entries
        self._lately = _Lately(rows)

    def add(self, gateway: str, heard: Overheard, others: Sequence[Overheard] = ()) -> Future[int | None]:
        """Keep an SMS that no callback brought; the id of its entry. None where one did, or where somebody else who
        heard it was first: then nothing is written, and no entry counts it again.

        `others` are further SMS that were heard on the gateway, so that what brought them is not taken for what
        brought this one. A callback that comes later folds into the entry. Raises StoreError when the database can't
        be read.
        """
        came, read = self._lately.of(gateway, heard)
        if is_kept(heard, came, others):
            there: Future[int | None] = Future()
            there.set_result(None)
            return there

        def look_and_add(connection: sqlite3.Connection) -> int | None:
            # A callback, or another console, may have come between.
            later, _ = _read(lambda sql, values: connection.execute(sql, values).fetchall(), read)
            if is_kept(heard, [*came, *_near(gateway, heard, later)], others):
                return None
            return self._entries.add(connection, gateway, heard.at, heard.callback, heard.raw)

        return self._submit(look_and_add)


class _Read(NamedTuple):
    """Ids up to which the tables were read."""

    entry: int
    part: int


class _Lately:
    """What came in the last minutes. Each row is read once: all of them for each SMS would be thousands of rows
    twenty times a second, on the loop that answers the gateways.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = Lock()
        self._read: _Read | None = None
        self._came: deque[Came] = deque()
        """In the order it was read."""
        self._by: defaultdict[tuple[str, str | int | None], deque[Came]] = defaultdict(deque)
        """By gateway and number, and by gateway and port, as the callbacks told them."""

    def of(self, gateway: str, heard: Overheard) -> tuple[list[Came], _Read]:
        """What may have brought an SMS, and up to where that was read. Raises StoreError."""
        with self._lock:
            read = self._read_on(heard.at - BEFORE)
            number, port = heard.callback.number, port_number(heard.callback.port)
            among: Iterable[Came] = self._came
            # A number of other characters may have been read in another charset.
            if (number.isascii() if number else port is not None) and not heard.doubted:
                told, untold = (number, "") if number else (port, None)
                keys = [(place, what) for place in (gateway, "") for what in (told, untold)]
                among = (row for key in keys for row in self._by.get(key, ()))
            return _near(gateway, heard, among), read

    def _read_on(self, since: float) -> _Read:
        """`since` is in Unix seconds UTC; what came before is let go."""
        ends = _Read(*self._rows(_ENDS, ())[0])
        read = self._read
        if read is None or ends.entry < read.entry or ends.part < read.part:
            # Nothing was read yet, or the ids began anew: all rows were removed, or another database is in their place.
            self._came.clear()
            self._by.clear()
            read = _Read(ends.entry - MOST, ends.part - MOST)
        came, self._read = _read(self._rows, read)
        for row in came:
            self._came.append(row)
            for key in _keys(row):
                self._by[key].append(row)
        while self._came and (len(self._came) > MOST or self._came[0].at < since):
            for key in _keys(self._came.popleft()):
                self._by[key].popleft()
                if not self._by[key]:
                    del self._by[key]
        return self._read


def _keys(row: Came) -> tuple[tuple[str, str], tuple[str, int | None]]:
    return (row.gateway, row.callback.number), (row.gateway, port_number(row.callback.port))


def _read(rows: Rows, read: _Read) -> tuple[list[Came], _Read]:
    """What came after the rows read so far, and up to where these go."""
    entries = rows(_ENTRIES, (read.entry, *_COMING))
    parts = rows(_PARTS, (read.part, *_COMING))
    came = [Came(row[1], row[2], callback_of(row), row[14]) for row in (*entries, *parts)]
    return came, _Read(entries[-1][0] if entries else read.entry, parts[-1][0] if parts else read.part)


def _near(gateway: str, heard: Overheard, came: Iterable[Came]) -> list[Came]:
    """Of one gateway or of nobody knows which, from around the time it was heard."""
    return [row for row in came if row.gateway in {gateway, ""} and row.at >= heard.at - BEFORE]
