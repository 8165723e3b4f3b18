"""What the screen may ask for about messages on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.domain.messages import DeliveryState, Draft, OutboxMessage
    from console.domain.sending import Batch, BatchState, Decided, Seen


class SendingActs(Protocol):
    """Puts messages in the outbox, and decides about those that are in it."""

    def submit(self, draft: Draft, seen: Seen | None = None) -> Future[OutboxMessage]:
        """Put a message in the outbox and send it. Resolves once it is durably queued, not once it is sent.

        Fails with `CannotSend` when the message can't be sent as it is, and when somebody else has sent the same since
        the outbox was `seen`, or what it is sent again for has come to another state.
        """
        ...

    def submit_all(self, drafts: Sequence[Draft], label: str, seen: Seen | None = None) -> Future[Batch]:
        """The same for many at once: all of them are queued, or none."""
        ...

    def set_batch(self, batch_id: int, state: BatchState) -> Future[Decided]:
        """Let the rest of a batch wait, go on, or call it off. From then on no more of it leaves than is told."""
        ...

    def cancel(self, ids: Sequence[int]) -> Future[int]:
        """Call off messages of which nothing has left; how many that were."""
        ...

    def take_over(self) -> Future[int]:
        """Let the queued messages that an earlier run left behind go on; how many there were."""
        ...

    def put_off(self, message_id: int, not_before: float | None, not_after: float | None) -> Future[OutboxMessage]:
        """Give a QUEUED message another time (Unix seconds UTC): it waits until then, or leaves when it can."""
        ...

    def settle(self, message_id: int, state: DeliveryState) -> Future[OutboxMessage]:
        """What a person knows of an UNKNOWN message: that it is SENT, DELIVERED or FAILED."""
        ...
