"""Who sits at the console; who did what, and when; and what of it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True, slots=True)
class Operator:
    """The person behind this process, as far as the machine knows."""

    user: str
    """Unix user name."""
    address: str = ""
    """Address of the SSH client; empty on the machine's own terminal."""

    def __str__(self) -> str:
        return f"{self.user} from {self.address}" if self.address else self.user


def user_of(operator: str) -> str:
    """The user alone of an `Operator` in words: the same person from whatever address."""
    return operator.partition(" from ")[0]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One send or other act that changes something, written down before it is done."""

    id: int
    at: float
    """Unix seconds UTC."""
    operator: str
    """`Operator` in words: `alice from 192.0.2.7`."""
    action: str
    """Id of the act: `send`, `cancel`, `ussd`, …"""
    target: str
    """What it was done to: `gw1 port 3`, `message 17`."""
    detail: str
    """What else is worth knowing; may hold text from outside, never a secret."""


class Trail(Protocol):
    """Where acts are written down before they are done."""

    def add(self, operator: str, action: str, target: str, detail: str = "") -> Future[None]:
        """Resolves after the durable commit; fails with StoreError."""
        ...


NEW_SIM = "new SIM"
"""The act where another SIM is in a port: its detail is `IMSI 4600…, before IMSI 4600…`."""


class Deed(StrEnum):
    """What was done."""

    READ = "read"
    CLAIM = "claim"
    DONE = "done"
    RELEASE = "release"
    NAME = "name"
    PORT = "note"
    """The note of a port, or whether it is left out of auto."""
    OPT_OUT = "opt out"
    OPT_IN = "opt in"


@dataclass(frozen=True, slots=True)
class Undone:
    """The last deed, taken back as far as nobody changed its things since."""

    deed: Deed
    target: str
    """A number, or a port with its gateway; raw text from outside. Empty for messages that were read."""
    restored: int
    """How many things are again as they were; 0: what was done stays, somebody has changed it since."""
    others: int = 0
    """How many stay as they are, because they were changed since."""
    by: str = ""
    """Who changed it since, as far as that is known."""
