"""What can be configured to be done by itself, and how the operator's own terminal tells of it: as `records`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from console.config.records import Secret

RuleAbout = Literal["sms", "result", "alarm", "sim"]
RuleMark = Literal["read", "claimed", "done", "opted-out"]
RuleColour = Literal["good", "busy", "warning", "bad", "quiet", "accent"]


class RateLimit(NamedTuple):
    """So many in so many minutes."""

    most: int
    minutes: int

    def __str__(self) -> str:
        return f"{self.most} in {self.minutes} minutes"


ANSWER_LIMIT = RateLimit(5, 10)


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """What is done by itself when something happens."""

    name: str
    """Unique; how far it has come is kept under it."""
    on: RuleAbout = "sms"
    """The list whose fields `when` has."""
    when: str = ""
    """A search, as typed behind `/`; empty: everything."""
    run: tuple[str, ...] = field(default=(), repr=False)
    """Program and arguments, never through a shell; an argument `{text}` is a value of what happened."""
    webhook: Secret | None = None
    """Where JSON is posted to."""
    webhook_secret: Secret | None = None
    """Signs what is posted, by HMAC-SHA256."""
    notify: tuple[Secret, ...] = ()
    """URLs of `apprise`."""
    mark: RuleMark | None = None
    """What becomes of the message in the inbox."""
    colour: RuleColour | None = None
    """Of its row."""
    bell: bool = False
    """Sound the terminal's bell."""
    terminal: bool = False
    """Notify by the operator's own terminal, as `[screen] notify` says."""
    answer: str = ""
    """A text that is sent back; only with `may_answer`."""
    may_answer: bool = False
    answer_limit: RateLimit = ANSWER_LIMIT
    """Answers to one number, of all rules."""
    timeout: float = 10.0
    """Seconds after which the program is killed, and the others are given up."""
    attempts: int = 8
    """After which it is a dead letter."""


@dataclass(frozen=True, slots=True)
class RulesConfig:
    """All of `[[rules]]`."""

    all: tuple[RuleConfig, ...] = ()


NO_RULES = RulesConfig()
"""Nothing is done by itself."""

NotifyBy = Literal["off", "osc9", "osc777", "osc99"]


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """The operator's own terminal."""

    notify: NotifyBy = "off"
    """The sequence by which the terminal shows a notification."""
