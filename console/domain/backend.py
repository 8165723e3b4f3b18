"""What the screen may ask of what runs behind it; `console.runtime` introduces the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.messages import DeliveryState, Draft, OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.domain.sending import Batch, BatchState, Forecast, Remark
    from console.domain.ussd import UssdRecord


class Backend(Protocol):
    """The services as the screen sees them. Every call returns at once and may come from any thread."""

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        """All gateways as last heard, in the order of the configuration."""
        ...

    def receiver(self) -> ReceiverStatus: ...

    def trouble(self) -> str:
        """Why a part of the program itself does not work, in one line; empty when all is well."""
        ...

    def plan(self, draft: Draft) -> SegmentPlan:
        """How the draft's text will be cut on the way it will really take. Refuses nothing."""
        ...

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        """What will go to the gateway for it: AMI command lines, or the HTTP request; secrets and ids masked.

        Raises `CannotSend`, as `submit` would.
        """
        ...

    def operator(self) -> str:
        """Who sits here, as the audit names them."""
        ...

    def read_only(self) -> str:
        """Why nothing may be sent or changed here; empty when it may. All that changes something then fails with
        `ReadOnly`.
        """
        ...

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        """Ports, segments and time that sending these drafts will take. Raises `CannotSend`, as `submit` would."""
        ...

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        """Why these drafts should be looked at twice: reads the store, so call it aside. Refuses nothing."""
        ...

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        """Put a message in the outbox and send it. Resolves once it is durably queued, not once it is sent.

        Fails with `CannotSend` when the message can't be sent as it is.
        """
        ...

    def submit_all(self, drafts: Sequence[Draft], label: str) -> Future[Batch]:
        """The same for many at once: all of them are queued, or none."""
        ...

    def set_batch(self, batch_id: int, state: BatchState) -> Future[None]:
        """Let the rest of a batch wait, go on, or call it off."""
        ...

    def cancel(self, ids: Sequence[int]) -> Future[int]:
        """Call off messages of which nothing has left; how many that were."""
        ...

    def take_over(self) -> Future[int]:
        """Let the queued messages that an earlier run left behind go on; how many there were."""
        ...

    def settle(self, message_id: int, state: DeliveryState) -> Future[OutboxMessage]:
        """What a person knows of an UNKNOWN message: that it is SENT, DELIVERED or FAILED."""
        ...

    def ask_status(self, message_id: int) -> Future[str]:
        """Ask the gateway what became of a message. What it says, in words for the operator; where it is about this
        very message it is kept as evidence, too. Fails with what a gateway may fail with.
        """
        ...

    def ussd(self, gateway: str, port: int, code: str) -> Future[UssdRecord]:
        """Ask the network by USSD through a port, or reply to its menu. Resolves once it is known how that ended.

        Fails with `CannotSend` when the code can't be sent as it is.
        """
        ...

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        """Run a line on the gateway's own command line; its output, raw text from outside without secrets. One that is
        not known to be harmless changes something. It is written down before it leaves, and never tried again.

        Fails with `CannotSend` when the line can't be sent, and with what a gateway may fail with.
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

    def note_port(self, gateway: str, port: int, note: str, locked_out: bool) -> Future[None]:
        """Tell colleagues something of a port, and whether the console may choose it."""
        ...

    def reconnect(self, gateway: str) -> None:
        """Try this gateway's AMI link again now."""
        ...
