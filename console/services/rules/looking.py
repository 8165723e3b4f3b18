"""Goes through what is new for all rules at once, and has kept what each of them matched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from console.domain.rules import About, Happening
from console.protocol.query.fields import Asker
from console.protocol.rules import telling
from console.protocol.rules.judging import query_of, steps, whole_at
from console.store.rules import Looked, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.config import Config, RuleConfig
    from console.domain.clock import Clock
    from console.protocol.query.table import Query
    from console.protocol.rules.telling import Subject
    from console.store import Store
    from console.store.rules import Cursor

AT_ONCE = 200
"""Things that one look goes through."""

_AGAIN = 1.0
"""Seconds after which it looks though this process saw nothing change."""


class Looking:
    """Of one event loop."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._armed: Mapping[str, About] = {}
        self._revision = -1
        self._looked_at = float("-inf")

    def forget(self) -> None:
        """Another process runs the rules now."""
        self._armed, self._revision = {}, -1

    async def look(self) -> None:
        """Once, if there may be something. Raises StoreError."""
        rules = {rule.name: rule for rule in self._config.rules.all}
        armed = {name: About(rule.on) for name, rule in rules.items()}
        if armed != self._armed:
            await asyncio.wrap_future(self._store.rules.arm(armed))
            self._armed, self._revision = armed, -1
        revision, now = self._store.revision, self._clock.monotonic()
        if revision == self._revision and now - self._looked_at < _AGAIN:
            return
        self._looked_at = now
        found = await asyncio.to_thread(self._find, rules)
        if found:
            await asyncio.wrap_future(self._store.rules.keep(found))
        # There may be more than one look goes through.
        self._revision = -1 if any(one.after > one.before for one in found) else revision

    def _find(self, rules: Mapping[str, RuleConfig]) -> list[Looked]:
        """What each rule matched; those for which nothing is new are left out."""
        cursors = {name: cursor for name, cursor in self._store.rules.cursors().items() if name in rules}
        sms = {name: cursor for name, cursor in cursors.items() if cursor.about is About.SMS}
        others = {name: cursor for name, cursor in cursors.items() if cursor.about is not About.SMS}
        asker = Asker(now=self._clock.time(), regions=tuple(self._store.regions.all))
        judges = {name: _Judge(rules[name], query_of(rules[name], asker)) for name in cursors}
        return [*self._of_sms(judges, sms, asker.now), *self._of_others(judges, others)]

    def _of_sms(self, judges: Mapping[str, _Judge], cursors: Mapping[str, Cursor], now: float) -> Iterable[Looked]:
        if not cursors:
            return
        first, newest = min(cursor.at for cursor in cursors.values()), self._store.rules.newest_entry()
        last = min(newest, first + AT_ONCE)
        wanted = {*range(first + 1, last + 1), *(entry for cursor in cursors.values() for entry in cursor.waits)}
        entries = {entry.id: entry for entry in self._store.inbox_messages(sorted(wanted))}
        claims = self._store.claims.of(entries)
        subjects = {entry: telling.of_entry(message, claims.get(entry)) for entry, message in entries.items()}
        joins = self._config.inbox.join_parts
        ripe_at = {entry: whole_at(message, joins=joins) for entry, message in entries.items()}
        later = {entry for entry, at in ripe_at.items() if at is not None and at > now}
        for name, cursor in cursors.items():
            after = max(cursor.at, last)
            new = range(cursor.at + 1, after + 1)
            over = cursor.waits - later
            ripe = (entry for entry in (*sorted(over), *new) if ripe_at.get(entry) is not None and entry not in later)
            hits = [
                Happening(About.SMS, entry, entries[entry].received_at)
                for entry in ripe
                if judges[name].matches(subjects[entry])
            ]
            if new or over:
                yield Looked(name, cursor.at, after, hits, steps(judges[name].rule), later.intersection(new), over)

    def _of_others(self, judges: Mapping[str, _Judge], cursors: Mapping[str, Cursor]) -> Iterable[Looked]:
        if not cursors:
            return
        news = self._store.rules.happened(min(cursor.at for cursor in cursors.values()), AT_ONCE)
        subjects = {key: subject_of(self._store, happening) for key, happening in news}
        for name, cursor in cursors.items():
            new = [(key, happening) for key, happening in news if key > cursor.at]
            hits = [
                happening
                for key, happening in new
                if happening.about is cursor.about
                and (subject := subjects[key]) is not None
                and judges[name].matches(subject)
            ]
            if new:
                yield Looked(name, cursor.at, new[-1][0], hits, steps(judges[name].rule))


class _Judge(NamedTuple):
    rule: RuleConfig
    query: Query[Any]
    """As of now."""

    def matches(self, subject: Subject) -> bool:
        return self.query.matches(subject.record)
