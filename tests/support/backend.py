"""Services as the screen sees them, played by a plain class."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.domain.messages import Via
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.domain.sending import Forecast
from console.errors import CannotSend
from console.protocol.sms.segments import plan
from console.runtime.backend import gated
from console.store.outbox.messages import Order

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    from console.domain.messages import DeliveryState, Draft, OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.domain.sending import Batch, BatchState, Decided, Remark, Seen
    from console.domain.ussd import UssdRecord, UssdState
    from console.store import Store

OPERATOR = "alice from 192.0.2.7"
"""Who sits at the console in tests."""

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC."""


class FixedClock:
    """Time stands still until moved."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now
        self._before = 0.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now + self._before

    def jump(self, seconds: float) -> None:
        """It is put forward, or back, at once."""
        self._before -= seconds
        self.now += seconds

    def set_back(self) -> None:
        """It is noon again, and as long since it began as it is."""
        self._before += self.now - NOON
        self.now = NOON


class FakeBackend:
    """One gateway in good health; what is submitted goes into the store and is remembered."""

    def __init__(self, store: Store, *, ports: int = 8, gateways: int = 1) -> None:
        self.store = store
        self.submitted: list[Draft] = []
        self.labels: list[str] = []
        """Of what was submitted as a batch."""
        self.reconnected: list[str] = []
        self.refuse_with = ""
        self.refuse_number = ""
        self.words = ""
        self.read_only_because = ""
        self.to_remark: tuple[Remark, ...] = ()
        self.asked: list[int] = []
        self.ussd_asked: list[tuple[UssdRecord, Future[UssdRecord]]] = []
        """Those that wait for `network_says`."""
        self.answer = "The gateway says: SEND"
        self.acts: list[tuple[str, str, int, str]] = []
        """What was done to ports: act, gateway, port, and what."""
        self.act_words = "Power reset span 1"
        self.act_error: Exception | None = None
        self.sending: SendingActs = gated(lambda: self, self.read_only)
        self.gateway_acts: GatewayActs = gated(lambda: self, self.read_only)
        self.ussd: UssdActs = gated(lambda: self, self.read_only)
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
        self.held: list[Future[str]] | None = None
        """Acts that wait for their answer, where they do."""
        self.commands: list[tuple[str, str]] = []
        """Lines that were run, with their gateway."""
        self.command_answers: list[Future[tuple[str, ...]]] = []
        """What they bring, in order."""
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

    def submit(self, draft: Draft, seen: Seen | None = None) -> Future[OutboxMessage]:
        if self.refuse_with:
            refused: Future[OutboxMessage] = Future()
            refused.set_exception(CannotSend(self.refuse_with, hint="Choose another port."))
            return refused
        if draft.to == self.refuse_number:
            refused = Future()
            refused.set_exception(CannotSend("Port 3 has no SIM.", hint=""))
            return refused
        self.submitted.append(draft)
        return self.store.add_outbox(draft, 1, operator=OPERATOR, seen=seen)

    def operator(self) -> str:
        return OPERATOR

    def read_only(self) -> str:
        return self.read_only_because

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        if self.refuse_with:
            raise CannotSend(self.refuse_with, hint="Choose another port.")
        segments = sum(len(self.plan(draft).segments) for draft in drafts)
        return Forecast((1, 2), segments, 4.0 * segments)

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        return self.to_remark

    def submit_all(self, drafts: Sequence[Draft], label: str, seen: Seen | None = None) -> Future[Batch]:
        done: Future[Batch] = Future()
        if self.refuse_with or self.refuse_number in {draft.to for draft in drafts}:
            done.set_exception(CannotSend(self.refuse_with or "Port 3 has no SIM.", hint="Choose another port."))
            return done
        self.submitted += drafts
        self.labels.append(label)
        orders = [Order(draft, 1) for draft in drafts]
        added = self.store.sending.add_batch(orders, OPERATOR, label, seen)
        added.add_done_callback(lambda future: _pass_on(future, done))
        return done

    def set_batch(self, batch_id: int, state: BatchState) -> Future[Decided]:
        return self.store.sending.set_batch(batch_id, state, OPERATOR)

    def cancel(self, ids: Sequence[int]) -> Future[int]:
        return self.store.sending.cancel(ids, OPERATOR)

    def take_over(self) -> Future[int]:
        done: Future[int] = Future()
        taken = self.store.sending.take_over(OPERATOR)
        taken.add_done_callback(lambda future: done.set_result(len(future.result())))
        return done

    def put_off(self, message_id: int, not_before: float | None, not_after: float | None) -> Future[OutboxMessage]:
        return self.store.planned.change(message_id, not_before, not_after, OPERATOR)

    def settle(self, message_id: int, state: DeliveryState) -> Future[OutboxMessage]:
        return self.store.sending.settle(message_id, state, OPERATOR)

    def ask_status(self, message_id: int) -> Future[str]:
        self.asked.append(message_id)
        done: Future[str] = Future()
        done.set_result(self.answer)
        return done

    def ask(self, gateway: str, port: int, code: str) -> Future[UssdRecord]:
        answered: Future[UssdRecord] = Future()
        if self.refuse_with:
            answered.set_exception(CannotSend(self.refuse_with, hint="Choose another port."))
        else:
            answered.set_running_or_notify_cancel()
            self.ussd_asked.append((self.store.ussd.ask(gateway, port, OPERATOR, code).result(), answered))
        return answered

    def network_says(self, state: UssdState, text: str) -> None:
        """The network answers the USSD request that has waited longest."""
        record, answered = self.ussd_asked.pop(0)
        answered.set_result(self.store.ussd.answer(record.id, state, text).result())

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        if self.refuse_with:
            refused: Future[tuple[str, ...]] = Future()
            refused.set_exception(CannotSend(self.refuse_with, hint=""))
            return refused
        self.commands.append((gateway, line))
        return self.command_answers.pop(0)

    def power(self, gateway: str, port: int, what: str) -> Future[str]:
        return self._act("power", gateway, port, what)

    def at(self, gateway: str, port: int, command: str) -> Future[str]:
        return self._act("at", gateway, port, command)

    def _act(self, act: str, gateway: str, port: int, what: str) -> Future[str]:
        done: Future[str] = Future()
        if self.act_error is not None:
            done.set_exception(self.act_error)
            return done
        self.acts.append((act, gateway, port, what))
        if self.held is not None:
            self.held.append(done)
        else:
            done.set_result(self.act_words)
        return done

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


def _pass_on(added: Future[tuple[Batch, list[OutboxMessage]]], done: Future[Batch]) -> None:
    if (error := added.exception()) is not None:
        done.set_exception(error)
    else:
        done.set_result(added.result()[0])


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
