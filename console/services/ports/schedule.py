"""When to ask the gateway about which port: gently, one question at a time. Pure: no clock, no connection.

A round is `gsm show spans` and then `gsm show span N` for every port, spread evenly over the period. A
round in which nothing changed makes the next one half as long again, up to four periods; a change goes back
to one. A poked port is asked at once, but no port more often than once a second however many events there
are about it. A port that does not answer is left out of one round, then two, up to eight, so that it does
not hold up the others. After a reconnect everything is asked anew, but last, or not at all before its turn,
what was met with silence: a question that hangs its session would bring down one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SPAN_LIST = 0
"""The question `gsm show spans`; every other question is a port, from 1."""

_SLOWER = 1.5
_SLOWEST = 4.0
_PORT_GAP = 1.0
"""Seconds between two questions about the same port, so that an event storm is not answered by a question
storm.
"""
_MOST_SKIPPED = 8
_INNOCENT = 1
"""Silences in a row that may be the link's fault and not the port's."""


class StatusSchedule:
    """Which question comes next, and when. Times are seconds of a monotonic clock."""

    def __init__(self, period: float, now: float) -> None:
        self._period = period
        self._slowness = 1.0
        self._ports: tuple[int, ...] = ()
        self._turns: list[int] = []
        """What is left of this round."""
        self._next_at = now
        self._urgent: dict[int, float] = {}
        """Questions out of turn -> when they may be asked."""
        self._asked_at: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._skips: dict[int, int] = {}
        """Rounds a port that did not answer is still left out of."""
        self._silences: dict[int, int] = {}
        """Questions in a row that were met with silence, not with a refusal."""
        self._changed = False
        self._last_urgent = False

    @property
    def round_time(self) -> float:
        """Seconds the present round is spread over."""
        return self._period * self._slowness

    def set_ports(self, ports: Iterable[int], now: float) -> None:
        """These are the gateway's ports. New ones are asked at once."""
        known, self._ports = self._ports, tuple(ports)
        for port in self._ports:
            if port not in known:
                self.poke(port, now)
        self._urgent = {port: due for port, due in self._urgent.items() if port in (SPAN_LIST, *self._ports)}
        self._turns = [port for port in self._turns if port in self._ports]

    def poke(self, port: int | None, now: float) -> None:
        """Something happened about this port: ask soon. None asks about everything at once, as after a
        reconnect.
        """
        self._slowness, self._changed = 1.0, True
        if port is None:
            silent = {port for port, silences in self._silences.items() if silences > _INNOCENT}
            self._skips = {port: rounds for port, rounds in self._skips.items() if port in silent}
            self._failures = {port: count for port, count in self._failures.items() if port in silent}
            asked = sorted(self._ports, key=lambda port: self._silences.get(port, 0))
            self._urgent = dict.fromkeys((SPAN_LIST, *(port for port in asked if port not in silent)), now)
        elif port in self._ports:
            self._urgent.setdefault(port, max(now, self._asked_at.get(port, now - _PORT_GAP) + _PORT_GAP))

    def delay(self, now: float) -> float:
        """Seconds until the next question, 0 when it may be asked now."""
        return max(0.0, min((self._next_at, *self._urgent.values())) - now)

    def take(self, now: float) -> int:
        """The next question: SPAN_LIST or a port. Ask it when `delay` has passed."""
        due = [port for port, at in self._urgent.items() if at <= now]
        # When it is due, the round's own question comes between two urgent ones: steady events starve nobody.
        urgent = bool(due) and not (self._last_urgent and self._next_at <= now)
        question = due[0] if urgent else self._turn()
        self._last_urgent = urgent
        self._urgent.pop(question, None)
        if urgent:
            self._turns = [port for port in self._turns if port != question]
        else:
            self._next_at = now + self.round_time / (len(self._ports) + 1)
        self._asked_at[question] = now
        return question

    def answered(self, question: int, *, changed: bool) -> None:
        """The answer came; `changed` when it says something new."""
        self._failures.pop(question, None)
        self._skips.pop(question, None)
        self._silences.pop(question, None)
        if changed:
            self._slowness, self._changed = 1.0, True

    def failed(self, question: int, *, silent: bool = False) -> None:
        """No answer (`silent`), or a refusal."""
        if question != SPAN_LIST:
            if silent:
                self._silences[question] = self._silences.get(question, 0) + 1
            failures = self._failures.get(question, 0) + 1
            self._failures[question] = failures
            self._skips[question] = min(_MOST_SKIPPED, 2 ** (failures - 1))

    def _turn(self) -> int:
        while self._turns:
            port = self._turns.pop(0)
            if self._skips.get(port, 0) == 0:
                return port
            self._skips[port] -= 1
        self._slowness = 1.0 if self._changed else min(_SLOWEST, self._slowness * _SLOWER)
        self._changed = False
        self._turns = list(self._ports)
        return SPAN_LIST
