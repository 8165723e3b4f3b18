"""What the screen may do to gateways and their GSM ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.domain.ussd import UssdRecord


class GatewayActs(Protocol):
    """Asks a gateway to do something, once and at once."""

    def ask_status(self, message_id: int) -> Future[str]:
        """Ask the gateway what became of a message. What it says, in words for the operator; where it is about this
        very message it is kept as evidence, too. Fails with what a gateway may fail with.
        """
        ...

    def power(self, gateway: str, port: int, what: str) -> Future[str]:
        """Switch a port `on` or `off`, or `reset` it, once; what the gateway said.

        Fails with `OutcomeUnknown` when nobody knows whether it was done, else with what says that it was not.
        """
        ...

    def at(self, gateway: str, port: int, command: str) -> Future[str]:
        """Send an AT command to the module of a port, once; what the module said. Fails as `power` does."""
        ...

    def reconnect(self, gateway: str) -> object:
        """Try this gateway's AMI link again now. Nobody waits for what it returns."""
        ...


class UssdActs(Protocol):
    """Asks the network."""

    def ask(self, gateway: str, port: int, code: str) -> Future[UssdRecord]:
        """Ask the network by USSD through a port, or reply to its menu. Resolves once it is known how that ended.

        Fails with `CannotSend` when the code can't be sent as it is.
        """
        ...


class NoteActs(Protocol):
    """Keeps what colleagues should know of a port."""

    def set(self, gateway: str, port: int, note: str, locked_out: bool, operator: str) -> Future[None]:
        """Tell colleagues something of a port, and whether the console may choose it. Raises `ConsoleError` for a note
        that is too long.
        """
        ...

    def lock_all(self, ports: Sequence[tuple[str, int]], locked_out: bool, operator: str) -> Future[None]:
        """Leave ports, each with its gateway, out of what the console chooses from, or let them in again; their notes
        stay. One write, taken back together.
        """
        ...
