"""What is committed, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.config.records import NO_REGIONS
from console.domain.messages import DeliveryState, Evidence, InboxMessage, OutboxMessage, PortCounts
from console.domain.ports import KeptPort, PortPast
from console.errors import StoreError
from console.store import presence
from console.store.alarms import AlarmsReader
from console.store.audit import AuditReader
from console.store.contacts import ContactsReader
from console.store.engine.connections import Connections
from console.store.engine.opening import bring_up_to_date
from console.store.figures import FiguresReader
from console.store.inbox import callbacks
from console.store.inbox.claims import ClaimsReader
from console.store.inbox.reader import InboxReader
from console.store.opt_outs import OptOutsReader
from console.store.outbox import messages as outbox
from console.store.outbox.reader import OutboxReader
from console.store.outbox.sending import BatchesReader
from console.store.outbox.wire_id import LONGEST, WireId
from console.store.ports.history import SPAN, PortHistory
from console.store.ports.notes import PortNotesReader
from console.store.ports.samples import PortSamplesReader
from console.store.ports.sims import PortSimsReader
from console.store.rules import RulesReader
from console.store.ussd import UssdReader
from console.store.views import ViewsReader

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from console.config import Regions
    from console.domain.clock import Clock
    from console.domain.presence import Presence
    from console.store.engine.guard import Guard

# Column lists are constants of this package; whatever comes from outside is bound.
_NOTICE = f"SELECT {callbacks.COLUMNS} FROM notice WHERE"  # noqa: S608
_OF_NONE = "message_id IS NULL AND asked = '' AND repeated = 0"
_OUTBOX = f"SELECT {outbox.COLUMNS} FROM outbox WHERE"  # noqa: S608
_OUTBOX_SLICE = f"{_OUTBOX} id <= (SELECT max(id) FROM outbox) - ? ORDER BY id DESC LIMIT ?"  # noqa: S608
_EVIDENCE = f"{outbox.EVIDENCE} WHERE message_id = ? ORDER BY id"
_PRESENCE = f"SELECT {presence.COLUMNS} FROM presence WHERE role = ?"  # noqa: S608


class Reader(InboxReader):
    """Reads, from any thread. Lists are newest first; a position counts from the newest, from 0.

    Every read raises StoreError when the database can't be read.
    """

    def __init__(self, path: Path, *, regions: Regions = NO_REGIONS, busy_timeout: float = 5.0) -> None:
        """`regions` as of `InboxReader`."""
        self.path = path
        self._connections = Connections(path, busy_timeout=busy_timeout)
        self._guard: Guard | None = None
        super().__init__(self._connections.rows, regions)
        self.alarms = AlarmsReader(self._rows)
        """What is and was wrong."""
        self.audit = AuditReader(self._rows)
        """Who did what."""
        self.claims = ClaimsReader(self._rows)
        """Who looks after which entry of the inbox."""
        self.contacts = ContactsReader(self._rows, regions=regions)
        """Names for numbers."""
        self.opt_outs: OptOutsReader = OptOutsReader(self._rows, regions)
        """Who asked for no more messages."""
        self.views = ViewsReader(self._rows)
        """Searches of the inbox that have a name."""
        self.ussd = UssdReader(self._rows)
        """USSD codes and their answers."""
        self.outbox: OutboxReader = OutboxReader(self._rows, regions)
        """The outbox as people look through it."""
        self.figures: FiguresReader = FiguresReader(self._rows, regions)
        """How many were sent, and how far they came."""
        self.sending: BatchesReader = BatchesReader(self._rows)
        """Batches."""
        self.port_notes: PortNotesReader = PortNotesReader(self._rows)
        """What colleagues should know of a port."""
        self.port_samples: PortSamplesReader = PortSamplesReader(self._rows)
        """How each port was."""
        self.port_sims: PortSimsReader = PortSimsReader(self._rows)
        """Which SIM belongs in each port."""
        self.rules: RulesReader = RulesReader(self._rows)
        """How far rules have come."""

    @classmethod
    def open_existing(cls, path: Path, *, regions: Regions = NO_REGIONS) -> Reader:
        """Read a database that is there already, written by this version or an earlier one. Raises StoreError."""
        if not path.exists():
            raise StoreError(
                f"there is no database {path}",
                hint="The console or the receiver creates it; check `database` in the configuration.",
            )
        bring_up_to_date(path)
        return cls(path, regions=regions)

    def kept_ports(self, clock: Clock, gateways: Collection[str] | None, midnight: float) -> list[KeptPort]:
        """Each port of these gateways that something is written down of, in order; of all gateways that were ever
        monitored where None. `midnight` is when the day began, Unix seconds UTC.
        """
        now = clock.time()
        samples, sims = self.port_samples.newest(now - SPAN), self.port_sims.all()
        known = gateways if gateways is not None else {gateway for gateway, _ in (*samples, *sims)}
        history, found = PortHistory(self._rows, clock), list[KeptPort]()
        for name in sorted(known):
            notes, past = self.port_notes.of(name), history.past(name)
            (today,) = history.counts(name, (midnight, now + 60))
            of_it = {port for gateway, port in (*samples, *sims) if gateway == name}
            for port in sorted(of_it | notes.keys() | past.keys()):
                place = name, port
                found.append(
                    KeptPort(
                        *(name, port, samples.get(place), sims.get(place), notes.get(port)),
                        *(past.get(port, PortPast()), today.get(port, PortCounts())),
                    )
                )
        return found

    def unmatched(self, first: int, count: int) -> list[InboxMessage]:
        """Results and reports that belong to no message of ours. Their ids are not ids of the inbox."""
        rows = self._rows(f"{_NOTICE} {_OF_NONE} ORDER BY id DESC LIMIT ? OFFSET ?", (count, first))
        return [callbacks.notice_of(row) for row in rows]

    def outbox_slice(self, first: int, count: int) -> list[OutboxMessage]:
        """As `inbox_slice`, of the outbox."""
        rows = self._rows(_OUTBOX_SLICE, (first, count))
        return [outbox.message_of(row) for row in rows]

    def outbox_count(self) -> int:
        """Messages in whatever state."""
        return self._number("SELECT coalesce((SELECT max(id) FROM outbox) - (SELECT min(id) FROM outbox) + 1, 0)")

    def outbox_message(self, message_id: int) -> OutboxMessage | None:
        """One message by its id."""
        rows = self._rows(f"{_OUTBOX} id = ?", (message_id,))
        return outbox.message_of(rows[0]) if rows else None

    def outbox_in(self, *states: DeliveryState) -> list[OutboxMessage]:
        """All messages in any of these states, oldest first: what is still to be sent, or waited for."""
        marks = ", ".join("?" * len(states))
        rows = self._rows(f"{_OUTBOX} state IN ({marks}) ORDER BY id", [state.value for state in states])
        return [outbox.message_of(row) for row in rows]

    def outbox_states(self) -> dict[DeliveryState, int]:
        """How many messages are in each state; every state is there. An index has it: 35 ms for a million of them."""
        rows = self._rows("SELECT state, count(*) FROM outbox GROUP BY state", ())
        return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): number for state, number in rows}

    def find_outbox(self, gateway: str, wire_id: str) -> OutboxMessage | None:
        """The message that went to `gateway` with this id; None for an id that is not ours."""
        known = WireId.parse(wire_id)
        if known is None:
            return None
        rows = self._rows(
            f"{_OUTBOX} id = ? AND token = ? AND gateway = ? AND via <> 'others'",
            (known.message_id, known.token, gateway),
        )
        return outbox.message_of(rows[0]) if rows else None

    def wire_id(self, message_id: int, segment: int = 0) -> str:
        """The id to send with a message, or with one of its segments (from 1): `[0-9a-f-]`, at most 31 long.

        Results come back with it. Given for each segment, each result moves its own segment. `message_id` 0
        gives the longest there can be, to see whether a message fits before it is stored.
        """
        if message_id == 0:
            return str(LONGEST)
        rows = self._rows("SELECT token FROM outbox WHERE id = ?", (message_id,))
        if not rows:
            raise StoreError(f"there is no outbox message {message_id}")
        return str(WireId(rows[0][0], message_id, segment))

    def evidence(self, message_id: int) -> list[Evidence]:
        """All that became known of a message, in the order it was learnt."""
        rows = self._rows(_EVIDENCE, (message_id,))
        return [outbox.step_of(row) for row in rows]

    def presence(self, role: str) -> Presence | None:
        """The last sign of life in a role: of one that has it, else of the one that had it last."""
        return presence.last_of(self.presences(role))

    def presences(self, role: str) -> list[Presence]:
        """The last sign of life of each process that has a role or had it, the one that has it longest first."""
        found = [presence.presence_of(row) for row in self._rows(_PRESENCE, (role,))]
        return sorted(found, key=lambda one: one.since)

    def look(self) -> None:
        """Raises `console.store.engine.guard.Changed` where somebody changed the files since the first look, so that
        what is read may not be what is there; to be opened anew then. Of one thread.
        """
        if self._guard is None:
            self._guard = self._connections.guard()
        self._guard.look()

    def close(self) -> None:
        """Close every thread's connection. Reading after it raises StoreError."""
        if self._guard is not None:
            self._guard.close()
        self._connections.close()
