"""Who got it: what became of messages, a row each. A seam: the shell and the screen's files write the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, OutboxMessage
from console.protocol.sms.causes import in_words
from console.protocol.text.spreadsheet import csv_line, utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "id",
    "number",
    "state",
    "at",
    "port",
    "reason",
    "text",
    "gateway",
    "batch",
    "operator",
    "again_of",
    "again_as",
    "not_before",
    "not_after",
)
"""`at` is since when it is in that state, UTC; `reason` is why, where that is known, in words. `not_before` and
`not_after` say when it may leave, UTC.
"""

_WITH_REASON = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.CANCELLED})


def reason_of(message: OutboxMessage) -> str:
    """Why it did not get there, or nobody knows whether it did, in words and on one line; else empty."""
    return " ".join(in_words(message.detail).split()) if message.state in _WITH_REASON else ""


def fate(message: OutboxMessage) -> dict[str, object]:
    """A message as a flat object, with COLUMNS in their order. Texts as they are."""
    values = (
        message.id,
        message.draft.to,
        message.state.value,
        utc(message.updated_at),
        message.port,
        reason_of(message),
        message.draft.text,
        message.draft.gateway,
        message.batch,
        message.operator,
        message.draft.again_of,
        message.again_as,
        *(None if time is None else utc(time) for time in (message.draft.not_before, message.draft.not_after)),
    )
    return dict(zip(COLUMNS, values, strict=True))


def csv_lines(messages: Iterable[OutboxMessage]) -> Iterator[str]:
    """The heading, then a row each, without line ends."""
    return map(csv_line, csv_rows(messages))


def csv_rows(messages: Iterable[OutboxMessage]) -> Iterator[Iterable[object]]:
    """The same as values."""
    yield COLUMNS
    yield from (fate(message).values() for message in messages)


def json_lines(messages: Iterable[OutboxMessage]) -> Iterator[str]:
    """One ASCII object a line, without line ends."""
    return (json.dumps(fate(message)) for message in messages)
