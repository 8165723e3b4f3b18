"""What the console's AMI account on a gateway seems to be allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Holding(StrEnum):
    """Whether an account has a class."""

    HELD = "held"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AccountRights:
    """As far as it could be learnt after a login."""

    at: float
    """When it was learnt, Unix seconds UTC."""
    read: Mapping[str, Holding]
    """By the name of the class: those the console needs (`system`, `call`) and those the gateway named."""
    write: Mapping[str, Holding]
    """In the same way; the console needs `command`."""
    findings: tuple[str, ...] = ()
    """What can't be done or seen, and why, one line each; empty when nothing is missing."""
    remark: str = ""
    """What follows from having or not having the class that may be left out, `dialplan`; empty when not known."""
    manager_conf: tuple[str, ...] = ()
    """Lines to ask the gateway's owner for, its section first; empty when nothing is missing."""
