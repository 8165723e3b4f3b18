"""Which of what happened a rule is about, and when an SMS is to be judged at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import CallbackKind, Joined
from console.domain.rules import About, Step
from console.errors import ConfigError
from console.protocol.query.alarms import ALARMS
from console.protocol.query.fields import Asker
from console.protocol.query.grammar import NoQuery
from console.protocol.query.inbox import INBOX
from console.protocol.query.outbox import OUTBOX
from console.protocol.query.ports import SIMS
from console.protocol.sms.part_sizes import may_fill

if TYPE_CHECKING:
    from console.config import Config, RuleConfig
    from console.domain.messages import InboxMessage
    from console.protocol.query.table import Query, Table

LISTS: dict[About, Table[Any]] = {About.SMS: INBOX, About.RESULT: OUTBOX, About.ALARM: ALARMS, About.SIM: SIMS}
"""Whose fields a rule's query has."""

WAIT_FOR_PARTS = 600.0
"""Seconds for which parts are waited for that the gateway says are missing. They are joined later, too."""

WAIT_FOR_MORE = 60.0
"""The same where an SMS is as long as a part that others follow, and nobody tells whether they do."""


def check_rules(config: Config) -> None:
    """Raises ConfigError for a rule that asks for what can't be looked for."""
    for rule in config.rules.all:
        try:
            query_of(rule, Asker())
        except NoQuery as error:
            raise ConfigError(
                f"{config.path}: the rule {rule.name} has a wrong `when`: {error}",
                hint=f"Change it, then try it: gsm-console rules try {rule.name}.",
            ) from None


def query_of(rule: RuleConfig, asker: Asker) -> Query[Any]:
    """What the rule asks for now. Raises NoQuery."""
    return LISTS[About(rule.on)].ask(rule.when, asker)


def steps(rule: RuleConfig) -> tuple[Step, ...]:
    """What it does, beside what every screen does for itself."""
    does = {
        Step.MARK: rule.mark,
        Step.ANSWER: rule.answer,
        Step.RUN: rule.run,
        Step.WEBHOOK: rule.webhook,
        Step.NOTIFY: rule.notify,
    }
    return tuple(step for step in Step if does[step])


def whole_at(entry: InboxMessage, *, joins: bool) -> float | None:
    """When an SMS is to be judged, Unix seconds UTC: as it comes where nothing is missing; None: never, it is none.
    `joins`: whether parts that are not numbered are joined.
    """
    if entry.callback.kind is not CallbackKind.SMS:
        return None
    if entry.missing:
        return entry.received_at + WAIT_FOR_PARTS
    last = entry.pieces[-1] if entry.pieces else entry.callback.text
    more = joins and entry.joined in {None, Joined.GUESSED} and may_fill(last)
    return entry.received_at + WAIT_FOR_MORE if more else entry.received_at
