"""What a rule's query looks at, and what programs are told: a stranger's words as data, never as anything that acts.

JSON has the whole text, its characters escaped. A variable or argument has it on one line, without control characters
or what does not print. An argument that would begin with `-` gets a blank in front, so that no program reads it as an
option; behind an argument `--` of the rule's own it stands as it is.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState
from console.protocol.query.inbox import Searched
from console.protocol.query.outbox import Sent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.domain.alarms import Alarm
    from console.domain.messages import Claim, InboxMessage, OutboxMessage
    from console.domain.rules import Happening

LONGEST = 1_000
"""Characters of a value in a variable or argument: the system takes none that is too long."""

_LONGEST_TEXT = 10_000
"""Of a text in JSON."""

_PLACE = re.compile(r"\{([a-z]+)\}")
_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What happened, as it is now."""

    record: Any
    """What the query looks at."""
    fields: Mapping[str, object]
    """What is told of it; `console.config.rules.VALUES` has the names."""


def of_entry(entry: InboxMessage, claim: Claim | None) -> Subject:
    """An SMS."""
    callback = entry.callback
    fields = {"gateway": entry.gateway, "port": callback.port, "number": callback.number, "text": callback.text}
    return Subject(
        Searched.of(entry, claim), _fields("sms", entry.id, entry.received_at, fields, missing=entry.missing)
    )


def of_message(message: OutboxMessage, happening: Happening) -> Subject:
    """A message of ours in the state that it came to then."""
    draft, state = message.draft, DeliveryState(happening.news)
    port = message.port if draft.port is None else draft.port
    sent = Sent(
        *(message.id, draft.to, state, draft.text, message.detail, message.operator, draft.via, draft.gateway),
        *(port, message.batch, message.created_at, message.again_as is not None),
    )
    fields = {"gateway": draft.gateway, "port": port, "number": draft.to, "text": draft.text, "state": state.value}
    fields |= {"detail": message.detail, "operator": message.operator}
    return Subject(sent, _fields("result", message.id, happening.at, fields))


def of_alarm(alarm: Alarm, happening: Happening) -> Subject:
    """An alarm, raised or over as it was then."""
    alarm = replace(alarm, cleared_at=None) if happening.news == "raised" else alarm
    fields = {"gateway": alarm.gateway, "port": alarm.port, "state": happening.news, "kind": alarm.kind.code}
    fields |= {"title": alarm.kind.value, "text": alarm.words}
    return Subject(alarm, _fields("alarm", alarm.id, happening.at, fields))


def of_sim(happening: Happening) -> Subject:
    """Another SIM in a port."""
    port, imsi = happening.thing, happening.news
    fields = {"gateway": happening.gateway, "port": port, "imsi": imsi, "before": happening.before}
    return Subject(happening, _fields("sim", port, happening.at, fields))


def _fields(about: str, thing: int, at: float, fields: Mapping[str, object], **more: object) -> dict[str, object]:
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    told = {name: _text(value) if isinstance(value, str) else value for name, value in fields.items()}
    return {"about": about, "id": thing, "at": when, **told, **more}


def _text(words: str) -> str:
    """As JSON has it: with its lines, without what acts, and in characters that UTF-8 has."""
    return _ACTING.sub("", words[:_LONGEST_TEXT]).encode("utf-8", "replace").decode()


def plain(words: str) -> str:
    """Without control characters, and whatever else does not print."""
    return "".join(character for character in words if character.isprintable())


def _value(value: object) -> str:
    """On one line."""
    return "" if value is None else plain(" ".join(str(value).split()))[:LONGEST]


def variables(fields: Mapping[str, object]) -> dict[str, str]:
    """As an environment has them: `GSM_RULE_NUMBER`."""
    return {f"GSM_RULE_{name.upper()}": _value(value) for name, value in fields.items()}


def arguments(command: Sequence[str], fields: Mapping[str, object]) -> tuple[str, ...]:
    """A command with values in the places of its own."""
    found: list[str] = []
    for argument in command:
        place = _PLACE.fullmatch(argument)
        value = _value(fields.get(place[1])) if place else argument
        found.append(f" {value}" if place and value.startswith("-") and "--" not in command[: len(found)] else value)
    return tuple(found)


def signature(secret: str, at: int, body: bytes) -> str:
    """What a webhook's receiver computes as well, of the header `X-Timestamp`, a full stop and the body."""
    return "sha256=" + hmac.digest(secret.encode(), b"%d." % at + body, "sha256").hex()


def headline(fields: Mapping[str, object]) -> str:
    """What happened, on one line, for a notification."""
    who = fields.get("number") or f"{fields.get('gateway')} port {fields.get('port')}"
    state, text = fields.get("state"), fields.get("text") or fields.get("imsi")
    return _value(": ".join(str(part) for part in (who, state, text) if part))
