"""Yeastar TG's dialect: texts percent-encoded, results by event, a span one more than its port."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from console.domain.messages import DeliveryState
from console.errors import CannotSend
from console.protocol.ami.command_line import ASTERISK_FORMS
from console.protocol.dialects.dialect import Dialect, Lack, Pages, SendVerdict
from console.protocol.driver import span
from console.protocol.driver.arguments import check_destination, check_id, command_line, port_word, utf8
from console.protocol.driver.refusals import is_refusal
from console.protocol.yeastar.events import EVENTS

if TYPE_CHECKING:
    from console.protocol.dialects.dialect import Lines, Parcel


def _span_of(port: int) -> int:
    port_word(port)
    return port + 1


def _send(parcel: Parcel) -> tuple[str, ...]:
    """The text goes percent-encoded, so that nothing in it can end the argument, the line or the frame."""
    (text,), (wire_id,) = parcel.texts, parcel.ids
    if "\0" in text:
        raise CannotSend("The gateway drops everything after a NUL.", hint="Remove it from the text.")
    encoded = quote(utf8(text), safe="")
    to = check_destination(parcel.to)
    return (command_line("gsm send sms", str(_span_of(parcel.port)), to, f'"{encoded}"', check_id(wire_id)),)


def _read_send(output: Lines) -> SendVerdict:
    """The answer says at most that nothing was done; what became of it `UpdateSMSSend` tells."""
    raw = "\n".join(output).strip()
    if is_refusal(output):
        return SendVerdict(DeliveryState.FAILED, raw)
    return SendVerdict(DeliveryState.ACCEPTED, raw or "taken; an event tells the result")


def _read_ports(output: Lines) -> tuple[tuple[int, str], ...]:
    return tuple((number - 1, words) for number, words in span.read_spans(output) if number > 1)


YEASTAR = Dialect(
    name="yeastar",
    title="Yeastar TG",
    action="smscommand",
    tells_rights=False,
    cuts=False,
    path="3gpp",
    pace=10.0,
    send=_send,
    read_send=_read_send,
    list_ports=span.LIST,
    read_ports=_read_ports,
    show_port=lambda port: span.show(_span_of(port)),
    read_port=span.read_span,
    fits=lambda output: span.has_field(output, "model cband", "send sms center number"),
    events=EVENTS,
    ussd=Lack("The console can't send USSD codes on a Yeastar TG.", "Use the gateway's own USSD page."),
    power=Lack("The console can't switch or reset ports of a Yeastar TG.", "Use the gateway's own pages."),
    at=Lack("The console can't send AT commands on a Yeastar TG.", "Use the gateway's own pages."),
    http=Lack("A Yeastar TG has no /sendsms.", "Send by AMI, and remove [gateways.http]."),
    pages=Pages(account="SMS > API Settings"),
    forms=(
        "gsm show spans",
        "gsm show span <port,+,1>",
        "gsm send sms <port,+,1> <number> <text,percent-encoded> <id>",
        *ASTERISK_FORMS,
    ),
)
