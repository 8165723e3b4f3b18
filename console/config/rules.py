"""`[[rules]]`: what is done by itself. Whether a query makes sense is for those to say who know the lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from console.config.rule_records import RateLimit, RuleAbout, RuleColour, RuleConfig, RuleMark, RulesConfig

if TYPE_CHECKING:
    from console.config.secret_sources import Secrets
    from console.config.table import Table

KEYS = (
    *("name", "on", "when", "run", "webhook", "webhook_env", "webhook_file"),
    *("webhook_secret", "webhook_secret_env", "webhook_secret_file", "notify", "notify_env", "notify_file"),
    *("mark", "colour", "bell", "terminal", "answer", "may_answer", "answer_limit", "timeout", "attempts"),
)
MOST = 50
VALUES = {
    "sms": ("rule", "about", "id", "at", "gateway", "port", "number", "text", "missing"),
    "result": ("rule", "about", "id", "at", "gateway", "port", "number", "text", "state", "detail", "operator"),
    "alarm": ("rule", "about", "id", "at", "gateway", "port", "state", "kind", "title", "text"),
    "sim": ("rule", "about", "id", "at", "gateway", "port", "imsi", "before"),
}
"""What is told of each, by name: on standard input, as a variable, and in place of an argument `{name}`."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_LIMIT = re.compile(r"(\d{1,4}) in (\d{1,5}) minutes?")
_PLACE = re.compile(r"\{([a-z]+)\}")
_URL = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?")
_LONGEST_ANSWER = 1_000


def read_rules(top: Table, secrets: Secrets) -> RulesConfig:
    """Raises ConfigError."""
    rules: dict[str, RuleConfig] = {}
    tables = top.children("rules", KEYS)
    if len(tables) > MOST:
        top.refuse("rules", f"a list of {len(tables)}", f"{MOST} rules at most")
    for table in tables:
        rule = _rule(table, secrets)
        if rule.name in rules:
            table.refuse("name", f'"{rule.name}"', "a unique name")
        rules[rule.name] = rule
    return RulesConfig(tuple(rules.values()))


def _rule(table: Table, secrets: Secrets) -> RuleConfig:
    table.require("name")
    name, default = table.text("name"), RuleConfig("")
    if not _NAME.fullmatch(name):
        table.refuse("name", f'"{name[:40]}"', "1 to 32 of A-Z a-z 0-9 _ . -, the first no sign")
    about: RuleAbout = table.choice("on", get_args(RuleAbout), default.on)
    marks: tuple[RuleMark, ...] = get_args(RuleMark)
    colours: tuple[RuleColour, ...] = get_args(RuleColour)
    rule = RuleConfig(
        name,
        about,
        table.text("when", ""),
        run=_command(table, about),
        webhook=secrets.read(table, "webhook") if _given(table, "webhook") else None,
        webhook_secret=secrets.read(table, "webhook_secret") if _given(table, "webhook_secret") else None,
        notify=secrets.read_all(table, "notify"),
        mark=table.choice("mark", marks, marks[0]) if "mark" in table else None,
        colour=table.choice("colour", colours, colours[0]) if "colour" in table else None,
        bell=table.flag("bell", default.bell),
        terminal=table.flag("terminal", default.terminal),
        answer=table.text("answer") if "answer" in table else "",
        may_answer=table.flag("may_answer", default.may_answer),
        answer_limit=_limit(table, default.answer_limit),
        timeout=table.seconds("timeout", default.timeout, low=0.1, high=600),
        attempts=table.whole("attempts", default.attempts, low=1, high=20),
    )
    _check(table, rule)
    return rule


def _check(table: Table, rule: RuleConfig) -> None:
    """What makes no sense together."""
    if rule.on != "sms":
        for key in ("mark", "colour", "answer"):
            if key in table:
                table.refuse(key, "given", f'no such key: it is about an SMS, and this rule is on = "{rule.on}"')
    if rule.answer and not rule.may_answer:
        table.refuse("answer", "given", "may_answer = true beside it: nothing is answered by itself without")
    if len(rule.answer) > _LONGEST_ANSWER:
        table.refuse("answer", f"a text of {len(rule.answer):,} characters", f"at most {_LONGEST_ANSWER:,}")
    if rule.webhook is not None and not _URL.fullmatch(rule.webhook.reveal()):
        table.refuse("webhook", "no URL", "http:// or https://, a host, and no user or password in front of it")
    if rule.webhook_secret is not None and rule.webhook is None:
        table.refuse("webhook_secret", "given", "a webhook that it signs")


def _given(table: Table, key: str) -> bool:
    return any(place in table for place in (key, f"{key}_env", f"{key}_file"))


def _command(table: Table, about: str) -> tuple[str, ...]:
    if "run" not in table:
        return ()
    command = tuple(table.texts("run"))
    for place, argument in enumerate(command):
        names = _PLACE.findall(argument)
        if names and (place == 0 or _PLACE.fullmatch(argument) is None):
            table.refuse("run", "a value within an argument", 'values as whole arguments, such as "{text}"')
        if names and names[0] not in VALUES[about]:
            table.refuse("run", f'an argument "{{{names[0]}}}"', f"one of {', '.join(VALUES[about])} in braces")
    return command


def _limit(table: Table, default: RateLimit) -> RateLimit:
    if "answer_limit" not in table:
        return default
    words = table.text("answer_limit")
    match = _LIMIT.fullmatch(words)
    most, minutes = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= most <= 1_000 or not 1 <= minutes <= 10_080:
        table.refuse("answer_limit", f'"{words[:40]}"', 'a number of answers and of minutes, such as "5 in 10 minutes"')
    return RateLimit(most, minutes)
