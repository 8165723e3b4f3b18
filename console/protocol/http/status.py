"""What the gateway's `/smsstatus` says became of a message: the query, and every answer it is known to give.

It is one flat JSON object whose names are free text on the gateway's page, all but `cause`. So it is read by its
values: ours is the answer that has our id among them, and what became of it is the one word for that. An answer about
another id tells nothing of ours, however much it looks like it: it is the newest message to that number.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "FAILED": DeliveryState.FAILED,
        "SEND": DeliveryState.SENT,
        "DELIVERD": DeliveryState.DELIVERED,  # so written by the gateway
        "DELIVERED": DeliveryState.DELIVERED,
    }
)
"""The gateway's words, and what they are taken for."""

_CAUSE = "cause"
_FIELD = re.compile(r'"([^"\\]*)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([-+.\w]+))', re.DOTALL)
_SHOWN = 200
"""Characters repeated of an answer that can't be read."""


@dataclass(frozen=True, slots=True)
class SmsStatus:
    """What the gateway knows of one message."""

    state: DeliveryState | None
    """SENT, DELIVERED or FAILED; None when the answer tells nothing of it."""
    words: str
    """The same for the operator. May hold text from outside."""


def build_query(to: str, wire_id: str) -> str:
    """The query behind `/smsstatus?`: the number as it was sent to, and the id that the message went with."""
    return f"phonenumber={quote(to, '*')}&id={quote(wire_id)}"


def read_status(body: bytes, wire_id: str) -> SmsStatus:
    """What an answer says of the message that went with `wire_id`. Never raises; what is not understood is no state."""
    text = body.decode("utf-8", "backslashreplace").strip().removeprefix("\ufeff")
    fields = _fields(text)
    if fields is not None:
        return _read_row(fields, wire_id)
    if "is not exist" in text:
        return SmsStatus(
            None,
            f"The gateway has no record of it ({_shown(text)}). It may still have been sent: records come late, "
            "and only if the gateway stores SMS.",
        )
    if "phonenum is not val" in text:
        return SmsStatus(None, f"The gateway does not accept the number ({_shown(text)}).")
    return SmsStatus(None, f"The gateway's answer can't be read: {_shown(text) or 'it was empty'}")


def _fields(text: str) -> dict[str, str] | None:
    """Names and values of an object; of what is not quite JSON, those that can be made out. None for no object."""
    if not text.startswith("{"):
        return None
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        document = {found[1]: found[2] if found[2] is not None else found[3] for found in _FIELD.finditer(text)}
    return {name: str(value).strip() for name, value in document.items()} if isinstance(document, dict) else None


def _read_row(fields: dict[str, str], wire_id: str) -> SmsStatus:
    if not wire_id or wire_id not in fields.values():
        return SmsStatus(None, "The gateway's answer is about another message, not this one.")
    # What somebody wrote as the cause is no verdict.
    verdicts = {value for name, value in fields.items() if name != _CAUSE and value.upper() in STATES}
    states = {STATES[value.upper()] for value in verdicts}
    if len(states) != 1:
        said = " and ".join(sorted(verdicts)) or _shown(json.dumps(fields, ensure_ascii=False))
        return SmsStatus(None, f"The gateway knows the message, but not its outcome: {said}")
    cause = fields.get(_CAUSE, "")
    return SmsStatus(states.pop(), f"The gateway says {verdicts.pop()}{f' ({_shown(cause)})' if cause else ''}.")


def _shown(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
