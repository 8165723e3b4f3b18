"""Names for numbers: kept, and found for every row in sight."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from console.config.records import NO_REGIONS
from console.domain.audit import Deed
from console.errors import ConsoleError
from console.protocol.lists.book import LONGEST_NAME, AddressBook, Contact, is_another_s
from console.protocol.sms.numbers import filing_key, filing_keys, identity, in_full, lacks_country, plain, resolved
from console.store.audit import write as audit
from console.store.inbox.person import known_under
from console.store.inbox.search import Search
from console.store.undo import Done, Past, Watched

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from console.config import Regions
    from console.domain.clock import Clock
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows


_TABLE, _COLUMNS = "contact", ("name", "member_of")
_AT_ONCE = 500
"""Contacts written in one go, so that callbacks get in between."""

_REMEMBERED = 20_000
"""Numbers whose name, or lack of one, is remembered."""

_CHANGED = (
    "INSERT INTO tally (name, value) VALUES ('contacts', 1) ON CONFLICT (name) DO UPDATE SET value = tally.value + 1"
)


class Filed:
    """The rows that may be of a number of a region, in a table whose keys are `correspondent` (as `filing_key` has it)
    and `number`. A number there belongs to no gateway, so it is read by the region that is for all.
    """

    def __init__(
        self, rows: Rows, table: str, columns: Sequence[str], number: str, region: str, regions: Regions
    ) -> None:
        self._rows = rows
        self._regions = regions
        self._keys = filing_keys(number, region, regions.all)
        marks = ", ".join("?" * len(self._keys))
        names = ", ".join(("correspondent", "number", *columns))
        self._found = rows(f"SELECT {names} FROM {table} WHERE correspondent IN ({marks})", self._keys)  # noqa: S608
        self._asked = identity(number, region)
        self._whose = [identity(row[1], regions.default) for row in self._found]

    @property
    def lacks_country(self) -> bool:
        """Whether it takes the other numbers that are known to say whose one is."""
        return bool(self._found) and any(map(lacks_country, (self._asked, *self._whose)))

    def same(self) -> list[Any]:
        """Correspondent, number and columns of those that are of it, in whatever spelling. One that lacks its country
        is the only number that it may be, of all that is kept here, inbox and outbox: no name is better than another's.
        """
        known = {self._asked, *self._whose}
        if self.lacks_country:
            known |= known_under(self._keys, self._regions, self._rows, Search(self._rows))
        who = resolved(self._asked, known)
        return [row for row, each in zip(self._found, self._whose, strict=True) if resolved(each, known) == who]


class ContactsReader:
    """Reads the contacts, from any thread. Every read raises StoreError when the database can't be read.

    `revision` rises at least when a contact may have changed; without it each question looks for itself. A contact's
    own number belongs to no gateway, so it is read by the region that is for all.
    """

    def __init__(self, rows: Rows, revision: Callable[[], int] | None = None, *, regions: Regions = NO_REGIONS) -> None:
        self._rows = rows
        self._regions = regions
        self._revision = revision
        self._gate = threading.Lock()
        self._seen = -1
        self._version = -1
        self._names: dict[tuple[str, str], str] = {}
        self._unsure: dict[tuple[str, str], str] = {}
        """Names of the present revision: the next message may bring a number that is meant as well."""
        self._book: tuple[object, AddressBook] | None = None
        """The `_names` of the same state, and the book."""

    def name_of(self, number: str, region: str = "") -> str:
        """What somebody here calls the one who has this number, read by a region; empty where nobody does.

        Cheap enough for every row of a screen: asked again, it reads nothing until a contact changes, or, where a
        country is lacking, anything.
        """
        names, unsure, key = self._known(), self._unsure, (number, region)
        if not self._version:
            return ""  # nobody was ever given a name
        if (name := names.get(key, unsure.get(key))) is None:
            found = Filed(self._rows, _TABLE, _COLUMNS, number, region, self._regions)
            remembered = unsure if found.lacks_country else names
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            # The longest says the most about whose it is.
            name = remembered[key] = max(((len(known), name) for _, known, name, _ in found.same()), default=(0, ""))[1]
        return name

    def all(self) -> list[Contact]:
        """By name, then number; each number in full where its country is known, for whichever gateway it goes by."""
        rows = self._rows("SELECT number, name, member_of FROM contact ORDER BY name, number", ())
        default = self._regions.default
        return [Contact(in_full(number, default), name, _split(groups)) for number, name, groups in rows]

    def named(self, name: str) -> Sequence[Contact]:
        """Those who are called so, whatever the case."""
        return self.book().named(name)

    def group(self, name: str) -> Sequence[Contact]:
        """Those who belong to a group."""
        return self.book().group(name)

    def book(self) -> AddressBook:
        """All of them, as they are now; made once until a contact changes."""
        names = self._known()
        made = self._book
        if made is None or made[0] is not names:
            made = self._book = (names, AddressBook(self.all()))
        return made[1]

    def _known(self) -> dict[tuple[str, str], str]:
        """Names found since a contact last changed. A new one for each change: who still fills the old one harms
        nobody.
        """
        revision = self._revision() if self._revision else -1
        if revision == self._seen != -1:
            return self._names
        with self._gate:
            rows = self._rows("SELECT value FROM tally WHERE name = 'contacts'", ())
            version = int(rows[0][0]) if rows else 0
            if version != self._version:
                self._names = {}
                self._version = version
            self._seen = revision
            self._unsure = {}
            return self._names


class Contacts(ContactsReader):
    """Reads the contacts, keeps and removes them."""

    def __init__(
        self, rows: Rows, submit: Submit, past: Past, clock: Clock, revision: Callable[[], int], *, regions: Regions
    ) -> None:
        super().__init__(rows, revision, regions=regions)
        self._submit = submit
        self._past = past
        self._clock = clock

    def set(self, number: str, name: str, operator: str, groups: Sequence[str] | None = None) -> Future[None]:
        """Call a number so from now on, whatever it was called; resolves once that is durable. An empty name removes.
        What changes is in the audit.

        It belongs to `groups` then, and where those are None to what it did. Raises ConsoleError for no number at all,
        and for a name that is too long.
        """
        contact = _checked(Contact(number.strip(), name.strip(), tuple(groups or ())))
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> tuple[None, Done | None]:
            rows = _watched(connection, contact, self._regions)
            done = Done(Deed.NAME, contact.number, at, rows, then=_CHANGED)
            _write(connection, [contact], self._regions, regroup=groups is not None)
            if not done.note(connection):
                return None, None
            audit(connection, at, operator, "name" if contact.name else "forget name", contact.number, contact.name)
            return None, done

        return self._past.submit(keep)

    def remove(self, number: str, operator: str) -> Future[None]:
        """Forget the name of a number; nothing happens when it has none."""
        return self.set(number, "", operator)

    def add(self, contacts: Sequence[Contact], operator: str) -> Future[int]:
        """Keep these, each in place of what its number was called; resolves to how many. One without groups keeps those
        that the number has. The audit has one line of them all.

        They are written a few hundred at a time. Where that fails on the way, those written stay: adding them again
        does no harm.
        """
        finished: Future[int] = Future()

        def write_from(first: int) -> None:
            some = contacts[first : first + _AT_ONCE]
            if not some:
                finished.set_result(len(contacts))
                return

            def go_on(done: Future[None]) -> None:
                error = done.exception()
                if error is not None:
                    finished.set_exception(error)
                else:
                    write_from(first + _AT_ONCE)

            def write(connection: sqlite3.Connection) -> None:
                if not first:
                    counted = f"{len(contacts):,} contact{'' if len(contacts) == 1 else 's'}"
                    audit(connection, self._clock.time(), operator, "import names", "contacts", counted)
                _write(connection, some, self._regions)

            self._submit(write).add_done_callback(go_on)

        write_from(0)
        return finished


def _split(groups: str) -> tuple[str, ...]:
    return tuple(groups.split(";")) if groups else ()


def _checked(contact: Contact) -> Contact:
    if not contact.number:
        raise ConsoleError("A name needs a number.", hint="Give the number you send to.")
    if len(contact.name) > LONGEST_NAME:
        raise ConsoleError(
            f"A name has at most {LONGEST_NAME} characters; this one has {len(contact.name)}.", hint="Shorten it."
        )
    if is_another_s(contact.name, contact.number):
        raise ConsoleError(
            f"{contact.name} is another contact's number, and would look as if they wrote.", hint="Give a name."
        )
    return contact


def _watched(connection: sqlite3.Connection, contact: Contact, regions: Regions) -> list[Watched]:
    """The rows that keeping a contact may change."""

    def rows(sql: str, values: Sequence[object]) -> list[Any]:
        return connection.execute(sql, values).fetchall()

    own = (filing_key(plain(contact.number)), contact.number)
    keys = {own, *(row[:2] for row in Filed(rows, _TABLE, _COLUMNS, contact.number, regions.default, regions).same())}
    return [Watched(connection, "contact", *key) for key in sorted(keys)]


def _write(
    connection: sqlite3.Connection, contacts: Sequence[Contact], regions: Regions, *, regroup: bool = False
) -> None:
    """Each takes the place of what its number was called in whatever spelling; of its groups where it has some, or is
    to `regroup`.
    """

    def rows(sql: str, values: Sequence[object]) -> list[Any]:
        return connection.execute(sql, values).fetchall()

    for contact in contacts:
        groups = ";".join(contact.groups)
        for key, known, _, before in Filed(rows, _TABLE, _COLUMNS, contact.number, regions.default, regions).same():
            connection.execute("DELETE FROM contact WHERE correspondent = ? AND number = ?", (key, known))
            groups = groups or ("" if regroup else before)
        if contact.name:
            key = filing_key(plain(contact.number))
            connection.execute("INSERT INTO contact VALUES (?, ?, ?, ?)", (key, contact.number, contact.name, groups))
    connection.execute(_CHANGED)
