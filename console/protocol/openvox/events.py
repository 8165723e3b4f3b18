"""OpenVox's own AMI events, known from the vendor's programs that read them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.facts import CallEvent, CallStep, DeliveryReport, PortChange, PortEvent, SendStatus
from console.domain.messages import DeliveryState
from console.protocol.ami.events import port_of, read_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.domain.ami import AmiMessage
    from console.protocol.dialects.dialect import Events


def _state(status: str, success: DeliveryState) -> DeliveryState:
    word = status.strip().upper()
    if word.startswith("SUCCESS"):
        return success
    return DeliveryState.FAILED if word.startswith("FAIL") else DeliveryState.UNKNOWN


def _send_status(event: AmiMessage) -> SendStatus:
    status = event.get("Status")
    return SendStatus(
        id=event.get("ID").strip(),
        state=_state(status, DeliveryState.SENT),
        status=status,
        port=port_of(event.get("Channel")),
        to=event.get("Destination"),
        imsi=event.get("IMSI"),
    )


def _delivery_report(event: AmiMessage) -> DeliveryReport:
    status = event.get("Status")
    return DeliveryReport(
        port=port_of(event.get("Channel")),
        recipient=event.get("Sender"),
        state=_state(status, DeliveryState.DELIVERED),
        status=status,
        cause=event.get("Cause"),
        imsi=event.get("IMSI"),
        sent_at=event.get("Time_scts"),
    )


def _port_event(change: PortChange) -> Callable[[AmiMessage], PortEvent]:
    return lambda event: PortEvent(port_of(event.get("Channel")), change, event.get("Result"))


def _call_event(step: CallStep) -> Callable[[AmiMessage], CallEvent]:
    return lambda event: CallEvent(port_of(event.get("Channel")), step, event.get("Result"))


EVENTS: Events = MappingProxyType(
    {
        "smssendstatus": _send_status,
        "smsstatusreport": _delivery_report,
        "extraready": _port_event(PortChange.READY),
        "extradown": _port_event(PortChange.DOWN),
        "siminserted": _port_event(PortChange.SIM_INSERTED),
        "extralock": _port_event(PortChange.LOCKED),
        "extraunlock": _port_event(PortChange.UNLOCKED),
        "extraoutdial": _call_event(CallStep.DIALLING),
        "extradial": _call_event(CallStep.INCOMING),
        "extraringback": _call_event(CallStep.RINGING),
        "extraconnect": _call_event(CallStep.CONNECTED),
        "extrahangup": _call_event(CallStep.HUNG_UP),
        "newexten": read_step,
    }
)
