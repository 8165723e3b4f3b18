"""How each port was, every few minutes: kept for two weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.ports import PortHealth, PortSample

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from console.domain.ports import Place
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

KEPT = 14 * 86_400.0
"""Seconds for which samples are kept: 4,032 of a port at one in five minutes."""

_SAMPLES = "SELECT at, signal, health FROM port_sample WHERE gateway = ? AND port = ? AND at >= ? ORDER BY at"
_NEWEST = "SELECT gateway, port, max(at), signal, health FROM port_sample WHERE at >= ? GROUP BY gateway, port"
_OLD = "DELETE FROM port_sample WHERE gateway = ? AND port = ? AND at < ?"
_HEALTH = {health.value: health for health in PortHealth}


class PortSamplesReader:
    """Reads the samples, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, gateway: str, port: int, since: float) -> list[PortSample]:
        """Those of one port since then (Unix seconds UTC), oldest first."""
        return [_sample(row) for row in self._rows(_SAMPLES, (gateway, port, since))]

    def newest(self, since: float) -> dict[Place, PortSample]:
        """The last one of each port since then, by gateway and port."""
        return {(row[0], row[1]): _sample(row[2:]) for row in self._rows(_NEWEST, (since,))}


class PortSamples(PortSamplesReader):
    """Reads the samples, and keeps them."""

    def __init__(self, rows: Rows, submit: Submit) -> None:
        super().__init__(rows)
        self._submit = submit

    def add_all(self, gateway: str, samples: Mapping[int, PortSample]) -> Future[None]:
        """Keep a sample of each port, in one write that raises no revision, and forget what is older than `KEPT`.

        A second sample of the same port and second, as of another console on this store, changes nothing.
        """
        rows = [(gateway, port, int(sample.at), sample.signal, sample.health.value) for port, sample in samples.items()]
        old = [(gateway, port, int(sample.at - KEPT)) for port, sample in samples.items()]

        def keep(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR IGNORE INTO port_sample VALUES (?, ?, ?, ?, ?)", rows)
            connection.executemany(_OLD, old)

        return self._submit(keep, quiet=True)


def _sample(row: Sequence[Any]) -> PortSample:
    at, signal, health = row
    # A later version may know more words.
    return PortSample(float(at), signal, _HEALTH.get(health, PortHealth.UNKNOWN))
