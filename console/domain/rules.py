"""Rules: what happened that one may be about, and what is still to be done for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """What a rule is about: the list whose fields its query has."""

    SMS = "sms"
    """An SMS that came in; a long one once it is whole, or was waited for."""
    RESULT = "result"
    """A message of ours is sent, delivered, failed or unknown."""
    ALARM = "alarm"
    """One is raised, or over."""
    SIM = "sim"
    """Another SIM is in a port."""


class Step(StrEnum):
    """One thing that a rule does, in the order they are done in: what must not wait for others comes first."""

    MARK = "mark"
    ANSWER = "answer"
    RUN = "run"
    WEBHOOK = "webhook"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that rules may be about."""

    about: About
    thing: int
    """Id of the inbox entry, outbox message or alarm; of a SIM its port."""
    at: float
    """Unix seconds UTC."""
    news: str = ""
    """The state that a message came to; `raised` or `cleared`; the IMSI."""
    gateway: str = ""
    """Of a SIM."""
    before: str = ""
    """Of a SIM: the IMSI of the one before."""


class HitState(StrEnum):
    """How far it was done."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"
    """Tried as often as it may be: waits for a person."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a rule matched."""

    id: int
    rule: str
    happening: Happening
    at: float
    """When it matched, Unix seconds UTC."""
    left: tuple[Step, ...]
    """What is still to be done."""
    attempts: int
    """Of the first of them."""
    due_at: float
    """Not to be tried before then."""
    state: HitState
    failure: str
    """Why the last attempt failed."""


@dataclass(frozen=True, slots=True)
class RuleReport:
    """How a rule fares."""

    name: str
    about: About
    armed: bool
    """Whether the process that runs the rules has it."""
    hits: int
    hit_at: float | None
    """When it matched last, Unix seconds UTC."""
    failure: str
    """The last one."""
    failed_at: float | None
    backlog: int
    """Hits with something left to do."""
    dead: int


@dataclass(frozen=True, slots=True)
class AnswerOf:
    """The rule and entry that an answer is of: there is one at most, and not too many to a number."""

    rule: str
    entry: int
    most: int
    """Answers to one number, of whichever rule, in so many `seconds`."""
    seconds: float
