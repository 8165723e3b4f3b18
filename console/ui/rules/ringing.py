"""What rules have this console do: ring, and notify by the operator's own terminal. A few, however many hits there are.

Every console does so for itself, whichever process runs the rules, and for what was matched since it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.errors import ConsoleError
from console.protocol.rules.telling import headline
from console.store.rules import subject_of

if TYPE_CHECKING:
    from console.config import RulesConfig
    from console.domain.rules import Hit
    from console.store import LiveReader

SPACING = 5.0
"""Seconds between two; what comes in between shares the next."""

_AT_ONCE = 200


class Ring(NamedTuple):
    """Something to do."""

    bell: bool
    words: str
    """For a notification: may hold text from outside. Empty: none."""


class RuleRinging:
    """Follows the hits of the store."""

    def __init__(self, store: LiveReader, rules: RulesConfig) -> None:
        self._store = store
        self._rules = rules
        self._seen: int | None = None
        self._revision = -1
        self._rung_at = float("-inf")
        self._bell = False
        self._first: Hit | None = None
        self._more = 0

    def look(self, now: float) -> Ring | None:
        """What there is to do now; to be asked at each frame. Trouble with the store is told elsewhere."""
        try:
            self._read()
            due = self._bell or self._first is not None
            return self._ring(now) if due and not 0 <= now - self._rung_at < SPACING else None
        except ConsoleError:
            return None

    def _read(self) -> None:
        revision, loud = self._store.revision, {rule.name: rule for rule in self._rules.all}
        if revision == self._revision:
            return
        if not any(rule.bell or rule.terminal for rule in loud.values()):
            self._seen = None
            return
        if self._seen is None:
            self._seen = self._store.rules.newest_hit()
        for hit in self._store.rules.hits_after(self._seen, _AT_ONCE):
            self._seen = hit.id
            rule = loud.get(hit.rule)
            self._bell |= rule is not None and rule.bell
            if rule is not None and rule.terminal:
                self._more += self._first is not None
                self._first = self._first or hit
        self._revision = revision

    def _ring(self, now: float) -> Ring:
        words = "" if self._first is None else self._words(self._first)
        ring = Ring(self._bell, words)
        self._bell, self._first, self._more, self._rung_at = False, None, 0, now
        return ring

    def _words(self, hit: Hit) -> str:
        subject = subject_of(self._store, hit.happening)
        more = f" (and {self._more} more)" if self._more else ""
        return f"{hit.rule}{more}: {headline(subject.fields) if subject else ''}"
