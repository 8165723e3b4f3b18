"""How callbacks become entries of the inbox: repetitions fold, pieces join, and every one of them is kept.

The first callback of an entry is its row in `inbox`; what repeats or continues it goes to `attached`, and the entry
counts it. So entries never merge and their ids stay without gaps.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from console.domain.messages import Callback, CallbackKind
from console.protocol.sms.joining import (
    MAX_PIECES,
    NEAR,
    Declared,
    Piece,
    are_one,
    compete,
    declared_part,
    gateway_seconds,
    in_order,
    missing,
)
from console.protocol.sms.part_sizes import may_fill
from console.protocol.text.port_names import port_number
from console.store.inbox import search_index
from console.store.inbox.callbacks import COLUMNS, callback_of, piece_of, row_of
from console.store.ports import totals

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


KEPT = 10_000
"""SMS remembered: a quarter of an hour at eleven a second."""

_LOOKED_AT = 32
"""Of one sender, for one new SMS."""


class Noted(NamedTuple):
    """One SMS."""

    entry: int
    """Id in the inbox."""
    content: int
    """Hash of all in which a repetition is the same."""
    sender: int
    """Hash of all in which the parts of one SMS are the same."""
    at: float
    """Seconds of the gateway's clock, or of ours where it does not tell."""
    fills: bool
    """As long as a part that others follow."""


class Recent:
    """Belongs to the writing thread. What is noted in a transaction is kept or undone with it.

    A ring of columns of plain numbers rather than of records: ten thousand records would be walked by every full
    garbage collection, while a callback waits, and take three times the room. Each SMS has a number and stands in the
    slot of its number. It is found by chains, one for each remainder of the hash, from the newest back: a number that
    is no longer kept ends one.
    """

    def __init__(self, *, kept: int = KEPT) -> None:
        self.newest = 0
        """Id up to which the inbox is noted."""
        self.attached = 0
        """The same of what repeats or continues its entries."""
        self._kept = kept
        self._last = 0
        self._last_kept = 0
        self._newest_kept = 0
        self._attached_kept = 0
        self._entry = array("q", bytes(8 * kept))
        self._content = array("q", bytes(8 * kept))
        self._sender = array("q", bytes(8 * kept))
        self._at = array("d", bytes(8 * kept))
        self._fills = bytearray(kept)
        self._chains = kept | 1
        self._newest_of_content = array("q", bytes(8 * self._chains))
        self._newest_of_sender = array("q", bytes(8 * self._chains))
        self._before_in_content = array("q", bytes(8 * kept))
        self._before_in_sender = array("q", bytes(8 * kept))

    @property
    def capacity(self) -> int:
        """How many it remembers."""
        return self._kept

    def note(self, noted: Noted) -> None:
        """Remember it, and forget the oldest instead."""
        self._last = number = self._last + 1
        slot = number % self._kept
        entry, content, sender, at, fills = noted
        self._entry[slot] = entry
        self._content[slot] = content
        self._sender[slot] = sender
        self._at[slot] = at
        self._fills[slot] = fills
        chain = content % self._chains
        self._before_in_content[slot], self._newest_of_content[chain] = self._newest_of_content[chain], number
        chain = sender % self._chains
        self._before_in_sender[slot], self._newest_of_sender[chain] = self._newest_of_sender[chain], number

    def keep(self) -> None:
        """What was noted is committed."""
        self._last_kept = self._last
        self._newest_kept, self._attached_kept = self.newest, self.attached

    def undo(self) -> None:
        """What was noted since `keep` was rolled back."""
        for number in range(self._last, max(self._last_kept, self._last - self._kept), -1):
            slot = number % self._kept
            self._newest_of_content[self._content[slot] % self._chains] = self._before_in_content[slot]
            self._newest_of_sender[self._sender[slot] % self._chains] = self._before_in_sender[slot]
        # The numbers are not given again: what they took the slots of is forgotten.
        self.newest, self.attached = self._newest_kept, self._attached_kept

    def same(self, content: int) -> int | None:
        """The entry that the newest SMS of this content belongs to."""
        number = self._newest_of_content[content % self._chains]
        while number > self._oldest:
            slot = number % self._kept
            if self._content[slot] == content:
                return self._entry[slot]
            number = self._before_in_content[slot]
        return None

    def near(self, sender: int, at: float, distance: float, *, only_filling: bool) -> list[int]:
        """Entries of a sender's last SMS at most `distance` seconds from `at`, the newest first."""
        entries: dict[int, None] = {}
        number, left, oldest = self._newest_of_sender[sender % self._chains], _LOOKED_AT, self._oldest
        while left and number > oldest:
            slot = number % self._kept
            if self._sender[slot] == sender:
                left -= 1
                if abs(self._at[slot] - at) <= distance and (self._fills[slot] or not only_filling):
                    entries[self._entry[slot]] = None
            number = self._before_in_sender[slot]
        return list(entries)

    @property
    def _oldest(self) -> int:
        """The number behind which all are kept."""
        return max(0, self._last - self._kept)


