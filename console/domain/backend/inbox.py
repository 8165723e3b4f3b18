"""What the screen may change about what was received, and about alarms: what colleagues see as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from console.domain.audit import Deed, Undone
    from console.domain.messages import Claim, Claimed
    from console.domain.views import View


class ReadMarkActs(Protocol):
    """Marks messages of the inbox as read."""

    def mark_read(self, ids: Sequence[int]) -> Future[None]:
        """Ids that are read already, or not there, are left alone."""
        ...

    def mark_all_read(self, ids: Sequence[int], operator: str, which: str = "") -> Future[int]:
        """The same unseen, and in the audit, with words that say which they are; how many were not read before."""
        ...


class ClaimActs(Protocol):
    """Says who looks after an entry of the inbox.

    `seen` is the claim that the operator saw. Where it changed meanwhile nothing is done, and the future resolves to
    the claim as it is.
    """

    def claim(self, entry: int, operator: str, *, seen: Claim | None) -> Future[Claim | None]:
        """Let `operator` look after an entry, in place of who did."""
        ...

    def done(self, entry: int, operator: str, *, seen: Claim | None) -> Future[Claim | None]:
        """Say that an entry is done with."""
        ...

    def release(self, entry: int, operator: str, *, seen: Claim | None) -> Future[Claim | None]:
        """Leave an entry to whoever takes it."""
        ...

    def change_all(self, deed: Deed, seen: Mapping[int, Claim | None], operator: str) -> Future[Claimed]:
        """Claim, finish or release many entries in one write, by entry with the claim that the operator saw; taken back
        together. An entry that is not there any more, or is so already, is left as it is.
        """
        ...


class RuleActs(Protocol):
    """Has rules try again what they gave up."""

    def retry(self, ids: Sequence[int] | None, operator: str) -> Future[int]:
        """Of these hits, or all where None; how many were given up, and are due now."""
        ...


class PartActs(Protocol):
    """Says how the parts of a long SMS are shown."""

    def set_apart(self, entry: int, operator: str, *, apart: bool) -> Future[bool]:
        """Show them apart, or joined; whether that changed anything."""
        ...


class ContactActs(Protocol):
    """Gives numbers their names."""

    def set(self, number: str, name: str, operator: str) -> Future[None]:
        """Call a number so from now on; an empty name removes. Raises `ConsoleError` for what can't be a name."""
        ...


class OptOutActs(Protocol):
    """Notes who asked for no more messages."""

    def set(self, number: str, operator: str, *, words: str = "", gateway: str = "") -> Future[bool]:
        """They did, by these words; False where that was known. Raises `ConsoleError` for no number."""
        ...

    def remove(self, number: str, operator: str, *, gateway: str = "") -> Future[bool]:
        """They may be written to again; False where they might already."""
        ...


class ViewActs(Protocol):
    """Keeps searches that have a name."""

    def set(self, view: View) -> Future[None]:
        """Keep a search under its name. Raises `ConsoleError` for what can't be a name."""
        ...

    def remove(self, view: View) -> Future[None]:
        """Forget a view. Raises `ConsoleError` for one that is always there."""
        ...


class UndoActs(Protocol):
    """Takes back what was done here: marks as read, claims, names, notes of ports."""

    def undo(self, operator: str) -> Future[Undone | None]:
        """Take back what was done last, and not taken back before; None where there is nothing. What somebody has
        changed since stays.
        """
        ...


class AlarmActs(Protocol):
    """Says that alarms were seen."""

    def acknowledge(self, ids: Sequence[int], operator: str) -> Future[int]:
        """Say that an operator has seen these alarms; how many nobody had acknowledged before."""
        ...
