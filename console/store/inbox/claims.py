"""Who looks after which message of the inbox, and who has done with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from console.domain.audit import Deed, user_of
from console.domain.messages import Claim, Claimed
from console.store.audit import write
from console.store.undo import Done, Past, Watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.inbox.search import Rows

_COLUMNS = "entry, operator, claimed_at, done_at, done_by"
_ONE = f"SELECT {_COLUMNS} FROM claim WHERE entry = ?"  # noqa: S608
_KEEP = f"INSERT OR REPLACE INTO claim ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
_AT_ONCE = 500


class ClaimsReader:
    """Reads the claims, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, entries: Iterable[int]) -> dict[int, Claim]:
        """The claims of these entries of the inbox, by entry; those that nobody has claimed or done are left out."""
        wanted = list(entries)
        found: dict[int, Claim] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT {_COLUMNS} FROM claim WHERE entry IN ({marks})", some)  # noqa: S608
            found.update((row[0], _claim_of(row)) for row in rows)
        return found


class Claims(ClaimsReader):
    """Reads the claims, and changes them. Each change is in the audit; what changes nothing is not.

    Two consoles may change one claim at the same time. So each says in `seen` whose claim its operator saw: where that
    is not true any more nothing is changed, and the future resolves to the claim as it is.
    """

    def __init__(self, rows: Rows, past: Past, clock: Clock) -> None:
        super().__init__(rows)
        self._past = past
        self._clock = clock

    def claim(self, entry: int, operator: str, *, seen: Claim | None = None) -> Future[Claim | None]:
        """Let `operator` look after an entry, in place of who did as `seen`; also one that was done with.

        Resolves to the claim as it is then; None where there is no such entry.
        """
        return self._change(Deed.CLAIM, entry, operator, seen)

    def done(self, entry: int, operator: str, *, seen: Claim | None = None) -> Future[Claim | None]:
        """Say that an entry is done with, whoever had claimed it as `seen`; it stays so until it is claimed anew.

        Resolves to the claim as it is then; None where there is no such entry.
        """
        return self._change(Deed.DONE, entry, operator, seen)

    def release(self, entry: int, operator: str, *, seen: Claim | None = None) -> Future[Claim | None]:
        """Leave an entry to whoever takes it; nobody has done with it either. Resolves to None then."""
        return self._change(Deed.RELEASE, entry, operator, seen)

    def change_all(self, deed: Deed, seen: Mapping[int, Claim | None], operator: str) -> Future[Claimed]:
        """The same for many at once, by entry with the claim that was seen: one write, and one deed to take back."""
        at, act = self._clock.time(), _ACTS[deed]

        def change(connection: sqlite3.Connection) -> tuple[Claimed, Done | None]:
            changed: list[Watched] = []
            others: list[Claim] = []
            for entry, claim in seen.items():
                row = Watched(connection, "claim", entry)
                before = None if row.before is None else _claim_of(row.before)
                if before is not None and before != claim and not _is_own(before, operator):
                    others.append(before)
                    continue
                if act(connection, before, entry, operator, at) != before:
                    changed.append(row)
            one = changed[0].key[0] if len(changed) == 1 else None
            target = "inbox entries" if one is None else _sender(connection, one)
            done = Done(deed, target, at, changed, each=one is None)
            return Claimed(len(changed), tuple(others)), done if done.note(connection) else None

        return self._past.submit(change)

    def _change(self, deed: Deed, entry: int, operator: str, seen: Claim | None) -> Future[Claim | None]:
        at, act = self._clock.time(), _ACTS[deed]

        def look_and_act(connection: sqlite3.Connection) -> tuple[Claim | None, Done | None]:
            row = connection.execute(_ONE, (entry,)).fetchone()
            before = None if row is None else _claim_of(row)
            if before is not None and before != seen and not _is_own(before, operator):
                return before, None
            done = Done(deed, _sender(connection, entry), at, [Watched(connection, "claim", entry)])
            after = act(connection, before, entry, operator, at)
            return after, done if done.note(connection) else None

        return self._past.submit(look_and_act)


def change_unclaimed(connection: sqlite3.Connection, deed: Deed, entry: int, operator: str, at: float) -> None:
    """Claim an entry that nobody has claimed or done, or say that it is done; another's stays as it is."""
    row = connection.execute(_ONE, (entry,)).fetchone()
    if row is None or _is_own(_claim_of(row), operator):
        _ACTS[deed](connection, None if row is None else _claim_of(row), entry, operator, at)


def _take(connection: sqlite3.Connection, before: Claim | None, entry: int, operator: str, at: float) -> Claim | None:
    if not _is_there(connection, entry):
        return None
    if before is None or before.done_at is not None or user_of(before.operator) != user_of(operator):
        instead = f"instead of {before.operator}" if before is not None and before.operator != operator else ""
        return _keep(connection, Claim(entry, operator, at), at, operator, "claim", instead)
    return before


def _finish(connection: sqlite3.Connection, before: Claim | None, entry: int, operator: str, at: float) -> Claim | None:
    if not _is_there(connection, entry):
        return None
    if before is not None and before.done_at is not None:
        return before
    claimed = before or Claim(entry, operator, at)
    finished = Claim(entry, claimed.operator, claimed.claimed_at, at, operator)
    return _keep(connection, finished, at, operator, "done", "")


def _let_go(connection: sqlite3.Connection, before: Claim | None, entry: int, operator: str, at: float) -> None:
    if before is not None:
        connection.execute("DELETE FROM claim WHERE entry = ?", (entry,))
        whose = f"claimed by {before.operator}" if before.operator != operator else ""
        write(connection, at, operator, "release", _target(entry), whose)


_Act = Callable[[sqlite3.Connection, "Claim | None", int, str, float], "Claim | None"]

_ACTS: dict[Deed, _Act] = {Deed.CLAIM: _take, Deed.DONE: _finish, Deed.RELEASE: _let_go}
"""What each does to the claim that is there, for an operator and at a time; returns the claim as it is then."""


def _is_own(claim: Claim, operator: str) -> bool:
    """Nobody else has a say in it."""
    return {user_of(claim.operator), user_of(claim.done_by or claim.operator)} == {user_of(operator)}


def _keep(connection: sqlite3.Connection, claim: Claim, at: float, operator: str, action: str, detail: str) -> Claim:
    values = (claim.entry, claim.operator, claim.claimed_at, claim.done_at, claim.done_by)
    connection.execute(_KEEP, values)
    write(connection, at, operator, action, _target(claim.entry), detail)
    return claim


def _is_there(connection: sqlite3.Connection, entry: int) -> bool:
    return connection.execute("SELECT 1 FROM inbox WHERE id = ?", (entry,)).fetchone() is not None


def _sender(connection: sqlite3.Connection, entry: object) -> str:
    """Who wrote it; empty where it is not there."""
    found = connection.execute("SELECT number FROM inbox WHERE id = ?", (entry,)).fetchone()
    return found[0] if found else ""


def _target(entry: int) -> str:
    return f"inbox entry {entry}"


def _claim_of(row: Sequence[Any]) -> Claim:
    return Claim(*row)
