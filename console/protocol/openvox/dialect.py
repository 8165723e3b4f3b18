"""OpenVox's dialect: firmware of today, and two variants of earlier firmware."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState
from console.protocol.ami.command_line import ASTERISK_FORMS
from console.protocol.dialects.dialect import Dialect, Pages, PortAct, SendVerdict
from console.protocol.driver import span
from console.protocol.openvox import commands, port_acts
from console.protocol.openvox.commands import SendAnswer
from console.protocol.openvox.events import EVENTS
from console.protocol.openvox.ussd import read_verdict

if TYPE_CHECKING:
    from console.protocol.dialects.dialect import Lines, Parcel

_USSD_TIMEOUT = 30
"""Seconds that the gateway waits for the network: the `timeout` argument of `gsm send ussd`."""

_STATES = {
    SendAnswer.SUCCESSFULLY: DeliveryState.SENT,
    SendAnswer.FAILED: DeliveryState.FAILED,
    SendAnswer.USING: DeliveryState.QUEUED,
    SendAnswer.TIMEOUT: DeliveryState.UNKNOWN,
    SendAnswer.UNREADABLE: DeliveryState.UNKNOWN,
}


def _send(parcel: Parcel, *, flash: bool | None) -> tuple[str, ...]:
    """`sms` for a single text, else `csms`. The reference that the parts share has two decimal digits, so that it reads
    the same where a gateway takes it for hexadecimal, and is another for each of ninety in a row: a phone joins by it.
    """
    port, to, texts, ids, number, timeout = parcel
    if len(texts) == 1:
        return (commands.send_sync_sms(port, to, texts[0], timeout=timeout, flash=flash, id=ids[0]),)
    flag = commands.FLAGS[number % len(commands.FLAGS)]
    return tuple(
        commands.send_sync_csms(
            port,
            to,
            text,
            flag=flag,
            count=len(texts),
            sequence=part,
            timeout=timeout,
            flash=flash,
            id=wire_id,
        )
        for part, (text, wire_id) in enumerate(zip(texts, ids, strict=True), 1)
    )


def _read_send(output: Lines) -> SendVerdict:
    raw = "\n".join(output).strip()
    answer = commands.read_send_answer(output)
    words = f"{raw}: the driver keeps it and may still send it" if answer is SendAnswer.TIMEOUT else raw
    return SendVerdict(_STATES[answer], words or "the answer was empty")


def _is_old(output: Lines) -> bool:
    return not span.has_field(output, "remain time", "own number", "network band", "limit")


_FORMS = (
    "gsm show spans",
    "gsm show span <port>",
    "gsm show version",
    "gsm show statistics outbound|inbound",
    "gsm show valid operator <port> <MCC+MNC>",
    "gsm power on|off <port>|all",
    "gsm power reset <port>",
    "gsm send sms <port> <number> <text>",
    "gsm send sync sms <port> <number> <text> <timeout,s> [0|1,flash] [id]",
    "gsm send sync csms <port> <number> <text> <flag,10-99> <parts> <part> <timeout,s> [0|1,flash] [id]",
    "gsm send pdu <port> <PDU>",
    "gsm send ussd <port> <code> [timeout,s] [id]",
    "gsm send at <port> <AT,command>",
    "gsm send sync at <port> <AT,command> <timeout,ms> [keywords]",
    "gsm check phone stat <port> <number> 1 [timeout,s]",
    "gsm set send sms mode pdu|text <port>",
    "gsm set send sms coding <coding> <port>",
    "gsm set send sms smsc <number> <port>",
    "gsm set smslimit <port> 0|1",
    "gsm set imei <port> <IMEI>",
    "extra restart",
    *ASTERISK_FORMS,
)

OPENVOX = Dialect(
    name="openvox",
    title="OpenVox",
    action="Command",
    tells_rights=True,
    cuts=True,
    path="ami",
    pace=0.0,
    send=partial(_send, flash=False),
    read_send=_read_send,
    list_ports=span.LIST,
    read_ports=span.read_spans,
    show_port=span.show,
    read_port=span.read_span,
    fits=lambda output: span.has_field(output, "ber value") and not _is_old(output),
    events=EVENTS,
    ussd=PortAct(lambda port, code: commands.ussd(port, code, timeout=_USSD_TIMEOUT), read_verdict, _USSD_TIMEOUT),
    power=PortAct(port_acts.power_line, port_acts.read_power),
    at=PortAct(port_acts.at_line, port_acts.read_at, port_acts.AT_TIMEOUT_MS / 1000),
    http="number",
    pages=Pages(
        account="ADVANCED > Asterisk API",
        callbacks="SMS > SMS Settings > SMS to HTTP",
        http="SMS > SMS Settings > HTTP to SMS",
    ),
    forms=_FORMS,
)
OPENVOX_2014 = replace(OPENVOX, name="openvox-2014", title="OpenVox, firmware before 2016", http="board.span")
OPENVOX_2013 = replace(
    OPENVOX_2014,
    name="openvox-2013",
    title="OpenVox, driver 2.0.8 of 2013",
    send=partial(_send, flash=None),
    fits=lambda output: span.has_field(output, "ber value") and _is_old(output),
)
