"""Nothing is sent twice: what speaks against sending is asked again where a message is queued, in that transaction.

Somebody looked, was asked, and said yes; meanwhile another may have sent the same, or a late word may have settled a
message that is to be sent again. Then nothing is queued, and they look again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.audit import user_of
from console.domain.messages import DeliveryState
from console.errors import CannotSend
from console.protocol.sms.numbers import tail

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from console.domain.messages import Draft
    from console.domain.sending import Seen

_NOT_GONE = frozenset({DeliveryState.FAILED, DeliveryState.CANCELLED})
"""Known not to have reached anybody: no reason to look again."""

_LOOK = "Nothing was sent. Check what is new in the outbox, then decide again."

_NOW = "SELECT state, again_as FROM outbox WHERE id = ?"
_BY = "SELECT operator FROM outbox WHERE id = ?"
_NEW = "SELECT id, operator, tail, text FROM outbox WHERE id > ? AND state NOT IN ('failed', 'cancelled')"
_TAKE = "UPDATE outbox SET again_as = ? WHERE id = ?"


def check(connection: sqlite3.Connection, drafts: Sequence[Draft], seen: Seen | None) -> None:
    """Raise CannotSend where one of these is sent again already, or where other things are known than `seen`. None: it
    was not looked at before, and a message is sent again once all the same.
    """
    new = _new_since(connection, seen)
    troubles = list(filter(None, (_again(connection, draft, seen) or _written(draft, new) for draft in drafts)))
    if troubles:
        of_how_many = f"{len(troubles):,} of {len(drafts):,}: " if len(drafts) > 1 else ""
        raise CannotSend(f"{of_how_many}{troubles[0]}", hint=_LOOK)


def take_place(connection: sqlite3.Connection, original: int, successor: int) -> None:
    """From now on `original` points to the message that is sent in its place."""
    connection.execute(_TAKE, (successor, original))


def _again(connection: sqlite3.Connection, draft: Draft, seen: Seen | None) -> str:
    """Why a message must not be sent again; nothing of one that retention took meanwhile."""
    row = None if draft.again_of is None else connection.execute(_NOW, (draft.again_of,)).fetchone()
    if row is None or draft.again_of is None:
        return ""
    state, successor = DeliveryState(row[0]), row[1]
    if successor is not None:
        by = connection.execute(_BY, (successor,)).fetchone()
        return f"{_who(by[0] if by else '')} already sent message {draft.again_of} again, as message {successor}."
    before = None if seen is None else seen.again.get(draft.again_of)
    if before is None or state is before or state in _NOT_GONE:
        return ""
    return f"Message {draft.again_of} was {before} when you looked, but is {state} now."


def _new_since(connection: sqlite3.Connection, seen: Seen | None) -> dict[tuple[str, str], tuple[int, str]]:
    """By number and text, the message and who wrote it."""
    rows = () if seen is None else connection.execute(_NEW, (seen.newest,))
    return {(row[2], row[3]): (row[0], row[1]) for row in rows}


def _written(draft: Draft, new: Mapping[tuple[str, str], tuple[int, str]]) -> str:
    """That the same was written since somebody looked."""
    found = new.get((tail(draft.to), draft.text))
    if found is None:
        return ""
    message_id, operator = found
    return f"{_who(operator)} sent the same text to {draft.to} since you looked: message {message_id}."


def _who(operator: str) -> str:
    return user_of(operator) or "somebody"