FOLDED_WITHIN = 6 * 3_600.0
"""Seconds in which a callback is a repetition of an earlier one: wget tries twenty times, a quarter of an hour
each at the most.
"""

FOLDED_WITHOUT_TIME = 60.0
"""The same where the gateway tells no time: then the text alone may well be sent twice."""

JOINED_WITHIN = 600.0
"""Seconds in which the parts of a long SMS must reach us, where they are not numbered."""

NUMBERED_WITHIN = 86_400.0
"""The same where the gateway numbers them."""

_MARKS = ", ".join("?" * 14)
_INSERT = f"INSERT INTO inbox ({COLUMNS}, read) VALUES (?, {_MARKS}, ?)"  # noqa: S608
_ATTACH = f"INSERT INTO attached ({COLUMNS}, entry, part, copy) VALUES (NULL, {_MARKS}, ?, ?, ?)"  # noqa: S608
_NEWEST = "SELECT coalesce((SELECT max(id) FROM inbox), (SELECT value FROM tally WHERE name = 'inbox removed'))"
_NEWEST_ATTACHED = "SELECT coalesce(max(id), 0) FROM attached"
_RECENT_COLUMNS = "gateway, port, number, text, gateway_time, received_at, raw"
_RECENT = f"SELECT id, {_RECENT_COLUMNS} FROM inbox WHERE id > ? AND kind = 'sms' ORDER BY id"  # noqa: S608
_RECENT_PARTS = f"SELECT entry, {_RECENT_COLUMNS} FROM attached WHERE id > ? AND copy = 0 ORDER BY id"  # noqa: S608
_ENTRY = f"SELECT {COLUMNS}, apart, read, copies, parts FROM inbox WHERE id = ?"  # noqa: S608
_PIECES = f"SELECT {COLUMNS} FROM attached WHERE entry = ? AND part BETWEEN 2 AND ? AND copy = 0 ORDER BY part"  # noqa: S608


