"""Callbacks and drafts for tests that need some."""

from __future__ import annotations

from console.domain.messages import Callback, CallbackKind, Draft, Via

NUMBER = "+8613632919026"


def sms(text: str = "hello", *, number: str = NUMBER, port: str = "3") -> Callback:
    return Callback(CallbackKind.SMS, number=number, text=text, port=port, gateway_time="2014/09/11 09:36:47")


def result(wire_id: str, status: str = "Sent", *, number: str = NUMBER, port: str = "3") -> Callback:
    return Callback(CallbackKind.RESULT, number=number, port=port, id=wire_id, status=status)


def report(*, number: str = NUMBER, port: str = "3", received: bool = True, cause: str = "") -> Callback:
    status = "Message received on handset" if received else "Message not received on handset"
    return Callback(CallbackKind.REPORT, number=number, port=port, status=status, cause=cause)


def draft(
    *,
    gateway: str = "gw1",
    to: str = NUMBER,
    port: int | None = 3,
    text: str = "hi",
    via: Via = Via.AMI,
    not_before: float | None = None,
    not_after: float | None = None,
) -> Draft:
    return Draft(gateway, to, text, port, via, not_before=not_before, not_after=not_after)
