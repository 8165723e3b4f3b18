"""Who did what, and when."""

from __future__ import annotations

from dataclasses import dataclass


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
