"""Services as the screen sees them, played by a plain class."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.domain.messages import Via
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.errors import CannotSend
from console.protocol.segments import plan

if TYPE_CHECKING:
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.store import Store

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC."""


class FixedClock:
    """Time stands still until moved."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class FakeBackend:
    """One gateway in good health; what is submitted goes into the store and is remembered."""

    def __init__(self, store: Store, *, ports: int = 8, gateways: int = 1) -> None:
        self._store = store
        self.submitted: list[Draft] = []
        self.reconnected: list[str] = []
        self.refuse_with = ""
        self.refuse_number = ""
        self.words = ""
        self.status = ReceiverStatus(True, "127.0.0.1:8080", NOON - 60)
        self.snapshots = tuple(
            GatewaySnapshot(
                f"gw{number}",
                "192.0.2.10",
                LinkStatus(LinkPhase.UP, NOON - 11_520),
                tuple(port(n) for n in range(1, ports + 1)),
            )
            for number in range(1, gateways + 1)
        )

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        return self.snapshots

    def receiver(self) -> ReceiverStatus:
        return self.status

    def trouble(self) -> str:
        return self.words

    def plan(self, draft: Draft) -> SegmentPlan:
        return plan(draft.text, "ami" if draft.via is Via.AMI else "http")

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        if self.refuse_with:
            raise CannotSend(self.refuse_with, hint="Choose another port.")
        return (f'gsm send sync sms {draft.port or 1} {draft.to} "{draft.text}" 30 0 ID',)

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        if self.refuse_with:
            refused: Future[OutboxMessage] = Future()
            refused.set_exception(CannotSend(self.refuse_with, hint="Choose another port."))
            return refused
        if draft.to == self.refuse_number:
            refused = Future()
            refused.set_exception(CannotSend("Port 3 has no SIM.", hint=""))
            return refused
        self.submitted.append(draft)
        return self._store.add_outbox(draft, 1)

    def reconnect(self, gateway: str) -> None:
        self.reconnected.append(gateway)

    def change_port(self, number: int, **changes: object) -> None:
        """Replace fields of a port of the first gateway."""
        first = self.snapshots[0]
        ports = tuple(
            replace(p, **changes) if p.port == number else p  # type: ignore[arg-type]
            for p in first.ports
        )
        self.snapshots = (replace(first, ports=ports), *self.snapshots[1:])


def port(number: int, health: PortHealth = PortHealth.READY, **report: object) -> PortSnapshot:
    """A registered port, read three seconds before noon."""
    usual = SpanReport(
        status="Power on, Provisioned, Up, Active, Standard",
        operator="CHINA MOBILE",
        registration="Registered (Home network)",
        signal=10 + number,
        imsi=f"46002889304{number:04}",
        last_event="D-Channel Up",
        state="READY",
    )
    said = replace(usual, **report)  # type: ignore[arg-type]
    return PortSnapshot(number, health, NOON - 600, NOON - 3, said, raw="State: READY")
