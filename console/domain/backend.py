"""What the screen may ask of what runs behind it; `console.runtime` introduces the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future

    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.plan import SegmentPlan


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

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        """Put a message in the outbox and send it. Resolves once it is durably queued, not once it is sent.

        Fails with `CannotSend` when the message can't be sent as it is.
        """
        ...

    def reconnect(self, gateway: str) -> None:
        """Try this gateway's AMI link again now."""
        ...
