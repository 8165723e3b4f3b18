"""How far rules have come: what they matched, what is still to be done for it, and what was given up.

SMS are read forward by the ids of the inbox, which have no gaps. A result, an alarm or a SIM changes a row that is
there already, and its id says nothing of when: triggers write each such change down in `happened`, in the transaction
that makes it and whoever does so, for as long as there are rules. A cursor moves in the transaction that keeps what was
matched on the way, so nothing is lost and nothing is matched twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from console.domain.audit import Deed
from console.domain.rules import About, Happening, Hit, HitState, RuleReport, Step
from console.domain.sending import OptOut
from console.errors import NotAnswered
from console.protocol.rules import telling
from console.protocol.sms.guards import asks_to_opt_out
from console.protocol.sms.numbers import tail
from console.store import presence
from console.store.audit import write
from console.store.inbox import callbacks, claims

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from console.config.rule_records import RuleMark
    from console.domain.clock import Clock
    from console.domain.rules import AnswerOf
    from console.protocol.rules.telling import Subject
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows
    from console.store.opt_outs import OptOuts
    from console.store.reader import Reader

ROLE = "rules"
"""The role of the one process that runs the rules of this store."""

GRACE = 5.0
"""Seconds without a sign of life after which another takes it."""

KEPT = 1_000
"""Hits of a rule that are kept once all is done."""

_HIT = (
    "SELECT id, rule, about, thing, happened_at, news, gateway, before, at, steps, attempts, due_at, state, failure "
    "FROM rule_hit"
)
_KEEP = (
    "INSERT INTO rule_hit (rule, about, thing, happened_at, news, gateway, before, at, steps, due_at, state) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REPORT = (
    "SELECT name, about, armed, hits, hit_at, failure, failed_at, "
    "(SELECT count(*) FROM rule_hit WHERE rule = name AND state = 'due'), "
    "(SELECT count(*) FROM rule_hit WHERE rule = name AND state = 'dead') FROM rule"
)
_HAPPENED = "SELECT id, about, thing, at, news, gateway, before FROM happened WHERE id > ? ORDER BY id LIMIT ?"
_NEWEST_HAPPENED = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'happened'), 0)"
_NEWEST_ENTRY = "SELECT coalesce((SELECT max(id) FROM inbox), (SELECT value FROM tally WHERE name = 'inbox removed'))"
_TRIM = (
    "DELETE FROM rule_hit WHERE rule = ? AND state = 'done' AND id <= "
    "(SELECT id FROM rule_hit WHERE rule = ? AND state = 'done' ORDER BY id DESC LIMIT 1 OFFSET ?)"
)
_NEEDED = f"coalesce((SELECT min(cursor) FROM rule WHERE armed = 1 AND about <> 'sms'), ({_NEWEST_HAPPENED}))"  # noqa: S608
_FORGET = f"DELETE FROM happened WHERE id <= {_NEEDED}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at what is new found for one rule."""

    rule: str
    before: int
    """The cursor that was looked from."""
    after: int
    hits: Sequence[Happening] = ()
    steps: tuple[Step, ...] = ()
    waits: Collection[int] = ()
    """SMS that may go on: to be looked at again."""
    waited: Collection[int] = ()
    """Those that are waited for no more."""


class Cursor(NamedTuple):
    """Where a rule is."""

    about: About
    at: int
    waits: frozenset[int]
    """Entries before it that may go on."""


class RulesReader:
    """Reads, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def reports(self) -> list[RuleReport]:
        """How each fares, by name; also those that are not in the configuration any more."""
        rows = self._rows(f"{_REPORT} ORDER BY name", ())
        return [RuleReport(row[0], About(row[1]), bool(row[2]), *row[3:]) for row in rows]

    def dead(self) -> list[Hit]:
        """What was given up, oldest first."""
        return [_hit(row) for row in self._rows(f"{_HIT} WHERE state = 'dead' ORDER BY id", ())]

    def newest_hit(self) -> int:
        """Id of the last hit."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM rule_hit", ())[0][0])

    def hits_after(self, hit_id: int, count: int) -> list[Hit]:
        """The next ones, oldest first."""
        return [_hit(row) for row in self._rows(f"{_HIT} WHERE id > ? ORDER BY id LIMIT ?", (hit_id, count))]

    def next_due(self, rule: str) -> Hit | None:
        """The first that has something left to do, whether or not its time has come."""
        rows = self._rows(f"{_HIT} WHERE rule = ? AND state = 'due' ORDER BY id LIMIT 1", (rule,))
        return _hit(rows[0]) if rows else None

    def cursors(self) -> dict[str, Cursor]:
        """Of the armed ones."""
        waits: dict[str, set[int]] = {}
        for rule, entry in self._rows("SELECT rule, entry FROM rule_wait", ()):
            waits.setdefault(rule, set()).add(entry)
        rows = self._rows("SELECT name, about, cursor FROM rule WHERE armed = 1", ())
        return {row[0]: Cursor(About(row[1]), row[2], frozenset(waits.get(row[0], ()))) for row in rows}

    def newest_entry(self) -> int:
        """Id of the last entry of the inbox."""
        return int(self._rows(_NEWEST_ENTRY, ())[0][0])

    def happened(self, after: int, count: int) -> list[tuple[int, Happening]]:
        """What is new, SMS left aside, with its id; oldest first."""
        rows = self._rows(_HAPPENED, (after, count))
        return [(row[0], Happening(About(row[1]), *row[2:])) for row in rows]


