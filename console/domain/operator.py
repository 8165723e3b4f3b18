"""Who sits at the console."""

from __future__ import annotations

from dataclasses import dataclass


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