class Entries:
    """Belongs to the writing thread."""

    def __init__(self, *, join_parts: bool = True, recent: Recent | None = None) -> None:
        """`join_parts`: whether pieces that look like one long SMS are joined. Numbered ones always are."""
        self.recent = Recent() if recent is None else recent
        self._join_parts = join_parts
        self._unread = 0
        """So many more, to be told in one at the end of the transaction."""

    def add(self, connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes) -> int:
        """Keep an SMS or an unreadable callback; the id of its entry."""
        new = self.recent.newest + 1
        declared = None
        if callback.kind is CallbackKind.SMS:
            declared = declared_part(raw)
            noted = _noted(new, gateway, at, callback, declared)
            entry = self._fold_or_join(connection, gateway, at, callback, raw, noted)
            if entry is not None:
                self.recent.attached = _number(connection, _NEWEST_ATTACHED)
                return entry
            self.recent.note(noted)
            totals.received(connection, gateway, callback)
        connection.execute(_INSERT, (new, *row_of(gateway, at, callback, raw), 0))
        if declared is not None:
            connection.execute("UPDATE inbox SET missing = ? WHERE id = ?", (declared.total - 1, new))
        self._unread += 1
        self.recent.newest = new
        return new

    def add_gap(self, connection: sqlite3.Connection, since: float, until: float) -> int:
        """An entry that says that nobody listened. There is nothing in it to read, so it is read."""
        newest = self.recent.newest
        gap = Callback(CallbackKind.GAP, reason="Nothing was receiving.")
        connection.execute(_INSERT, (newest + 1, *row_of("", until, gap, b""), 1))
        connection.execute("UPDATE inbox SET since = ? WHERE id = ?", (since, newest + 1))
        self.recent.newest = newest + 1
        return newest + 1

    def begun(self, connection: sqlite3.Connection) -> None:
        """Call at the start of each transaction: note what another process, or an earlier one, added."""
        recent = self.recent
        newest, attached = _number(connection, _NEWEST), _number(connection, _NEWEST_ATTACHED)
        if (newest, attached) == (recent.newest, recent.attached):
            return
        for sql, known, last in ((_RECENT, recent.newest, newest), (_RECENT_PARTS, recent.attached, attached)):
            for row in connection.execute(sql, (max(known, last - recent.capacity),)):
                entry, gateway, port, number, text, gateway_time, at, raw = row
                callback = Callback(CallbackKind.SMS, number, text, port, gateway_time=gateway_time)
                noted = _noted(entry, gateway, at, callback, declared_part(raw))
                recent.note(noted if sql is _RECENT else noted._replace(fills=True))
        recent.newest, recent.attached = newest, attached
        recent.keep()

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Call behind the last write of a transaction."""
        if self._unread:
            connection.execute("UPDATE tally SET value = value + ? WHERE name = 'unread'", (self._unread,))

    def committed(self) -> None:
        """Call once the transaction is on the disk."""
        self._unread = 0
        self.recent.keep()

    def rolled_back(self) -> None:
        """Call when the transaction left nothing behind."""
        self._unread = 0
        self.recent.undo()

    def _fold_or_join(
        self,
        connection: sqlite3.Connection,
        gateway: str,
        at: float,
        callback: Callback,
        raw: bytes,
        noted: Noted,
    ) -> int | None:
        """Attach the callback to the entry it repeats or continues; None when it is a new one.

        One that may go on several entries goes on none. Where it goes on none, and may be the last part of one that
        has a last part already, the parts of that are taken apart.
        """
        same = self.recent.same(noted.content)
        near = self.recent.near(noted.sender, noted.at, NEAR, only_filling=not noted.fills)
        candidates = dict.fromkeys([*([] if same is None else [same]), *near])
        groups = [group for entry in candidates if (group := _Group.load(connection, entry)) is not None]
        for group in groups:
            part = group.part_like(gateway, at, callback, raw)
            if part is not None:
                group.attach_copy(connection, gateway, at, callback, raw, part)
                return group.entry
        piece = piece_of(at, callback, raw)
        joinable = [group for group in groups if self._may_join(group, at, piece)]
        fitting = [group for group in joinable if are_one([*group.pieces, piece])]
        if len(fitting) == 1 or (fitting and piece.declared is not None):
            group = fitting[0]
            self._unread += group.attach_part(connection, gateway, at, callback, raw)
            self.recent.note(Noted(group.entry, noted.content, noted.sender, noted.at, fills=True))
            return group.entry
        for group in joinable:
            if not fitting and compete(group.pieces, piece):
                self._unread += group.take_apart(connection)
        return None

    def _may_join(self, group: _Group, at: float, piece: Piece) -> bool:
        """Whether it came in time, and nothing speaks against joining."""
        if piece.declared is not None:
            return abs(at - group.last_at) <= NUMBERED_WITHIN
        return self._join_parts and not group.is_apart and abs(at - group.last_at) <= JOINED_WITHIN


class _Group:
    """An entry with the pieces it has so far."""

    def __init__(self, row: Sequence[Any], others: Sequence[Sequence[Any]]) -> None:
        self.entry: int = row[0]
        self.is_apart = bool(row[-4])
        self._read = bool(row[-3])
        self._copies: int = row[-2]
        self._rows = [row, *others]
        self.pieces = [piece_of(piece[2], callback_of(piece), piece[14]) for piece in self._rows]
        self.last_at = max(float(piece[2]) for piece in self._rows)

    @classmethod
    def load(cls, connection: sqlite3.Connection, entry: int) -> _Group | None:
        """None when the entry is gone."""
        row = connection.execute(_ENTRY, (entry,)).fetchone()
        if row is None or row[3] != CallbackKind.SMS.value or row[-1] >= MAX_PIECES:
            return None
        others = connection.execute(_PIECES, (entry, row[-1])).fetchall() if row[-1] > 1 else ()
        return cls(row, others)

    def part_like(self, gateway: str, at: float, callback: Callback, raw: bytes) -> int | None:
        """Number of the piece that the callback repeats."""
        within = FOLDED_WITHOUT_TIME if gateway_seconds(callback.gateway_time) is None else FOLDED_WITHIN
        port = _port(callback)
        for part, row in enumerate(self._rows, start=1):
            known = callback_of(row)
            if (
                row[1] == gateway
                and abs(at - row[2]) <= within
                and (known.number, _port(known), known.text, known.gateway_time)
                == (callback.number, port, callback.text, callback.gateway_time)
                and declared_part(row[14]) == declared_part(raw)
            ):
                return part
        return None

    def attach_copy(
        self, connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes, part: int
    ) -> None:
        """Keep a repetition. Whoever has read the entry has read this."""
        copy = 1 + _number(
            connection,
            "SELECT coalesce(max(copy), 0) FROM attached WHERE entry = ? AND part = ?",
            self.entry,
            part,
        )
        connection.execute(_ATTACH, (*row_of(gateway, at, callback, raw), self.entry, part, copy))
        connection.execute("UPDATE inbox SET copies = ? WHERE id = ?", (max(self._copies, copy + 1), self.entry))

    def attach_part(
        self, connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes
    ) -> int:
        """Keep a further piece, and join the text anew. It is unread again: by how many more are."""
        search_index.will_change(connection, self.entry)
        pieces = [*self.pieces, piece_of(at, callback, raw)]
        connection.execute(_ATTACH, (*row_of(gateway, at, callback, raw), self.entry, len(pieces), 0))
        connection.execute(
            "UPDATE inbox SET parts = ?, missing = ?, joined = ?, read = 0 WHERE id = ?",
            (len(pieces), missing(pieces), "".join(piece.text for piece in in_order(pieces)), self.entry),
        )
        return int(self._read)

    def take_apart(self, connection: sqlite3.Connection) -> int:
        """Show the pieces apart, unless a person has said how. It is unread again then: by how many more are."""
        changed = connection.execute(
            "UPDATE inbox SET apart = 1, read = 0 WHERE id = ? AND apart IS NULL", (self.entry,)
        ).rowcount
        return int(self._read) * changed


def _noted(entry: int, gateway: str, at: float, callback: Callback, declared: Declared | None) -> Noted:
    if declared is None:
        sender = hash((gateway, _port(callback), callback.number))
        seconds = gateway_seconds(callback.gateway_time)
        moment, fills = at if seconds is None else seconds, may_fill(callback.text)
    else:
        sender = hash((gateway, _port(callback), callback.number, declared.reference, declared.total))
        moment, fills = 0.0, True
    return Noted(entry, hash((sender, callback.text, callback.gateway_time, declared)), sender, moment, fills)


def _port(callback: Callback) -> int | str:
    """The same for `3` and `gsm-1.3`: one firmware may write either, in the callback and over AMI."""
    return port_number(callback.port) or callback.port


def _number(connection: sqlite3.Connection, sql: str, *parameters: object) -> int:
    return int(connection.execute(sql, parameters).fetchone()[0])
