"""Who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One send or other act that changes something, written down before it is done."""

    id: int
    at: float
    """Unix seconds UTC."""
    operator: str
    """`console.domain.operator.Operator` in words: `alice from 192.0.2.7`."""
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
