"""The inbox as a search sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.domain.audit import user_of
from console.domain.messages import CallbackKind
from console.protocol.query.fields import Asker, Choice, Name, Party, Ports, times
from console.protocol.query.grammar import NoQuery
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from console.domain.messages import Claim, InboxMessage

_RAW_LIMIT = 4_000
"""Bytes of an unreadable callback that are searched."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search looks at in an entry of the inbox."""

    gateway: str
    received_at: float
    kind: CallbackKind
    number: str
    text: str
    port: str
    reason: str
    raw: bytes
    """Of an unreadable one, else empty."""
    read: bool
    claimed_by: str = ""
    """Who looks after it, or did; empty: nobody."""
    is_done: bool = False

    @classmethod
    def of(cls, entry: InboxMessage, claim: Claim | None = None) -> Searched:
        """An entry as the store gives it, and the claim on it."""
        callback = entry.callback
        raw = entry.raw if callback.kind is CallbackKind.UNREADABLE else b""
        return cls(
            entry.gateway,
            entry.received_at,
            callback.kind,
            callback.number,
            callback.text,
            callback.port,
            callback.reason,
            raw,
            entry.read,
            "" if claim is None else claim.operator,
            claim is not None and claim.done_at is not None,
        )

    @property
    def words(self) -> str:
        """All that words are looked for in, a line each."""
        parts = [self.number, self.text]
        if self.reason:
            parts.append(self.reason)
        if self.raw:
            parts.append(self.raw[:_RAW_LIMIT].decode("utf-8", "backslashreplace"))
        return "\n".join(parts)


class _Is(Choice[Searched]):
    """Whether it was read, and who looks after it."""

    def read(self, value: str, asker: Asker) -> Hashable:
        word = super().read(value, asker)
        if word != "mine":
            return word
        if not asker.operator:
            raise NoQuery(f"{self.name}:mine: your user name is not known here.")
        return Mine(asker.operator)

    def holds(self, record: Searched, value: Hashable) -> bool:
        if isinstance(value, Mine):
            return "claimed" in self.of(record) and user_of(record.claimed_by) == user_of(value.operator)
        return super().holds(record, value)

    def excludes(self, value: Hashable) -> str:
        return super().excludes("mine" if isinstance(value, Mine) else value)


@dataclass(frozen=True, slots=True)
class Mine:
    """Looked after by this operator."""

    operator: str


def _states(entry: Searched) -> Collection[str]:
    """There is nothing to look after in a gap."""
    read = "read" if entry.read else "unread"
    if entry.kind is CallbackKind.GAP:
        return (read,)
    return (read, "done" if entry.is_done else "claimed" if entry.claimed_by else "open")


KINDS = {kind.value: "kind" for kind in (CallbackKind.SMS, CallbackKind.UNREADABLE, CallbackKind.GAP)}
_IS = {**dict.fromkeys(("unread", "read"), "read"), **dict.fromkeys(("open", "claimed", "mine", "done"), "claim")}

INBOX: Table[Searched] = Table(
    "inbox",
    (
        Ports("port", "the GSM port it came through", lambda entry: entry.port),
        Party("from", "the sender, or part of it", lambda entry: entry.number, "+8613"),
        Name("gw", "the gateway it came through", lambda entry: entry.gateway, "north"),
        _Is("is", "its state; open: nobody has claimed it", _IS, _states),
        *times(lambda entry: entry.received_at, "received"),
        Choice(
            "kind",
            "an SMS, an unreadable call, or a gap in receiving",
            KINDS,
            lambda entry: (entry.kind.value,),
        ),
    ),
    text=lambda entry: entry.words,
    number=lambda entry: entry.number,
    is_of=lambda entry, gateway: entry.gateway == gateway or entry.kind is CallbackKind.GAP,
)

UNREAD = INBOX.ask("is:unread")
