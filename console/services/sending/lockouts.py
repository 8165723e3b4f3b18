"""Ports that people left out of `auto`: none of them is chosen, and whoever names one is told."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

from console.domain.sending import Remark
from console.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from console.domain.messages import Draft
    from console.domain.ports import PortNote

GUARD = "locked out"


class Notes(Protocol):
    """What is asked of the store."""

    def of(self, gateway: str) -> Mapping[int, PortNote]: ...


class Lockouts:
    """From any thread. Where the store can't be read, as it was read last."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: dict[str, Mapping[int, PortNote]] = {}

    def of(self, gateway: str) -> Callable[[], Collection[int]]:
        """What tells the ports of a gateway that are locked out, whenever it is asked."""
        return partial(self._ports, gateway)

    def remarks(self, draft: Draft) -> list[Remark]:
        """That the draft names a port which is locked out, by whom, and their note."""
        note = self._read(draft.gateway).get(draft.port or 0)
        if note is None or not note.locked_out:
            return []
        why = f": {note.note}" if note.note else ""
        return [Remark(GUARD, f"Port {note.port} was left out of auto by {note.operator}{why}")]

    def _ports(self, gateway: str) -> Collection[int]:
        return frozenset(port for port, note in self._read(gateway).items() if note.locked_out)

    def _read(self, gateway: str) -> Mapping[int, PortNote]:
        with suppress(StoreError):
            self._known[gateway] = self._notes.of(gateway)
        return self._known.get(gateway, {})
