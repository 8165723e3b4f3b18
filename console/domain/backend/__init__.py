"""What the screen may ask of what runs behind it; `console.runtime` introduces the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

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


class Backend(Protocol):
    """The services as the screen sees them. Every call returns at once and may come from any thread.

    The screen changes things through the attributes here and in no other way. Each operation of theirs sends or changes
    something, and fails with `ReadOnly` where the operator may only look. The methods change nothing.
    """

    sending: SendingActs
    gateway_acts: GatewayActs
    ussd: UssdActs
    port_notes: NoteActs
    read_marks: ReadMarkActs
    claims: ClaimActs
    parts: PartActs
    rules: RuleActs
    contacts: ContactActs
    opt_outs: OptOutActs
    views: ViewActs
    past: UndoActs
    alarms: AlarmActs

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
        """Why nothing may be sent or changed here; empty when it may."""
        ...

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        """Ports, segments and time that sending these drafts will take. Raises `CannotSend`, as `submit` would."""
        ...

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        """Why these drafts should be looked at twice: reads the store, so call it aside. Refuses nothing."""
        ...

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        """Run a line on the gateway's own command line; its output, raw text from outside without secrets. It is
        written down before it leaves, and never tried again.

        Fails with `ReadOnly` where the operator may only look and the line is not known to be harmless, with
        `CannotSend` when it can't be sent, and with what a gateway may fail with.
        """
        ...
