"""Presence as the store keeps it, for several processes, played by a plain class."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.presence import Presence
from console.errors import StoreError

if TYPE_CHECKING:
    from tests.support.backend import FixedClock


class Presences:
    """What all processes see."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.rows: dict[tuple[str, str], Presence] = {}

    def of(self, owner: str) -> ProcessStore:
        """The store as one process has it."""
        return ProcessStore(self, owner)


class ProcessStore:
    """One process's store."""

    def __init__(self, presences: Presences, owner: str) -> None:
        self._all = presences
        self.owner = owner
        self.fails = False
        self.gaps: list[str] = []

    def beat(self, role: str, address: str = "") -> Future[None]:
        now = self._all.clock.time()
        old = self._all.rows.get((role, self.owner))
        since = old.since if old is not None and not old.released else now
        self._all.rows[role, self.owner] = Presence(role, self.owner, 4711, self.owner, address, since, now)
        return _done()

    def open_gap_if_stale(self, role: str, grace: float) -> Future[int | None]:
        self.gaps.append(role)
        future: Future[int | None] = Future()
        future.set_result(None)
        return future

    def release(self, role: str) -> Future[None]:
        row = self._all.rows.get((role, self.owner))
        if row is not None and not row.released:
            self._all.rows[role, self.owner] = replace(row, at=self._all.clock.time(), released=True)
        return _done()

    def presences(self, role: str) -> list[Presence]:
        if self.fails:
            raise StoreError("the database is locked")
        return [row for row in self._all.rows.values() if row.role == role]

    def presence(self, role: str) -> Presence | None:
        if self.fails:
            raise StoreError("the database is locked")
        rows = sorted(
            (row for row in self._all.rows.values() if row.role == role), key=lambda row: (row.released, -row.at)
        )
        return rows[0] if rows else None


def _done() -> Future[None]:
    future: Future[None] = Future()
    future.set_result(None)
    return future