class Rules(RulesReader):
    """Reads and writes. A write returns a future that resolves once its commit is durable."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock, process: presence.Process, opt_outs: OptOuts) -> None:
        super().__init__(rows)
        self._opt_outs = opt_outs
        self._submit = submit
        self._clock = clock
        self._process = process

    # ---- who runs them --------------------------------------------------------------------------------------

    def take_lease(self) -> Future[bool]:
        """Say that this process runs the rules; False when another one does. To be said again and again."""
        at = self._clock.time()
        return self._submit(lambda connection: presence.take(connection, self._process, ROLE, at, GRACE), quiet=True)

    def leave_lease(self) -> Future[None]:
        """Say that this process runs them no more, so that another may at once."""
        at = self._clock.time()
        return self._submit(lambda connection: presence.release(connection, self._process.owner, ROLE, at), quiet=True)

    # ---- from what is new to hits ---------------------------------------------------------------------------

    def arm(self, rules: Mapping[str, About]) -> Future[None]:
        """These there are now. One that is new, is back, or is about something else now starts at what comes next."""

        def keep(connection: sqlite3.Connection) -> None:
            known = dict(connection.execute("SELECT name, about FROM rule WHERE armed = 1"))
            for name in known.keys() - {name for name, about in rules.items() if known.get(name) == about.value}:
                connection.execute("UPDATE rule SET armed = 0 WHERE name = ?", (name,))
                connection.execute("DELETE FROM rule_wait WHERE rule = ?", (name,))
            for name, about in rules.items():
                if known.get(name) != about.value:
                    newest = _NEWEST_ENTRY if about is About.SMS else _NEWEST_HAPPENED
                    connection.execute(
                        f"INSERT INTO rule (name, about, cursor, armed) VALUES (?, ?, ({newest}), 1) "  # noqa: S608
                        "ON CONFLICT (name) DO UPDATE SET about = excluded.about, cursor = excluded.cursor, armed = 1",
                        (name, about.value),
                    )

        return self._submit(keep)

    def keep(self, found: Iterable[Looked]) -> Future[None]:
        """Keep what was matched, and move the cursors, where another process did not meanwhile."""
        looked, at = tuple(found), self._clock.time()

        def write_down(connection: sqlite3.Connection) -> None:
            for look in looked:
                moved = connection.execute(
                    "UPDATE rule SET cursor = ? WHERE name = ? AND cursor = ? AND armed = 1",
                    (look.after, look.rule, look.before),
                )
                if moved.rowcount:
                    _keep_hits(connection, look, at)
            connection.execute(_FORGET)

        return self._submit(write_down, quiet=not any(look.hits for look in looked))

    # ---- what becomes of a hit ------------------------------------------------------------------------------

    def did(self, hit: Hit, note: str = "") -> Future[Hit]:
        """The first step is done; `note` says why nothing came of it, where that is so."""
        at = self._clock.time()
        return self._submit(lambda connection: _did(connection, hit, at, note))

    def failed(self, hit: Hit, words: str, due_at: float | None) -> Future[None]:
        """The first step failed: it is tried again at `due_at` (Unix seconds UTC), or given up (None)."""
        at = self._clock.time()
        state = HitState.DEAD if due_at is None else HitState.DUE

        def note(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE rule_hit SET attempts = attempts + 1, failure = ?, due_at = ?, state = ? WHERE id = ?",
                (words, due_at or at, state.value, hit.id),
            )
            connection.execute("UPDATE rule SET failure = ?, failed_at = ? WHERE name = ?", (words, at, hit.rule))

        return self._submit(note)

    def mark(self, hit: Hit, how: RuleMark, opt_out_words: Sequence[str] = ()) -> Future[Hit]:
        """Mark the entry that was hit, in the one transaction with its step. What a person claimed stays theirs, and
        only who wrote one of the words has opted out.
        """
        at, entry = self._clock.time(), hit.happening.thing

        def keep(connection: sqlite3.Connection) -> Hit:
            if how == "read":
                callbacks.mark_read(connection, [entry])
            elif how == "opted-out":
                wrote = connection.execute("SELECT number, gateway, text FROM inbox WHERE id = ?", (entry,)).fetchone()
                if wrote is not None and asks_to_opt_out(wrote[2], opt_out_words):
                    self._opt_outs.note(connection, OptOut(wrote[0], operator_of(hit.rule), at, wrote[2]), wrote[1])
            else:
                deed = Deed.CLAIM if how == "claimed" else Deed.DONE
                claims.change_unclaimed(connection, deed, entry, operator_of(hit.rule), at)
            return _did(connection, hit, at, "")

        return self._submit(keep)

    def retry(self, ids: Iterable[int] | None, operator: str) -> Future[int]:
        """Let what was given up be tried again, all of it where None; how many that were. It is in the audit."""
        wanted, at = None if ids is None else tuple(ids), self._clock.time()

        def again(connection: sqlite3.Connection) -> int:
            dead = [row[0] for row in connection.execute("SELECT id FROM rule_hit WHERE state = 'dead' ORDER BY id")]
            chosen = [hit for hit in dead if wanted is None or hit in wanted]
            for hit in chosen:
                connection.execute(
                    "UPDATE rule_hit SET state = 'due', attempts = 0, due_at = ? WHERE id = ?", (at, hit)
                )
                write(connection, at, operator, "retry", f"rule hit {hit}")
            return len(chosen)

        return self._submit(again)


def subject_of(store: Reader, happening: Happening) -> Subject | None:
    """What happened, as the store has it now; None where that is gone. Raises StoreError."""
    thing = happening.thing
    match happening.about:
        case About.SMS:
            entry = next(iter(store.inbox_messages([thing])), None)
            return None if entry is None else telling.of_entry(entry, store.claims.of([thing]).get(thing))
        case About.RESULT:
            message = store.outbox_message(thing)
            return None if message is None else telling.of_message(message, happening)
        case About.ALARM:
            alarms = store.alarms.with_ids([thing])
            return telling.of_alarm(alarms[0], happening) if alarms else None
        case About.SIM:
            return telling.of_sim(happening)


def operator_of(rule: str) -> str:
    """Who acts, in the outbox and the audit."""
    return f"rule {rule}"


def admit(connection: sqlite3.Connection, answer: AnswerOf, number: str, at: float) -> None:
    """Raises NotAnswered where the entry has its answer, or the number had too many."""
    row = connection.execute(
        "SELECT message_id FROM rule_answer WHERE rule = ? AND entry = ?", (answer.rule, answer.entry)
    ).fetchone()
    if row is not None:
        raise NotAnswered(f"It is answered already, as message {row[0]}.", hint="There is nothing to do.")
    since = (tail(number), at - answer.seconds, at)
    (count,) = connection.execute(
        "SELECT count(*) FROM rule_answer WHERE tail = ? AND at > ? AND at <= ?", since
    ).fetchone()
    if count >= answer.most:
        raise NotAnswered(
            f"{number} had {count} answers in {answer.seconds / 60:.0f} minutes.", hint="Answer it yourself."
        )


def note_answer(connection: sqlite3.Connection, answer: AnswerOf, number: str, at: float, message_id: int) -> None:
    """From now on the entry is answered."""
    connection.execute(
        "INSERT INTO rule_answer VALUES (?, ?, ?, ?, ?)", (answer.rule, answer.entry, tail(number), at, message_id)
    )


def _keep_hits(connection: sqlite3.Connection, look: Looked, at: float) -> None:
    state = HitState.DUE if look.steps else HitState.DONE
    for hit in look.hits:
        values = (look.rule, hit.about.value, hit.thing, hit.at, hit.news, hit.gateway, hit.before)
        connection.execute(_KEEP, (*values, at, " ".join(look.steps), at, state.value))
    if look.hits:
        connection.execute(
            "UPDATE rule SET hits = hits + ?, hit_at = ? WHERE name = ?", (len(look.hits), at, look.rule)
        )
        connection.execute(_TRIM, (look.rule, look.rule, KEPT))
    connection.executemany(
        "DELETE FROM rule_wait WHERE rule = ? AND entry = ?", [(look.rule, entry) for entry in look.waited]
    )
    connection.executemany(
        "INSERT OR REPLACE INTO rule_wait VALUES (?, ?)", [(look.rule, entry) for entry in look.waits]
    )


def _did(connection: sqlite3.Connection, hit: Hit, at: float, note: str) -> Hit:
    left = hit.left[1:]
    state = HitState.DUE if left else HitState.DONE
    connection.execute(
        "UPDATE rule_hit SET steps = ?, state = ?, attempts = 0, failure = ? WHERE id = ?",
        (" ".join(left), state.value, note, hit.id),
    )
    if note:
        connection.execute("UPDATE rule SET failure = ?, failed_at = ? WHERE name = ?", (note, at, hit.rule))
    row = connection.execute(f"{_HIT} WHERE id = ?", (hit.id,)).fetchone()
    return _hit(row)


def _hit(row: Sequence[Any]) -> Hit:
    hit_id, rule, about, thing, happened_at, news, gateway, before, at, steps, attempts, due_at, state, failure = row
    happening = Happening(About(about), thing, happened_at, news, gateway, before)
    left = tuple(map(Step, steps.split()))
    return Hit(hit_id, rule, happening, at, left, attempts, due_at, HitState(state), failure)
