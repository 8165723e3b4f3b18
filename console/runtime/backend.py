"""The services as the screen sees them: what is known, what may be asked for, and by whom."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from console.errors import ReadOnly
from console.protocol.openvox.command_line import is_harmless
from console.runtime.coming import Coming

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.messages import DeliveryState, Draft, OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.domain.sending import Batch, BatchState, Forecast, Remark
    from console.domain.ussd import UssdRecord
    from console.runtime.services import Services
    from console.services.sending.sender import Sender

_Done = TypeVar("_Done")


class ServicesBackend:
    """Implements `console.domain.backend.Backend`. Where the operator may only look, whatever changes something fails
    with ReadOnly, though the screen does not offer it either.
    """

    def __init__(self, services: Services | Coming, *, operator: str, read_only: str = "") -> None:
        """`read_only` is why the operator may only look; empty when they may act. What needs services that are still
        to come waits for them.
        """
        self._known = services
        self._operator = operator
        self._read_only = read_only

    @property
    def _services(self) -> Services:
        return self._known.wait() if isinstance(self._known, Coming) else self._known

    @property
    def _sender(self) -> Sender:
        return self._services.sender

    def operator(self) -> str:
        return self._operator

    def read_only(self) -> str:
        return self._read_only

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        return self._known.gateways()

    def receiver(self) -> ReceiverStatus:
        return self._known.receiver()

    def trouble(self) -> str:
        return self._known.trouble()

    def plan(self, draft: Draft) -> SegmentPlan:
        return self._known.plan(draft) if isinstance(self._known, Coming) else self._sender.plan(draft)

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        return self._sender.wire_form(draft)

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        return self._sender.forecast(drafts)

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        return self._sender.remarks(drafts)

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        return self._if_allowed(lambda: self._sender.submit(draft))

    def submit_all(self, drafts: Sequence[Draft], label: str) -> Future[Batch]:
        return self._if_allowed(lambda: self._sender.submit_all(drafts, label))

    def set_batch(self, batch_id: int, state: BatchState) -> Future[None]:
        return self._if_allowed(lambda: self._sender.set_batch(batch_id, state))

    def cancel(self, ids: Sequence[int]) -> Future[int]:
        return self._if_allowed(lambda: self._sender.cancel(ids))

    def take_over(self) -> Future[int]:
        return self._if_allowed(self._sender.take_over)

    def settle(self, message_id: int, state: DeliveryState) -> Future[OutboxMessage]:
        return self._if_allowed(lambda: self._sender.settle(message_id, state))

    def ask_status(self, message_id: int) -> Future[str]:
        return self._if_allowed(lambda: self._services.ask_status(message_id))

    def ussd(self, gateway: str, port: int, code: str) -> Future[UssdRecord]:
        return self._if_allowed(lambda: self._services.ussd.ask(gateway, port, code))

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        if is_harmless(line):
            return self._services.run_command(gateway, line)
        return self._if_allowed(lambda: self._services.run_command(gateway, line))

    def power(self, gateway: str, port: int, what: str) -> Future[str]:
        return self._if_allowed(lambda: self._services.power(gateway, port, what))

    def at(self, gateway: str, port: int, command: str) -> Future[str]:
        return self._if_allowed(lambda: self._services.at(gateway, port, command))

    def note_port(self, gateway: str, port: int, note: str, locked_out: bool) -> Future[None]:
        return self._if_allowed(lambda: self._services.port_notes.set(gateway, port, note, locked_out, self._operator))

    def reconnect(self, gateway: str) -> None:
        if not self._read_only:
            self._services.reconnect(gateway)

    def _if_allowed(self, act: Callable[[], Future[_Done]]) -> Future[_Done]:
        if not self._read_only:
            return act()
        refused: Future[_Done] = Future()
        refused.set_exception(ReadOnly(f"Read only: {self._read_only}.", hint="Ask whoever keeps the configuration."))
        return refused
