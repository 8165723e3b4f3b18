"""Which SIM belongs in each port, and which was seen there last: they differ until a person says that it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind
from console.domain.audit import NEW_SIM
from console.domain.ports import PortSim
from console.protocol.text.port_names import port_number
from console.store import audit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.domain.ports import Place
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

_COLUMNS = "gateway, port, imsi, seen, seen_at"
_ALL = f"SELECT {_COLUMNS} FROM port_sim"  # noqa: S608
_ONE = f"{_ALL} WHERE gateway = ? AND port = ?"
# An update of what is there, not another row in its place: who watches for a change is told both.
_KEEP = (
    f"INSERT INTO port_sim ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) "  # noqa: S608
    "ON CONFLICT (gateway, port) DO UPDATE SET imsi = excluded.imsi, seen = excluded.seen, seen_at = excluded.seen_at"
)
_ACCEPT = "UPDATE port_sim SET imsi = seen WHERE gateway = ? AND port = ?"
# What an alarm says of a SIM that is gone again must not be taken for a word on the one that is there now.
_OVER = (
    "UPDATE alarm SET cleared_at = max(?, raised_at) WHERE kind = ? AND gateway = ? AND port = ? AND cleared_at IS NULL"
)
_NEWEST = "SELECT coalesce(max(id), 0) FROM inbox"
_CALLED = (
    "SELECT port, imsi FROM inbox WHERE id > ? AND id <= ? AND gateway = ? AND kind = 'sms' AND imsi <> '' ORDER BY id"
)


class PortSimsReader:
    """Reads, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def all(self) -> dict[Place, PortSim]:
        """By gateway and port."""
        return {(row[0], row[1]): PortSim(*row) for row in self._rows(_ALL, ())}


class PortSims(PortSimsReader):
    """Reads and writes. A write resolves once it is durable."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock) -> None:
        super().__init__(rows)
        self._submit = submit
        self._clock = clock

    def newest(self) -> int:
        """The inbox id from which `called` may go on."""
        return int(self._rows(_NEWEST, ())[0][0])

    def called(self, gateway: str, after: int, until: int) -> dict[int, str]:
        """The SIM in each port by the calls that a gateway made, of inbox ids in `after` < id <= `until`."""
        found = ((port_number(port), imsi) for port, imsi in self._rows(_CALLED, (after, until, gateway)))
        return {port: imsi for port, imsi in found if port is not None}

    def see(self, seen: Mapping[Place, str]) -> Future[None]:
        """These SIMs are in these ports now. One that is not the one before is in the audit."""
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> None:
            for (gateway, port), imsi in seen.items():
                row = connection.execute(_ONE, (gateway, port)).fetchone()
                known = PortSim(gateway, port, imsi, imsi, at) if row is None else PortSim(*row)
                if row is not None and known.seen == imsi:
                    continue
                connection.execute(_KEEP, (gateway, port, known.imsi, imsi, at))
                if row is not None:
                    words = f"IMSI {imsi}, before IMSI {known.seen}"
                    audit.write(connection, at, "console", NEW_SIM, f"{gateway} port {port}", words)
                    connection.execute(_OVER, (at, AlarmKind.OTHER_SIM.code, gateway, port))

        return self._submit(keep)


def accept(connection: sqlite3.Connection, gateway: str, port: int) -> str:
    """A person says that the SIM which was seen last belongs there; its IMSI."""
    connection.execute(_ACCEPT, (gateway, port))
    row = connection.execute(_ONE, (gateway, port)).fetchone()
    return "" if row is None else str(row[2])
