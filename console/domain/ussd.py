"""USSD codes sent through a port, and what the network said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UssdState(StrEnum):
    """How far a code is known to have come."""

    ASKED = "asked"
    """Written to the gateway, no answer yet."""
    ANSWERED = "answered"
    """The network answered and is done."""
    MENU = "menu"
    """The network answered and waits for a reply (3GPP TS 27.007 7.15, class 1)."""
    FAILED = "failed"
    """It was not carried out, or the network refused it."""
    UNKNOWN = "unknown"
    """The bytes left and no readable answer came."""


@dataclass(frozen=True, slots=True)
class UssdRecord:
    """One code and its answer."""

    id: int
    at: float
    """When it was asked, Unix seconds UTC."""
    gateway: str
    port: int
    operator: str
    code: str
    state: UssdState
    answer: str
    """Text from outside."""
    answered_at: float | None
