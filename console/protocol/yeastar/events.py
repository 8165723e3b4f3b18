"""Yeastar TG's AMI events: each part of an SMS that came in, and what became of one that was sent."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.facts import SendStatus, SmsPart
from console.domain.messages import DeliveryState
from console.protocol.text.octets import decode_percent

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage
    from console.protocol.dialects.dialect import Events

_EVENT_MARK = "--END SMS EVENT--"
_LETTERS = 7
"""A name of so many letters fills its octets but for seven bits, which the driver takes for one more, `@`."""


def _number(words: str) -> int:
    words = words.strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else 0


def _sms_part(event: AmiMessage) -> SmsPart:
    """Spans count from 2, one more than ports; older firmware writes the port instead."""
    port = _number(event.get("GsmSpan")) - 1
    if port < 1:
        port = _number(event.get("GsmPort"))
    return SmsPart(
        port=port or None,
        id=event.get("ID").strip(),
        sender=_sender(event.get("Sender")),
        text=decode_percent(event.get("Content").removesuffix(_EVENT_MARK)),
        time=event.get("Recvtime"),
        index=_number(event.get("Index")),
        total=_number(event.get("Total")),
        smsc=event.get("Smsc"),
    )


def _sender(words: str) -> str:
    name = words.strip().removesuffix("@")
    return name if len(name) == _LETTERS and not name.lstrip("+").isdigit() else words


def _sent(event: AmiMessage) -> SendStatus:
    """`Status: 1` means handed to the operator; any other number is a failure."""
    status = event.get("Status").strip()
    state, word = DeliveryState.UNKNOWN, ""
    if status:
        state, word = (DeliveryState.SENT, "SUCCESS") if status == "1" else (DeliveryState.FAILED, "FAILED")
    return SendStatus(event.get("ID").strip(), state, f"{word} (Status {status})" if word else "")


EVENTS: Events = MappingProxyType({"receivedsms": _sms_part, "updatesmssend": _sent})
