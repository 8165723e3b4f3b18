"""The services as the screen sees them: what is known, what may be asked for, and by whom."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from console.errors import ReadOnly
from console.protocol.ami.command_line import is_harmless
from console.runtime.coming import Coming

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.domain.backend.inbox import (
        AlarmActs,
        ClaimActs,
        ContactActs,
        OptOutActs,
        PartActs,
        ReadMarkActs,
        RuleActs,
        UndoActs,
        ViewActs,
    )
    from console.domain.backend.ports import GatewayActs, NoteActs, UssdActs
    from console.domain.backend.sending import SendingActs
    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.messages import Draft
    from console.domain.plan import SegmentPlan
    from console.domain.sending import Forecast, Remark
    from console.runtime.services import Services
    from console.services.sending.sender import Sender
    from console.store import Store


class ServicesBackend:
    """Implements `console.domain.backend.Backend`."""

    def __init__(self, services: Services | Coming, store: Store, *, operator: str, read_only: str = "") -> None:
        """`read_only` is why the operator may only look; empty when they may act. What needs services that are still
        to come waits for them.
        """
        self._known = services
        self._operator = operator
        self._read_only = read_only
        self.sending: SendingActs = gated(lambda: self._sender, self.read_only)
        self.gateway_acts: GatewayActs = gated(lambda: self._services, self.read_only)
        self.ussd: UssdActs = gated(lambda: self._services.ussd, self.read_only)
        self.port_notes: NoteActs = gated(lambda: store.port_notes, self.read_only)
        self.read_marks: ReadMarkActs = gated(lambda: store, self.read_only)
        self.claims: ClaimActs = gated(lambda: store.claims, self.read_only)
        self.parts: PartActs = gated(lambda: store.parts, self.read_only)
        self.rules: RuleActs = gated(lambda: store.rules, self.read_only)
        self.contacts: ContactActs = gated(lambda: store.contacts, self.read_only)
        self.opt_outs: OptOutActs = gated(lambda: store.opt_outs, self.read_only)
        self.views: ViewActs = gated(lambda: store.views, self.read_only)
        self.past: UndoActs = gated(lambda: store.past, self.read_only)
        self.alarms: AlarmActs = gated(lambda: store.alarms, self.read_only)

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

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        services = self._services if is_harmless(line) else gated(lambda: self._services, self.read_only)
        return services.run_command(gateway, line)


_Part = TypeVar("_Part")


def gated(find: Callable[[], _Part], read_only: Callable[[], str]) -> _Part:
    """What `find` finds when it is first needed. Each operation of it fails with `ReadOnly`, unasked, while `read_only`
    says why nothing may be changed.
    """
    return cast("_Part", _Gate(find, read_only))


class _Gate:
    def __init__(self, find: Callable[[], object], read_only: Callable[[], str]) -> None:
        self._find = find
        self._read_only = read_only

    def __getattr__(self, name: str) -> Any:
        if reason := self._read_only():
            return partial(_refuse, reason)
        return getattr(self._find(), name)


def _refuse(reason: str, *_: object, **__: object) -> Future[Any]:
    refused: Future[Any] = Future()
    refused.set_exception(ReadOnly(f"{reason}.", hint="Ask the person who manages the configuration."))
    return refused
